/** What becomes of sockets, threads and memory: each case in a process of its own. Needs root. */
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { TestNetns } from './native_netns.ts';

const INDEX = new URL('../../src/native/index.ts', import.meta.url).href;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const PRELUDE = `
  import { readdirSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { Worker } from 'node:worker_threads';
  import { openDoor } from ${JSON.stringify(INDEX)};
  const door = openDoor();
  const alive = setInterval(() => {}, 1000); // open sockets do not keep the process
  const links = new Uint8Array(32);
  new DataView(links.buffer).setUint32(0, 32, true);
  links.set([18, 0, 1, 3], 4); // RTM_GETLINK, a dump
  const fds = () => readdirSync('/proc/self/fd').length;
  const heard = (socket) => new Promise((resolve) => { socket.onBatch(resolve); socket.send(links); });
`;

/** What the program printed last, as JSON. It must end by itself and well. */
function run(program: string, ...args: string[]): unknown {
  const options = ['--disable-warning=ExperimentalWarning', '--expose-gc', '--input-type=module', '-e'];
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [...options, `${PRELUDE}${program}clearInterval(alive);`, ...args],
    {
      cwd: ROOT,
      encoding: 'utf8',
      timeout: 100_000,
    },
  );
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

test('opening and closing 10,000 sockets leaves neither descriptors nor memory behind', () => {
  using netns = new TestNetns();
  const program = `
    const round = async (count) => {
      for (let i = 0; i < count; i++) {
        const socket = await door.openNetlink({ protocol: 0, netns: process.argv[1] });
        const devices = await door.openDevices({ netns: process.argv[1] });
        if (i % 10 === 0) await heard(socket);
        socket.close();
        devices.close();
      }
      gc();
      await sleep(20);
      gc();
    };
    await round(2000);
    const before = { fds: fds(), rss: process.memoryUsage.rss() };
    await round(10000);
    console.log(JSON.stringify({ fds: fds() - before.fds, grownBytes: process.memoryUsage.rss() - before.rss }));
  `;
  const { fds, grownBytes } = run(program, netns.path) as { fds: number; grownBytes: number };
  expect(fds).toBe(0);
  expect(grownBytes).toBeLessThan(16e6);
});

test('many openings at once are all answered', () => {
  using netns = new TestNetns();
  const program = `
    const before = fds();
    const sockets = await Promise.all(Array.from({ length: 2000 }, () => door.openNetlink({ protocol: 0, netns: process.argv[1] })));
    const ports = new Set(sockets.map(({ portId }) => portId)).size;
    for (const socket of sockets) socket.close();
    console.log(JSON.stringify({ ports, fds: fds() - before }));
  `;
  expect(run(program, netns.path)).toEqual({ ports: 2000, fds: 0 });
});

test('a forgotten socket closes itself', () => {
  const program = `
    const before = fds();
    for (let i = 0; i < 100; i++) { await door.openNetlink({ protocol: 0 }); await door.openDevices({}); }
    const open = fds() - before;
    // What was collected is closed by a thread, in its own time.
    for (let i = 0; i < 1000 && (i < 10 || fds() > before); i++) { gc(); await sleep(5); }
    console.log(JSON.stringify({ open, left: fds() - before }));
  `;
  expect(run(program)).toEqual({ open: 200, left: 0 });
});

test('a socket that listens is not collected', () => {
  const program = `
    const told = await (async () => {
      const socket = new WeakRef(await door.openNetlink({ protocol: 0 }));
      let batches = 0;
      socket.deref().onBatch(() => batches++);
      return async () => {
        socket.deref()?.send(links);
        for (let i = 0; i < 500 && batches === 0; i++) await sleep(10);
        return batches;
      };
    })();
    for (let i = 0; i < 5; i++) { gc(); await sleep(2); }
    console.log(await told());
  `;
  expect(run(program)).toBeGreaterThan(0);
});

test('the process ends while sockets are open and listening', () => {
  const program = `
    const socket = await door.openNetlink({ protocol: 0, groups: [1] });
    await heard(socket);
    console.log('"open"');
  `;
  expect(run(program)).toBe('open');
});

test('the process ends at any moment, also in the middle of a flood', () => {
  const program = `
    const sockets = await Promise.all(Array.from({ length: 50 }, () => door.openNetlink({ protocol: 0 })));
    for (const socket of sockets) { socket.onBatch(() => socket.send(links)); socket.send(links); }
    for (let i = 0; i < 100; i++) door.openNetlink({ protocol: 0, netns: '/proc/self/ns/net' });
    door.processNamespaces();
    setTimeout(() => { console.log('"exit"'); process.exit(0); }, Number(process.argv[1]));
  `;
  for (const afterMs of [0, 1, 3, 10, 30]) expect(run(program, `${afterMs}`)).toBe('exit');
});

test('a worker thread uses the door, alone and beside others, and ends with sockets open', () => {
  const program = `
    const work = \`
      const { parentPort } = process.getBuiltinModule('node:worker_threads');
      import(${JSON.stringify(INDEX)}).then(async ({ openDoor }) => {
        const socket = await openDoor().openNetlink({ protocol: 0, groups: [1] });
        socket.onBatch((batch) => { if (batch.length > 0) parentPort.postMessage(batch.length); });
        const links = new Uint8Array(32);
        new DataView(links.buffer).setUint32(0, 32, true);
        links.set([18, 0, 1, 3], 4);
        socket.send(links);
        // Always answers under way, so that some arrive while the thread ends.
        setInterval(() => { for (let i = 0; i < 100; i++) socket.send(links); }, 0);
      });
    \`;
    const before = fds();
    for (let round = 0; round < 8; round++) {
      const workers = [1, 2, 3].map(() => new Worker(work, { eval: true }));
      await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
      await sleep(round);
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
    const mine = (await heard(await door.openNetlink({ protocol: 0 }))).length > 0;
    console.log(JSON.stringify({ mine, left: fds() - before < 10 }));
  `;
  expect(run(program)).toEqual({ mine: true, left: true });
});

test('the addon outlives the only worker that loaded it', () => {
  const program = `
    const { Worker } = require('node:worker_threads');
    const work = 'import(' + JSON.stringify(${JSON.stringify(INDEX)}) + ').then(async ({ openDoor }) => {' +
      'const socket = await openDoor().openNetlink({ protocol: 0, groups: [1] }); socket.onBatch(() => {}); process.exit(0); });';
    (async () => {
      for (let round = 0; round < 5; round++) await new Promise((resolve) => new Worker(work, { eval: true }).once('exit', resolve));
      require('node:child_process').execFileSync('ip', ['-n', process.argv[1], 'link', 'set', 'lo', 'up']);
      console.log('"alive"');
    })();
  `;
  using netns = new TestNetns();
  const options = ['--disable-warning=ExperimentalWarning', '-e', program, netns.name];
  expect(execFileSync(process.execPath, options, { encoding: 'utf8' }).trim()).toBe('"alive"');
});

test('an error thrown by a listener is an uncaught exception, and the socket goes on', () => {
  const program = `
    const caught = [];
    process.on('uncaughtException', (error) => caught.push(error.message));
    const socket = await door.openNetlink({ protocol: 0 });
    let calls = 0;
    socket.onBatch(() => { calls++; throw new Error('mine'); });
    while (calls < 20) { await socket.send(links); await sleep(2); }
    console.log(JSON.stringify(caught.length === calls && caught[0]));
  `;
  expect(run(program)).toBe('mine');
});
