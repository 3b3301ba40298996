/** Folders of bundles: gone with who made them, and at the latest when the next is made. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { temporaryFolder } from '../../src/bundle/folder.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'src', 'bundle', 'folder.ts');
let place: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'skein-folders-'));
});
afterEach(() => rmSync(place, { recursive: true }));

test('what a process that was killed has left is taken away by the next, and what lives is not', async () => {
  const [killed, living] = [await another('t'), await another('t')];
  expect(readdirSync(place)).toHaveLength(2);
  killed.child.kill('SIGKILL');
  await once(killed.child, 'exit');
  expect(readdirSync(place)).toHaveLength(2);
  {
    using mine = temporaryFolder('t', place);
    using second = temporaryFolder('t', place);
    expect(readdirSync(place).toSorted()).toEqual([living.name, ...names(mine, second)].toSorted());
  }
  expect(readdirSync(place)).toEqual([living.name]);
  living.child.kill('SIGTERM');
  await once(living.child, 'exit');
  temporaryFolder('t', place)[Symbol.dispose]();
  expect(readdirSync(place)).toEqual([]);
});

test('nothing is taken away that may be in use, or is somebody else’s', () => {
  const put = (name: string, minutesOld: number) => {
    mkdirSync(join(place, name));
    const time = Date.now() / 1_000 - minutesOld * 60;
    utimesSync(join(place, name), time, time);
  };
  put('skein-t-older1', 100);
  put('skein-u-others', 100);
  put('new-skein-t-justno', 0);
  put('new-skein-t-longag', 100);
  writeFileSync(join(place, 'skein-t-aafile'), '');
  temporaryFolder('t', place)[Symbol.dispose]();
  expect(readdirSync(place).toSorted()).toEqual([
    'new-skein-t-justno',
    'skein-t-aafile',
    'skein-t-older1',
    'skein-u-others',
  ]);
});

test('without a place to write to it says which it wanted', () => {
  const nowhere = join(place, 'nowhere');
  expect(() => temporaryFolder('t', nowhere)).toThrow(
    `a folder in ${nowhere}: needs a place to write to: TMPDIR (ENOENT`,
  );
});

function names(...folders: readonly { readonly path: string }[]): string[] {
  return folders.map(({ path }) => basename(path));
}

/** A process that has such a folder, until it is ended. */
async function another(name: string) {
  const text = `const { temporaryFolder } = await import(${JSON.stringify(FOLDER)});
    const folder = temporaryFolder(${JSON.stringify(name)}, ${JSON.stringify(place)});
    process.stdout.write(folder.path);
    setInterval(() => folder.path, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', text], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [path] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, name: basename(String(path)) };
}
