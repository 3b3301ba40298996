/** Where the kernel does not let us: a scripted one that refuses. */
import { fakeDoor } from '../../../src/native/fake.ts';
import { MessageBuilder } from '../../../src/native/nlmsg.ts';
import { sockets } from '../../../src/probes/sockets/index.ts';
import { eventually } from '../../eventually.ts';
import { type Running, runProbe, self } from '../context.ts';

/** struct inet_diag_msg: a TCP socket that listens at 127.0.0.1:22. */
function listening(cookie: number): Uint8Array {
  const bytes = Buffer.alloc(72);
  bytes.set([2, 10, 0], 0);
  bytes.writeUInt16BE(22, 4);
  bytes.set([127, 0, 0, 1], 8);
  bytes.writeUInt32LE(cookie, 44);
  return new MessageBuilder(20, 0).fixed(bytes).build();
}

function doorTo(cookies: () => number[]) {
  return fakeDoor({
    identities: { '/proc/self/ns/net': { cookie: 1n, inode: 1, device: 1 } },
    netlink: ({ payload }) => (payload[0] === 2 && payload[1] === 6 ? cookies().map(listening) : []),
  });
}

const open = (running: Running) => running.sockets.find({}).map(({ localPort, state }) => `${localPort} ${state}`);

test('sockets are looked for where the kernel does not tell, and it is said what would do', async () => {
  let cookies = [7];
  const running = runProbe(sockets, { door: doorTo(() => cookies), options: { pollMs: 100 }, time: Date.now });
  await running.ready;
  expect(open(running)).toEqual(['22 LISTEN']);
  expect(running.sockets.find({})[0]?.node).toBe(self.id);
  expect(running.notices.at(-1)).toMatch(/^sockets are looked for every 0.1 s .*(EPERM|PID namespace)/);
  cookies = [];
  await eventually(() => expect(open(running)).toEqual([]));
  await running.stop();
});

test('who wants to be told by the kernel alone hears what that needs', async () => {
  const running = runProbe(sockets, { door: doorTo(() => []), options: { mode: 'ebpf' } });
  await expect(running.ready).rejects.toThrow(/CAP_BPF, CAP_PERFMON/);
});

test('no more sockets are held than are wanted, and the others are counted', async () => {
  const running = runProbe(sockets, {
    door: doorTo(() => Array.from({ length: 20 }, (_, at) => at + 1)),
    options: { mode: 'diag', socketsMax: 5 },
    time: Date.now,
  });
  await running.ready;
  expect(open(running)).toHaveLength(5);
  expect(running.counters.socketsNotHeld).toBe(15);
  await running.stop();
});

test('what listens is said once for each, whoever else listens at the same place', async () => {
  const running = runProbe(sockets, { door: doorTo(() => [7, 8]), options: { mode: 'diag' }, time: Date.now });
  await running.ready;
  const [host] = running.graph.now().nodes(self.id);
  expect(host?.metadata.Services).toEqual([{ Protocol: 'TCP', Address: '127.0.0.1', Port: 22 }]);
  await running.stop();
});
