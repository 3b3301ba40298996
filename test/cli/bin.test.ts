/** The command as a shell starts it. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const home = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skein-bin-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('skein works from anywhere, also through links to links', async () => {
  await symlink(join(home, 'bin', 'skein'), join(folder, 'first'));
  await symlink('first', join(folder, 'second'));
  await mkdir(join(folder, 'a folder'));
  await symlink('../second', join(folder, 'a folder', 'skein'));
  const PATH = `${join(folder, 'a folder')}:${process.env.PATH}`;
  for (const command of ['skein', './a folder/skein', join(folder, 'second')]) {
    const { stdout } = await run(command, ['--version'], { cwd: folder, env: { ...process.env, PATH } });
    expect(stdout).toMatch(/^skein \d+\.\d+\.\d+\n$/);
  }
});

test('a pipe that is closed early is no error', async () => {
  const { stdout, stderr } = await run('sh', ['-c', `{ "${home}/bin/skein" up --help; echo "$?" >&2; } | true`]);
  expect(stdout).toBe('');
  expect(stderr).toBe('0\n');
});

test('where nothing is set up it says what would do', async () => {
  await cp(join(home, 'bin', 'skein'), join(folder, 'bare', 'bin', 'skein'));
  const failed = run(join(folder, 'bare', 'bin', 'skein'), ['status']);
  await expect(failed).rejects.toMatchObject({ code: 3, stderr: expect.stringContaining('npm run setup') });
});

test('bash completes with what skein says', async () => {
  const script = `source <("${home}/bin/skein" completion bash)
    COMP_WORDS=("${home}/bin/skein" get ro) COMP_CWORD=2
    _skein; printf '%s\\n' "\${COMPREPLY[@]}"
    COMP_WORDS=("${home}/bin/skein" lab '') COMP_CWORD=2
    _skein; printf '%s\\n' "\${COMPREPLY[@]}"`;
  expect((await run('bash', ['-c', script])).stdout).toBe('routes\nup\ndown\nstatus\n');
});
