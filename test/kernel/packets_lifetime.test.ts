/** What becomes of packet sockets, their threads and their memory: each case in a process of its own. Needs root. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compiled } from './compiled.ts';
import { TestNetns } from './native_netns.ts';

const INDEX = new URL('../../src/native/index.ts', import.meta.url).href;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const flood = compiled('flood');

const PRELUDE = `
  import { execFileSync, spawn } from 'node:child_process';
  import { readdirSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { Worker } from 'node:worker_threads';
  import { openPacketDoor } from ${JSON.stringify(INDEX)};
  const door = openPacketDoor();
  const alive = setInterval(() => {}, 1000); // open sockets do not keep the process
  const [netns, name] = process.argv.slice(1);
  const options = { netns, interfaceName: 'far', source: 1, snapLength: 128, drainMs: 20, ringBytes: 65536 };
  const open = (onBatch = () => {}, more = {}) => door.openPackets({ ...options, ...more }, onBatch);
  const flood = (packets) => execFileSync('ip', ['netns', 'exec', name, ${JSON.stringify(flood)}, 'near', packets + '']);
  const fds = () => readdirSync('/proc/self/fd').length;
  const threads = () => readdirSync('/proc/self/task').length;
  const packetsIn = (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let sum = 0;
    for (let at = 0; at < bytes.length; at += view.getUint16(at, true)) sum += view.getFloat64(at + 120, true) + view.getFloat64(at + 136, true);
    return sum;
  };
`;

/** What the program printed last, as JSON. It must end by itself and well. */
function run(program: string, more: readonly string[] = []): unknown {
  using netns = new TestNetns();
  netns.ip('link add near type veth peer name far');
  for (const end of ['near', 'far']) netns.ip(`link set ${end} up`);
  const options = ['--disable-warning=ExperimentalWarning', '--expose-gc', '--input-type=module', '-e'];
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [...options, `${PRELUDE}${program};clearInterval(alive);`, netns.path, netns.name, ...more],
    { cwd: ROOT, encoding: 'utf8', timeout: 60_000 },
  );
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

test('opening and closing 1,000 sockets leaves no descriptors, threads or memory behind', () => {
  const program = `
    const round = async (count) => {
      for (let i = 0; i < count; i += 10) await Promise.all(Array.from({ length: 10 }, async () => (await open()).close()));
      gc();
      await sleep(50);
      gc();
    };
    await round(200);
    const before = { fds: fds(), threads: threads(), rss: process.memoryUsage.rss() };
    await round(1000);
    console.log(JSON.stringify({ fds: fds() - before.fds, threads: threads() - before.threads, grownBytes: process.memoryUsage.rss() - before.rss }));
  `;
  const { grownBytes, ...left } = run(program) as { fds: number; threads: number; grownBytes: number };
  expect(left).toEqual({ fds: 0, threads: expect.any(Number) });
  expect((left as { threads: number }).threads).toBeLessThanOrEqual(0);
  expect(grownBytes).toBeLessThan(16e6);
}, 120_000);

test('500 captures of one interface each see everything', () => {
  const program = `
    const seen = new Array(500).fill(0);
    const sockets = await Promise.all(seen.map((_, i) => open((bytes) => { seen[i] += packetsIn(bytes); }, { drainMs: 250, ringBytes: 524288, filter: door.compileFilter('udp port 10000', 1, 128) })));
    flood(100);
    // What was sent is on its way still: it passes 500 sockets.
    const wait = (socket) => socket.stats().received < 100;
    for (let i = 0; i < 2000 && sockets.some(wait); i++) await sleep(20);
    await Promise.all(sockets.map((socket) => socket.close()));
    const stats = sockets.map((socket) => socket.stats());
    const sum = (key) => stats.reduce((all, one) => all + one[key], 0);
    console.log(JSON.stringify({ seen: seen.reduce((a, b) => a + b), received: sum('received'), dropped: sum('dropped'), packets: sum('packets') }));
  `;
  expect(run(program)).toEqual({ seen: 50_000, received: 50_000, dropped: 0, packets: 50_000 });
}, 120_000);

test('a socket that is in use is not collected, and closes itself when it is not', () => {
  const program = `
    let packets = 0;
    await (async () => { await open((bytes) => { packets += packetsIn(bytes); }, { filter: door.compileFilter('udp port 10000', 1, 128) }); })();
    for (let i = 0; i < 5; i++) { gc(); await sleep(5); }
    flood(50);
    for (let i = 0; i < 1000 && packets < 50; i++) await sleep(20);
    console.log(packets);
  `;
  expect(run(program)).toBe(50);
});

test('the process ends while sockets are open, also in a flood, and waits only for one that is closing', () => {
  const program = `
    const sockets = await Promise.all(Array.from({ length: 10 }, () => open()));
    spawn('ip', ['netns', 'exec', name, ${JSON.stringify(flood)}, 'near', '200000'], { stdio: 'ignore' }).unref();
    await sleep(Number(process.argv[3]));
    for (let i = 0; i < 3; i++) open();
    if (process.argv[4] === 'exit') { console.log('"ended"'); process.exit(0); }
    sockets[0].close().then(() => console.log('"closed"'));
  `;
  for (const afterMs of ['0', '30']) {
    expect(run(program, [afterMs, 'exit'])).toBe('ended');
    expect(run(program, [afterMs, 'run out'])).toBe('closed');
  }
});

test('a worker thread captures, alone and beside others, and ends with sockets open', () => {
  const program = `
    const work = \`
      const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
      import(${JSON.stringify(INDEX)}).then(async ({ openPacketDoor }) => {
        const door = openPacketDoor();
        setInterval(() => {}, 1000);
        for (let i = 0; i < 3; i++) await door.openPackets(workerData, () => parentPort.postMessage('seen'));
        parentPort.postMessage('open');
      });
    \`;
    // Node opens some of its own at the first child and the first worker.
    let before = 0;
    for (let round = 0; round < 5; round++) {
      const workers = [1, 2].map(() => new Worker(work, { eval: true, workerData: options }));
      await Promise.all(workers.map((worker) => new Promise((resolve) => worker.on('message', (said) => said === 'open' && resolve()))));
      const seen = Promise.all(workers.map((worker) => new Promise((resolve) => worker.on('message', (said) => said === 'seen' && resolve()))));
      flood(2000);
      await seen;
      await Promise.all(workers.map((worker) => worker.terminate()));
      if (round === 0) {
        await sleep(300);
        before = fds();
      }
    }
    let packets = 0;
    const mine = await open((bytes) => { packets += packetsIn(bytes); });
    flood(10);
    await mine.close();
    for (let i = 0; i < 1000 && fds() > before; i++) await sleep(20);
    console.log(JSON.stringify({ mine: packets >= 10, left: fds() - before }));
  `;
  expect(run(program)).toEqual({ mine: true, left: 0 });
}, 120_000);

test('an error thrown by a listener is an uncaught exception, and the socket goes on', () => {
  const program = `
    const caught = [];
    process.on('uncaughtException', (error) => caught.push(error.message));
    let calls = 0;
    await open(() => { calls++; throw new Error('mine'); });
    for (let round = 0; round < 100 && calls < 3; round++) { flood(10); await sleep(30); }
    console.log(JSON.stringify({ calls: calls >= 3, caught: caught.length === calls && caught[0] }));
  `;
  expect(run(program)).toEqual({ calls: true, caught: 'mine' });
});
