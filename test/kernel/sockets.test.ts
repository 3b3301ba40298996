/** The probe of sockets beside real processes in real namespaces, by each of its mechanisms. Needs root. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import type { Socket } from '../../src/ends/socket.ts';
import { sockets } from '../../src/probes/sockets/index.ts';
import { eventually } from '../eventually.ts';
import { SocketWorld, words } from './socketworld.ts';

const lines = (world: SocketWorld) => world.open().map(words);
const at = (world: SocketWorld, port: number): Socket => {
  const found = world.open().filter(({ localPort }) => localPort === port);
  expect(found).toHaveLength(1);
  return found[0] as Socket;
};

const LISTEN = `
s = socket.create_server(('127.0.0.1', 8080))
print('up')
`;
const CONNECTED = `
s = socket.create_server(('127.0.0.1', 8080))
c = socket.socket(); c.bind(('127.0.0.1', 4000)); c.connect(('127.0.0.1', 8080))
a, _ = s.accept()
c.sendall(b'x' * 1000); a.recv(1000, socket.MSG_WAITALL)
print('up')
`;

describe.each(['ebpf', 'diag'])('by %s', (mode) => {
  test('a process that listened before is told with who it is', async () => {
    await using world = new SocketWorld();
    const { pid } = await world.start(LISTEN);
    await world.probe({ mode });
    expect(lines(world)).toEqual(['TCP 127.0.0.1:8080 LISTEN']);
    expect(at(world, 8080).process).toMatchObject({
      pid,
      name: 'python3',
      path: expect.stringContaining('/python3'),
      command: expect.stringContaining('create_server'),
      user: 'root',
    });
  });

  test('a connection is told with both ends, and what it carried', async () => {
    await using world = new SocketWorld();
    await world.probe({ mode, refreshMs: 1000 });
    const { pid } = await world.start(CONNECTED);
    await eventually(() => {
      expect(lines(world)).toEqual([
        'TCP 127.0.0.1:4000 127.0.0.1:8080 ESTABLISHED',
        'TCP 127.0.0.1:8080 127.0.0.1:4000 ESTABLISHED',
        'TCP 127.0.0.1:8080 LISTEN',
      ]);
      expect(world.open().map(({ process }) => process?.pid)).toEqual([pid, pid, pid]);
    });
    await eventually(() => {
      // The SYN counts as a byte that was acknowledged.
      expect(world.open().find(({ localPort }) => localPort === 4000)?.traffic).toMatchObject({ sentBytes: 1001 });
      expect(world.open().find(({ remotePort }) => remotePort === 4000)?.traffic).toMatchObject({
        receivedBytes: 1000,
      });
    });
  });

  test('what is closed is told closed, and nothing is left', async () => {
    await using world = new SocketWorld();
    await world.probe({ mode });
    const process = await world.start(CONNECTED);
    await eventually(() => expect(lines(world)).toHaveLength(3));
    const ids = world.open().map(({ id }) => id);
    await world.stop(process);
    await eventually(() => expect(lines(world)).toEqual([]));
    const closed = world.ever().filter(({ id }) => ids.includes(id));
    expect(closed.every(({ openedAt, closedAt = 0 }) => closedAt >= openedAt)).toBe(true);
    expect(closed.every(({ process: held }) => held?.pid === process.pid)).toBe(true);
  });

  test('UDP is told connected or not, and IPv4 inside of IPv6 as IPv4', async () => {
    await using world = new SocketWorld();
    await world.probe({ mode });
    const process = await world.start(`
u = socket.socket(type=socket.SOCK_DGRAM); u.bind(('127.0.0.1', 53))
v = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); v.bind(('::', 5000)); v.connect(('::1', 53))
d = socket.create_server(('::', 8080), family=socket.AF_INET6, dualstack_ipv6=True)
c = socket.socket(); c.bind(('127.0.0.1', 4000)); c.connect(('127.0.0.1', 8080))
a, _ = d.accept()
n = socket.socket(); m = socket.socket(type=socket.SOCK_DGRAM)
print('up')`);
    await eventually(() =>
      expect(lines(world)).toEqual([
        'TCP 127.0.0.1:4000 127.0.0.1:8080 ESTABLISHED',
        'TCP 127.0.0.1:8080 127.0.0.1:4000 ESTABLISHED',
        'TCP :::8080 LISTEN',
        'UDP 127.0.0.1:53 CLOSE',
        'UDP ::1:5000 ::1:53 ESTABLISHED',
      ]),
    );
    expect(world.open().every(({ process: held }) => held?.pid === process.pid)).toBe(true);
    await world.stop(process);
    await eventually(() => expect(lines(world)).toEqual([]));
  });

  test('whoever accepted holds the connection, not who listens', async () => {
    await using world = new SocketWorld();
    await world.probe({ mode });
    const { line, pid } = await world.start(`
s = socket.create_server(('127.0.0.1', 8080))
r, w = os.pipe()
child = os.fork()
if child == 0:
  a, _ = s.accept(); s.close(); os.write(w, b'1'); time.sleep(600)
s.close()
c = socket.socket(); c.bind(('127.0.0.1', 4000)); c.connect(('127.0.0.1', 8080))
os.read(r, 1)
print(child)`);
    const child = Number(line);
    try {
      await eventually(() => {
        expect(at(world, 4000).process?.pid).toBe(pid);
        expect(at(world, 8080).process?.pid).toBe(child);
      });
    } finally {
      process.kill(child, 'SIGKILL');
    }
  });

  test('a socket that is handed over is its new owner’s', async () => {
    await using world = new SocketWorld();
    await world.probe({ mode });
    const { line, pid } = await world.start(`
x, y = socket.socketpair()
child = os.fork()
if child == 0:
  _, fds, _, _ = socket.recv_fds(y, 1, 1); y.send(b'1'); time.sleep(600)
s = socket.create_server(('127.0.0.1', 8080))
print(child); sys.stdin.readline()
socket.send_fds(x, [b'1'], [s.fileno()]); x.recv(1); s.close()`);
    try {
      await eventually(() => expect(at(world, 8080).process?.pid).toBe(pid));
      world.write('\n');
      await eventually(() => expect(at(world, 8080).process?.pid).toBe(Number(line)));
    } finally {
      process.kill(Number(line), 'SIGKILL');
    }
  });

  test('several sockets may share a port', async () => {
    await using world = new SocketWorld();
    await world.probe({ mode });
    const script = `
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1); s.bind(('127.0.0.1', 8080)); s.listen()
print('up')`;
    const [one, other] = [await world.start(script), await world.start(script)];
    await eventually(() => {
      expect(world.open().map(({ process }) => process?.pid)).toEqual(expect.arrayContaining([one.pid, other.pid]));
      expect(new Set(world.open().map(({ id }) => id)).size).toBe(2);
    });
  });

  test('a process in a control group of a container is in that container', async () => {
    await using world = new SocketWorld();
    await world.probe({ mode });
    const id = 'ab'.repeat(32);
    const group = `/sys/fs/cgroup/unified/sk${process.pid}/docker-${id}.scope`;
    mkdirSync(group, { recursive: true });
    const child = await world.start(`print('up'); sys.stdin.readline()\n${LISTEN}`);
    try {
      writeFileSync(`${group}/cgroup.procs`, String(child.pid));
      world.write('\n');
      await eventually(() => expect(at(world, 8080).process?.container).toBe(id));
    } finally {
      await world.stop(child);
      await eventually(() => rmdirSync(group));
      rmdirSync(`/sys/fs/cgroup/unified/sk${process.pid}`);
    }
  });

  test('a namespace that is known later is told with what it had, and is gone with it', async () => {
    await using world = new SocketWorld();
    const { pid } = await world.start(LISTEN);
    const running = await world.probe({ mode }, { isKnown: false });
    expect(lines(world)).toEqual([]);
    world.know();
    await eventually(() => expect(at(world, 8080).process?.pid).toBe(pid));
    running.namespaces.remove(world.node);
    expect(lines(world)).toEqual([]);
  });

  test('what listens is said on the node of its namespace, and taken back', async () => {
    await using world = new SocketWorld();
    await world.probe({ mode });
    const { pid, child } = await world.start(LISTEN);
    const service = { Protocol: 'TCP', Address: '127.0.0.1', Port: 8080, Process: 'python3', Pid: pid, User: 'root' };
    await eventually(() => expect(world.services()).toEqual([service]));
    const [netns] = (sockets.adds ?? []).filter(({ name }) => name === 'netns');
    expect(netns?.fields.parse({ Services: world.services() })).toEqual({ Services: [service] });
    await world.stop({ child });
    await eventually(() => expect(world.services()).toBeUndefined());
  });

  test('a run after another doubles nothing, and takes back what went meanwhile', async () => {
    await using world = new SocketWorld();
    const first = await world.probe({ mode });
    const [gone] = [await world.start(LISTEN), await world.start(LISTEN.replace('8080', '8081'))];
    await eventually(() => expect(world.services()).toHaveLength(2));
    await eventually(() => expect(lines(world)).toHaveLength(2));
    const ids = world.open().map(({ id }) => id);
    await first.stop();
    await world.stop(gone);
    await world.probe({ mode }, { before: first });
    expect(lines(world)).toEqual(['TCP 127.0.0.1:8081 LISTEN']);
    expect(ids).toContain(at(world, 8081).id);
    await eventually(() => expect(world.services()).toHaveLength(1));
  });
});

test('both mechanisms say the same of one world', async () => {
  await using world = new SocketWorld();
  await world.start(`${CONNECTED}
u = socket.socket(type=socket.SOCK_DGRAM); u.bind(('127.0.0.1', 53))
k = socket.socket(); k.connect(('127.0.0.1', 8080))
b, _ = s.accept(); b.close(); time.sleep(0.1)`);
  await world.start(`
t = socket.socket(socket.AF_INET6); t.bind(('::1', 9000)); t.listen(); print('up')`);
  const seen: unknown[] = [];
  for (const mode of ['ebpf', 'diag']) {
    const running = await world.probe({ mode });
    await eventually(() => expect(lines(world)).toHaveLength(6));
    seen.push(world.open().map(({ openedAt, ...rest }) => rest));
    await running.stop();
  }
  expect(seen[0]).toEqual(seen[1]);
});

test('a connection that lives for a moment is told with who made it and who served it', async () => {
  await using world = new SocketWorld();
  await world.probe({ mode: 'ebpf' });
  const server = await world.start(`
s = socket.create_server(('127.0.0.1', 8080), backlog=1024)
print('up')
while True:
  a, _ = s.accept(); a.recv(10); a.close()`);
  const client = await world.start(`
for i in range(2000):
  c = socket.create_connection(('127.0.0.1', 8080)); c.sendall(b'0123456789'); c.recv(1); c.close()
print('done')`);
  const connected = () => world.ever().filter(({ remotePort, closedAt }) => remotePort !== 0 && closedAt !== undefined);
  await eventually(() => expect(connected().length).toBe(4000));
  const ever = connected();
  expect(lines(world)).toEqual(['TCP 127.0.0.1:8080 LISTEN']);
  expect(new Set(ever.map(({ state }) => state))).toEqual(new Set(['ESTABLISHED']));
  expect(world.running?.counters.changesLost).toBeUndefined();
  const made = ever.filter(({ remotePort }) => remotePort === 8080);
  expect(made.every(({ process: held }) => held?.pid === client.pid)).toBe(true);
  expect(made.every(({ traffic }) => traffic?.sentBytes === 12)).toBe(true);
  const served = ever.filter(({ localPort }) => localPort === 8080);
  expect(served.every(({ process: held }) => held?.pid === server.pid)).toBe(true);
});

test('a process that is killed takes all of its sockets with it', async () => {
  await using world = new SocketWorld();
  await world.probe({ mode: 'ebpf' });
  const { child, pid } = await world.start(`
s = socket.create_server(('127.0.0.1', 8080), backlog=1024)
u = socket.socket(type=socket.SOCK_DGRAM); u.bind(('127.0.0.1', 53))
held = []
for i in range(200):
  c = socket.create_connection(('127.0.0.1', 8080)); held += [c, s.accept()[0]]
print('up')`);
  await eventually(() => expect(lines(world)).toHaveLength(402));
  const killedAt = Date.now();
  await world.stop({ child });
  await eventually(() => expect(lines(world)).toEqual([]));
  const ever = world.ever();
  expect(ever).toHaveLength(402);
  expect(new Set(ever.map(({ process }) => process?.pid))).toEqual(new Set([pid]));
  expect(ever.every(({ closedAt = 0 }) => closedAt >= killedAt - 1_000)).toBe(true);
  const connected = ever.filter(({ remotePort }) => remotePort !== 0);
  expect(new Set(connected.map(({ state }) => state))).toEqual(new Set(['ESTABLISHED']));
});

test('what the kernel had no room to tell is found out anew', async () => {
  await using world = new SocketWorld();
  const running = await world.probe({ mode: 'ebpf' });
  const { line } = await world.start(`
s = socket.create_server(('127.0.0.1', 8080), backlog=64)
print('up'); sys.stdin.readline()
for i in range(6000):
  c = socket.create_connection(('127.0.0.1', 8080)); a, _ = s.accept(); a.close(); c.close()
c = socket.socket(); c.bind(('127.0.0.1', 4000)); c.connect(('127.0.0.1', 8080))
open('/tmp/sk${process.pid}', 'w').close()`);
  expect(line).toBe('up');
  world.write('\n');
  // Nobody reads meanwhile.
  const lateMs = Date.now() + 60_000;
  while (!existsSync(`/tmp/sk${process.pid}`) && Date.now() < lateMs)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  unlinkSync(`/tmp/sk${process.pid}`);
  await eventually(() => {
    expect(running.counters.changesLost).toBeGreaterThan(0);
    expect(lines(world)).toEqual([
      'TCP 127.0.0.1:4000 127.0.0.1:8080 ESTABLISHED',
      'TCP 127.0.0.1:8080 127.0.0.1:4000 ESTABLISHED',
      'TCP 127.0.0.1:8080 LISTEN',
    ]);
  });
});

test('a process that is gone at once is told by name', async () => {
  await using world = new SocketWorld();
  await world.probe({ mode: 'ebpf' });
  await world.start(LISTEN);
  execFileSync('ip', ['netns', 'exec', world.netns.name, 'bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/8080']);
  await eventually(() => {
    const made = world.ever().find(({ remotePort }) => remotePort === 8080);
    expect(made?.process).toMatchObject({ name: 'bash', user: 'root' });
  });
});

test('listeners that come and go do not flood the graph', async () => {
  await using world = new SocketWorld();
  const running = await world.probe({ mode: 'ebpf' });
  const before = running.graph.now().nodes(world.node);
  expect([...before]).toHaveLength(1);
  let versions = 0;
  running.graph.subscribe(({ events }) => {
    versions += events.filter((event) => JSON.stringify(event).includes('Services')).length;
  });
  const begun = Date.now();
  await world.start(`
for i in range(300):
  s = socket.create_server(('127.0.0.1', 8080)); time.sleep(0.005); s.close()
print('done')`);
  // Once a second, whatever happens, and at both ends.
  expect(versions).toBeLessThanOrEqual(3 + (Date.now() - begun) / 1_000);
});
