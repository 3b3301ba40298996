/** Who may do nothing sees what is his. Needs root, to become somebody who may not. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Socket } from '../../src/ends/socket.ts';

const NOBODY = 65534;
const run = promisify(execFile);

interface Said {
  readonly port: number;
  readonly pid: number;
  readonly found: readonly Pick<Socket, 'localPort' | 'state' | 'process'>[];
  readonly notices: readonly string[];
}

test('without privileges sockets are told, who holds them where it is us, and what is missing', async () => {
  using stack = new DisposableStack();
  const ours = createServer().listen(0, '127.0.0.1');
  stack.defer(() => ours.close());
  await once(ours, 'listening');
  const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  // It may read this project wherever it lies, and nothing more.
  const may = ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'];
  const script = join(import.meta.dirname, 'sockets_nobody.ts');
  const { NODE_OPTIONS, ...env } = process.env;
  const { stdout } = await run('setpriv', [...user, ...may, process.execPath, script], { env, timeout: 60_000 });
  const { port, pid, found, notices } = JSON.parse(stdout) as Said;
  expect(found.find(({ localPort }) => localPort === port)).toMatchObject({
    state: 'LISTEN',
    process: { pid, path: process.execPath, user: 'nobody' },
  });
  const { port: foreign } = ours.address() as AddressInfo;
  const [seen] = found.filter(({ localPort }) => localPort === foreign);
  expect(seen).toEqual({ localPort: foreign, state: 'LISTEN' });
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatch(
    /^sockets are looked for every 2 s .*what is shorter is not seen: .*CAP_BPF and CAP_PERFMON/,
  );
  expect(notices[0]).toMatch(/who holds sockets of \d+ processes of other users is not seen: needs CAP_SYS_PTRACE$/);
});
