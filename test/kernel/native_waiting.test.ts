/** Who waits for the kernel's lock of all devices (RTNL): not the JavaScript thread. Needs root. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { TestNetns } from './native_netns.ts';

const INDEX = new URL('../../src/native/index.ts', import.meta.url).href;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Asks, without a pause, one link by netlink and one device by ethtool, listens for frames and ends it again, and prints
 * as JSON how often it was answered, how often it listened, and how long the thread of JavaScript slept in 3 s, in ms. It has something to do at every moment, so a sleep is a wait
 * inside of a call. Time in which others had the processor is no sleep (schedstat tells apart).
 */
const PROGRAM = `
  import { openSync, readSync } from 'node:fs';
  import { openDoor } from ${JSON.stringify(INDEX)};
  const door = openDoor();
  const netns = process.argv[1];
  const socket = await door.openNetlink({ protocol: 0, netns });
  const devices = await door.openDevices({ netns });
  const link = new Uint8Array(32);
  new DataView(link.buffer).setUint32(0, 32, true);
  link.set([18, 0, 1, 0], 4); // RTM_GETLINK
  link[20] = 1; // the loopback
  const driver = new Uint8Array(196);
  driver[0] = 3; // ETHTOOL_GDRVINFO
  let answers = 0;
  const ask = async () => {
    try {
      await devices.ethtool('lo', driver);
    } catch {
      // The loopback has no driver on some kernels: an answer too.
    }
    await socket.send(link);
  };
  socket.onBatch(() => {
    answers++;
    setImmediate(ask);
  });
  ask();
  let listened = 0;
  const listen = async () => {
    const frames = await door.openFrames({ protocol: 0x88cc, netns });
    await frames.join(1, new Uint8Array([1, 0x80, 0xc2, 0, 0, 0x0e]));
    frames.onFrames(() => undefined);
    frames.close();
    listened++;
    if (performance.now() < end) setImmediate(listen);
  };
  listen();

  const statistics = openSync('/proc/thread-self/schedstat', 'r');
  const text = Buffer.alloc(128);
  const awakeMs = () => {
    const [onProcessor, inLine] = text.toString('latin1', 0, readSync(statistics, text, 0, 128, 0)).split(' ');
    return (Number(onProcessor) + Number(inLine)) / 1e6;
  };
  const end = performance.now() + 3000;
  const begun = performance.now() - awakeMs();
  const turn = () => {
    if (performance.now() < end) setImmediate(turn);
    else console.log(JSON.stringify({ answers, listened, asleepMs: performance.now() - awakeMs() - begun }));
  };
  setImmediate(turn);
`;

/** Makes namespaces full of veths and deletes them, again and again: the kernel holds the lock long to take them away. */
const CHURN = `while :; do
  for n in $(seq 10); do
    ip netns add $0c$n
    for i in $(seq 20); do echo link add v$i type veth peer name w$i; done | ip -n $0c$n -batch -
  done
  for n in $(seq 10); do ip netns del $0c$n; done
done`;

test('while others hold the lock of all devices, neither asking nor listening stops the event loop', async () => {
  using netns = new TestNetns();
  const churn = spawn('sh', ['-c', CHURN, netns.name], { stdio: 'ignore', detached: true });
  await once(churn, 'spawn');
  try {
    // Who collects garbage with helpers sleeps while they have no processor.
    const node = ['--single-threaded-gc', '--disable-warning=ExperimentalWarning', '--input-type=module'];
    const options = [...node, '-e', PROGRAM, netns.path];
    const { stdout, stderr } = spawnSync(process.execPath, options, { cwd: ROOT, encoding: 'utf8', timeout: 60_000 });
    expect(stderr).toBe('');
    const { answers, listened, asleepMs } = JSON.parse(stdout) as Record<'answers' | 'listened' | 'asleepMs', number>;
    expect(answers).toBeGreaterThan(10);
    expect(listened).toBeGreaterThan(10);
    // Waiting for the lock in the calls themselves would be 500 ms and more; interrupts count too, and are not ours.
    expect(asleepMs).toBeLessThan(250);
  } finally {
    process.kill(-(churn.pid as number));
    await once(churn, 'exit');
    for (let n = 1; n <= 10; n++) spawnSync('ip', ['netns', 'del', `${netns.name}c${n}`]);
  }
}, 120_000);
