import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function build(env: NodeJS.ProcessEnv) {
  return spawnSync('sh', ['scripts/build-native.sh'], { cwd: ROOT, env: { ...process.env, ...env }, encoding: 'utf8' });
}

test('without a compiler the build says which one is missing and how to get it', () => {
  const { status, stderr } = build({ CXX: 'skein-no-such-compiler' });
  expect(status).toBe(1);
  expect(stderr).toBe(
    'skein: cannot build the native addon: no C++ compiler (skein-no-such-compiler) found; install one, e.g.: ' +
      'apt-get install g++\n',
  );
});

test('a build that is fresh says nothing and compiles nothing', () => {
  build({});
  const { status, stdout, stderr } = build({ PATH: '/usr/bin:/bin', TMPDIR: '/nonexistent' });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});
