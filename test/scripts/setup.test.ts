/** scripts/setup.sh in a folder of its own, with an npm, an apt-get and a build that only say that they were called. */
import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const real = [
  'sh',
  'dirname',
  'cat',
  'find',
  'sha256sum',
  'flock',
  'mkdir',
  'rm',
  'tee',
  'sed',
  'mktemp',
  'sleep',
  'chmod',
];
let root: string;
let tools: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'skein-setup-'));
  tools = join(root, 'tools');
  for (const folder of ['tools', 'scripts', 'native', 'bpf']) mkdirSync(join(root, folder));
  copyFileSync(join(import.meta.dirname, '../../scripts/setup.sh'), join(root, 'scripts/setup.sh'));
  writeFileSync(join(root, 'package.json'), '{\n  "node": "24.1.0"\n}\n');
  writeFileSync(join(root, 'package-lock.json'), '{}');
  writeFileSync(join(root, 'native/door.cc'), '');
  writeFileSync(join(root, 'scripts/build-native.sh'), 'echo build >>called; mkdir -p build; : >build/skein.node');
  for (const name of real)
    symlinkSync(spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim(), join(tools, name));
  tool('g++', '');
  tool('id', 'echo 1000');
  tool(
    'npm',
    `echo "npm $*" >>${root}/called; sleep 0.2
     case "$*" in *--prefix*) bin=.skein/node/node_modules/.bin ;; *) bin=node_modules/.bin ;; esac
     mkdir -p $bin node_modules; printf '#!/bin/sh\\necho v24.1.0' >$bin/node; chmod +x $bin/node; : >node_modules/.package-lock.json`,
  );
});
afterEach(() => rmSync(root, { recursive: true }));

function tool(name: string, text: string): void {
  rmSync(join(tools, name), { force: true });
  writeFileSync(join(tools, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(tools, name), 0o755);
}

function setUp(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('sh', ['scripts/setup.sh', ...args], {
    cwd: root,
    env: { PATH: tools },
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

/** What was called since the last time, by first word and what tells it apart. */
function called(): string[] {
  const file = join(root, 'called');
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // Nothing was called.
  }
  rmSync(file, { force: true });
  return text
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => (line.startsWith('npm') ? (line.includes('--prefix') ? 'npm: node' : 'npm: all') : line));
}

test('the first run installs Node, then the rest with it, then builds; the second does and says nothing', () => {
  const first = setUp();
  expect(first).toMatchObject({ status: 0 });
  expect(first.said).toMatch(/installing Node 24.1.0\n.*npm packages\n.*addon\nset-up: ready: Node v24.1.0\n/);
  expect(called()).toEqual(['npm: node', 'npm: all', 'build']);
  expect(setUp()).toEqual({ status: 0, said: '' });
  expect(called()).toEqual([]);
});

test('what is there already is not installed again', () => {
  setUp();
  called();
  for (const file of ['package-lock.json', 'native/door.cc']) {
    appendFileSync(join(root, file), ' ');
    expect(setUp().status).toBe(0);
    expect(called()).toEqual(['npm: all', 'build']);
  }
  rmSync(join(root, 'node_modules'), { recursive: true });
  setUp();
  expect(called()).toEqual(['npm: node', 'npm: all', 'build']);
});

test('two at once harm nothing: one works, the other waits and finds everything done', async () => {
  const runs = [0, 1].map(
    () =>
      new Promise((resolve) =>
        spawn('sh', ['scripts/setup.sh'], { cwd: root, env: { PATH: tools } }).on('exit', resolve),
      ),
  );
  expect(await Promise.all(runs)).toEqual([0, 0]);
  expect(called()).toEqual(['npm: node', 'npm: all', 'build']);
});

test('what is missing is named with the command that would do, when it is not for us to install it', () => {
  rmSync(join(tools, 'g++'));
  expect(setUp()).toMatchObject({ status: 1, said: expect.stringContaining('this machine lacks: g++') });
  tool('apt-get', '');
  expect(setUp()).toMatchObject({ status: 1, said: expect.stringContaining('as root: apt-get install g++') });
  expect(called()).toEqual([]);
});

test('root gets what is missing, with new lists of packages when the old ones do not have it', () => {
  rmSync(join(tools, 'g++'));
  tool('id', 'echo 0');
  tool(
    'apt-get',
    `echo "apt-get $1" >>${root}/called
     case $1 in update) : >${root}/lists ;; install) [ -f ${root}/lists ] && : >${tools}/g++ && chmod +x ${tools}/g++ ;; esac`,
  );
  expect(setUp().status).toBe(0);
  expect(called().slice(0, 3)).toEqual(['apt-get install', 'apt-get update', 'apt-get install']);
});

test('a failure shows what was said and what to do, and is tried again the next time', () => {
  tool('npm', 'echo "npm error: no such registry" >&2; exit 1');
  const { status, said } = setUp();
  expect(status).toBe(1);
  expect(said).toMatch('npm error: no such registry');
  expect(said).toMatch('set-up: npm cannot install what is needed');
  expect(setUp().status).toBe(1);
});
