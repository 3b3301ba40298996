/**
 * The probe of sockets beside 50,000 of them, in a namespace of their own: the first full reading, and what it costs
 * while connections come and go; beside ss(8), which reads the same tables, in the same run. Needs root.
 *
 *     node bench/sockets-probe.ts [--sockets 50000] [--mode ebpf|diag] [--seconds 10]
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { SocketTable } from '../src/ends/socket-table.ts';
import { Graph } from '../src/graph/graph.ts';
import { openDoor } from '../src/native/index.ts';
import { namespaceRegistry } from '../src/probes/namespaces.ts';
import type { ProbeContext } from '../src/probes/probe.ts';
import { sockets } from '../src/probes/sockets/index.ts';

const { values } = parseArgs({
  options: {
    sockets: { type: 'string', default: '50000' },
    mode: { type: 'string', default: 'ebpf' },
    seconds: { type: 'string', default: '10' },
  },
});
/** RLIMIT_NOFILE bounds what one process holds. */
const PER_PROCESS = 12_500;
const RATE = 500;
const netns = `skbench${process.pid}`;
const door = openDoor();
const children: ChildProcess[] = [];

/** Holds so many pairs of connected sockets. */
const HOLD = `
import resource, socket, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
s = socket.create_server(('127.0.0.1', int(sys.argv[1])), backlog=128)
held = []
for i in range(int(sys.argv[2])):
  c = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); held.append(c); held.append(s.accept()[0])
print('up'); sys.stdin.read()`;
/** Makes so many connections a second, each with a word either way, and says what that cost it. */
const CONNECT = `
import socket, sys, time
s = socket.create_server(('127.0.0.1', 9999), backlog=128)
rate, seconds = int(sys.argv[1]), float(sys.argv[2])
begin, cpu = time.monotonic(), time.process_time()
for i in range(int(rate * seconds)):
  c = socket.create_connection(('127.0.0.1', 9999)); a, _ = s.accept()
  c.sendall(b'hello'); a.recv(5); a.sendall(b'hello'); c.recv(5); c.close(); a.close()
  wait = begin + (i + 1) / rate - time.monotonic()
  if wait > 0: time.sleep(wait)
print((time.process_time() - cpu) * 1000)`;

function start(script: string, ...args: (string | number)[]): ChildProcess {
  const command = ['netns', 'exec', netns, 'python3', '-u', '-c', script, ...args.map(String)];
  const child = spawn('ip', command, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

async function lineOf(child: ChildProcess): Promise<string> {
  const [line] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')) as [string];
  return line;
}

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const median = (all: number[]) => [...all].sort((one, other) => one - other)[all.length >> 1] as number;

/** Wall time of a program that reads the same, its output thrown away. */
function timed(...args: string[]): number {
  const times = Array.from({ length: 3 }, () => {
    const began = performance.now();
    spawnSync('ip', ['netns', 'exec', netns, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
    return performance.now() - began;
  });
  return median(times);
}

interface Run {
  readonly readyMs: number;
  readonly readyCpuMs: number;
  /** When the tables of the namespace were read, too. */
  readonly wholeMs: number;
  readonly wholeCpuMs: number;
  readonly table: SocketTable;
  stop(): Promise<void>;
}

async function run(): Promise<Run> {
  const graph = new Graph({ indexed: ['Name', 'Type'] });
  const source = () => ({ host: 'bench', origin: 'agent.bench', time: Date.now() });
  for (const id of ['host', 'netns'])
    graph.apply([{ kind: 'node', id, metadata: { Type: id, Name: id }, owns: new Set() }], source());
  const table = new SocketTable();
  const namespaces = namespaceRegistry();
  const path = `/run/netns/${netns}`;
  namespaces.add({ nodeId: 'netns', tid: '', path, cookie: door.netnsIdentity(path).cookie, name: netns });
  const stop = new AbortController();
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  const { promise: looked, resolve: look } = Promise.withResolvers<void>();
  const [began, cpu] = [performance.now(), cpuMs()];
  const spent = () => [performance.now() - began, cpuMs() - cpu] as [number, number];
  const context: ProbeContext<ReturnType<typeof sockets.options.parse>> = {
    options: sockets.options.parse({ mode: values.mode }),
    door,
    graph: { apply: (changes) => graph.apply(changes, source()) },
    sockets: table,
    translations: { tell() {}, end() {}, all() {}, gone() {} },
    view: () => graph.now(),
    host: { name: 'bench', id: 'host', tid: '', bootId: 'bench' },
    signal: stop.signal,
    log: { info() {}, warn: console.warn },
    ready: resolve,
    notice() {},
    count(name, by = 1) {
      if (name === 'looks') look();
      if (name.endsWith('Lost') && by > 0) console.log(`  ${name}: ${by}`);
    },
    namespaces,
  };
  const ended = sockets.run(context);
  ended.catch(reject);
  await ready;
  const [readyMs, readyCpuMs] = spent();
  await looked;
  const [wholeMs, wholeCpuMs] = spent();
  return {
    ...{ readyMs, readyCpuMs, wholeMs, wholeCpuMs },
    table,
    async stop() {
      stop.abort();
      await ended;
    },
  };
}

/** Percent of a core that this process takes while connections come and go, and what the one who makes them takes, ms. */
async function steady(seconds: number, rate: number): Promise<{ share: number; maker: number }> {
  const maker = rate > 0 ? lineOf(start(CONNECT, rate, seconds)) : pause(seconds * 1000).then(() => '0');
  const [began, cpu] = [performance.now(), cpuMs()];
  const line = await maker;
  return { share: ((cpuMs() - cpu) / (performance.now() - began)) * 100, maker: Number(line) };
}

const text = (value: number, digits = 1) => value.toFixed(digits);

execFileSync('ip', ['netns', 'add', netns]);
try {
  execFileSync('ip', ['-n', netns, 'link', 'set', 'lo', 'up']);
  const seconds = Number(values.seconds);
  const bare = await steady(seconds, RATE);
  {
    const few = await run();
    // What is compiled while it runs is compiled once.
    await steady(2, RATE);
    const idle = await steady(seconds, 0);
    const busy = await steady(seconds, RATE);
    const more = (busy.maker - bare.maker) / seconds / 10;
    console.log(`few sockets, ${values.mode}: ${text(idle.share, 2)} % of a core idle`);
    console.log(`  at ${RATE} connections/s ${text(busy.share, 2)} % of a core (bound: 1 %)`);
    console.log(
      `  who makes them: ${text(busy.maker / seconds / 10, 2)} % of a core, ${text(more, 2)} % more than without the probe`,
    );
    await few.stop();
  }
  const pairs = Number(values.sockets) / 2;
  const holders: Promise<string>[] = [];
  for (let from = 0, port = 10_000; from < pairs; from += PER_PROCESS / 2, port++)
    holders.push(lineOf(start(HOLD, port, Math.min(PER_PROCESS / 2, pairs - from))));
  await Promise.all(holders);
  const ss = timed('ss', '-tnH');
  const ssp = timed('ss', '-tnpH');
  const all: Run[] = [];
  for (let round = 0; round < 3; round++) {
    const one = await run();
    all.push(one);
    if (round < 2) await one.stop();
  }
  const last = all.at(-1) as Run;
  const open = last.table.find({}).length;
  const of = (read: (run: Run) => number) => median(all.map(read));
  const readyMs = of((one) => one.readyMs);
  const first = all[0] as Run;
  console.log(
    `${open} sockets, ${values.mode}: first full reading ${text(readyMs)} ms, ${text(of((one) => one.readyCpuMs))} ms CPU (bound: 300 ms)`,
  );
  console.log(`  before anything is compiled ${text(first.readyMs)} ms, ${text(first.readyCpuMs)} ms CPU`);
  console.log(
    `  with what nobody holds ${text(of((one) => one.wholeMs))} ms, ${text(of((one) => one.wholeCpuMs))} ms CPU`,
  );
  console.log(
    `  ${text(readyMs / ss, 2)} of ss -tn (${text(ss)} ms), ${text(readyMs / ssp, 2)} of ss -tnp (${text(ssp)} ms)`,
  );
  await pause(1000);
  const idle = await steady(seconds * 2, 0);
  const busy = await steady(seconds * 2, RATE);
  console.log(`  then ${text(idle.share, 2)} % of a core idle, ${text(busy.share, 2)} % at ${RATE} connections/s`);
  await last.stop();
} finally {
  for (const child of children) child.kill('SIGKILL');
  execFileSync('ip', ['netns', 'del', netns]);
}
