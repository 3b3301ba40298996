/**
 * `why` beside 1,000,000 versions in the embedded archive: a fault beyond the hour that memory knows and one within, with
 * and without a moment at which it is known to have worked, the first time after opening and again.
 * Floor: the histories of the same elements over the same window, read once. Run: node bench/why.ts [versions]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { openEmbeddedArchive } from '../src/archive/embedded/index.ts';
import { MergedTimeline } from '../src/archive/timeline.ts';
import { ArchiveWriter } from '../src/archive/writer.ts';
import type { Change } from '../src/graph/change.ts';
import { Graph } from '../src/graph/graph.ts';
import { readChanges } from '../src/graph/text.ts';
import { systemClock } from '../src/std/clock.ts';
import type { WhyAnswer, WhyQuestion } from '../src/why/question.ts';
import { why } from '../src/why/why.ts';

const VERSIONS = Number(process.argv[2] ?? 1_000_000);
const ELEMENTS = 10_000;
/** Of each so many changes one is on the path. */
const ON_PATH = 500;
const HOUR = 3_600_000;
const SPAN = 12 * HOUR;
const END = Math.floor(Date.now() / 1000) * 1000;
const START = END - SPAN;
const source = (time: number) => ({ host: 'bench', origin: 'bench.synthetic', time });

const directory = mkdtempSync(join(tmpdir(), 'skein-bench-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
const limits = { directory, maxBytes: 8 * 2 ** 30, maxAgeMs: 1e12 };
let archive = await openEmbeddedArchive(limits);
const writer = new ArchiveWriter({ archive, writerId: 'bench', clock: systemClock, batchMax: 5_000 });
const graph = new Graph({ indexed: ['Name', 'Type'], begin: START });
graph.subscribe((commit) => writer.push(commit));
const [OLD, RECENT] = [END - 5 * HOUR, END - HOUR / 4];

const began = performance.now();
graph.apply(network(), source(START));
let path = 0;
const faults = new Map([
  [OLD, gateway('10.0.0.99')],
  [OLD + 60_000, gateway('10.0.0.254')],
  [RECENT, gateway('10.0.0.99')],
]);
const due = [...faults.keys()];
for (let done = ELEMENTS, last = START; done < VERSIONS; ) {
  const changes: Change[] = [];
  for (let i = 0; i < 100; i++, done++) changes.push(done % ON_PATH === 0 ? onPath(++path) : noise(done));
  const time = START + 1 + ((SPAN - 1_000) * (done - ELEMENTS)) / (VERSIONS - ELEMENTS);
  while (due[0] !== undefined && due[0] <= time) {
    const at = due.shift() as number;
    if (at > last) graph.apply([faults.get(at) as Change], source(at));
  }
  graph.apply(changes, source(time));
  last = time;
  if (done % 5_000 === 0) await writer.flushed();
  if (done % 50_000 === 0) graph.forgetBefore(time - HOUR);
}
await writer.flushed();
graph.forgetBefore(END - HOUR);
await archive[Symbol.asyncDispose]();
console.log(
  `${VERSIONS} versions made in ${((performance.now() - began) / 1000).toFixed(0)} s, ${path} of them on the path`,
);

archive = await openEmbeddedArchive(limits);
const timeline = new MergedTimeline({ graph, archive, flushed: () => Promise.resolve(), nowMs: () => END });
await timeline.refresh();
const base = { from: 'netns:a', to: '10.0.1.2', protocol: 6, port: 80 };
console.log(
  'ms, CPU ms with the archive, floor ms, ×, × of two whole pictures, rank of the fault, how the beginning was found, elements and changes looked at',
);
const older = { ...base, failed: OLD + 30_000, since: OLD - 2 * HOUR };
await measured('beyond the hour, cold', older, OLD);
await measured('beyond the hour, warm', older, OLD);
await measured('beyond the hour, good given', { ...older, good: OLD - 60_000 }, OLD);
await measured('beyond the hour, good two hours before', { ...older, good: OLD - 2 * HOUR }, OLD);
await measured('within the hour', base, RECENT);
await measured('within the hour, again', base, RECENT);
await measured('within the hour, good given', { ...base, good: RECENT - 60_000 }, RECENT);
// It is looked for to the beginning of all that is kept.
await measured('never worked', { ...base, to: '10.0.9.9' }, 0);
await archive[Symbol.asyncDispose]();

async function measured(what: string, question: WhyQuestion, fault: number): Promise<void> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const answer = await asked(question);
  const took = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const rank = answer.culprits.find(({ time, kind }) => kind.startsWith('route.') && time === fault)?.rank;
  const floor = await floorOf(answer);
  const figures = `${took.toFixed(0).padStart(6)} ${((user + system) / 1000).toFixed(0).padStart(6)} ${floor.toFixed(0).padStart(6)} ${(took / floor).toFixed(1).padStart(6)}`;
  const whole = await wholeOf(answer);
  const { elements, changes } = answer.looked;
  console.log(
    `${what.padEnd(40)} ${figures}  ${(took / whole).toFixed(1).padStart(6)}  rank ${rank ?? '-'}, ${answer.goodBy}, ${elements}, ${changes}`,
  );
  if (rank !== 1) console.log(`  ${answer.culprits[0]?.text ?? answer.notes.join('; ')}`);
}

/** The nodes of the path and their edges, as they are told, over what was looked through. */
async function floorOf({ window }: WhyAnswer): Promise<number> {
  const ids = [...network()].flatMap((change) =>
    change.kind === 'node' && !change.id.startsWith('far') ? [change.id] : [],
  );
  const start = performance.now();
  await timeline.history(ids, window);
  return performance.now() - start;
}

/** All that was there at both ends of the window, each node once: less than that cannot be read by who is to find a path. */
async function wholeOf({ window }: WhyAnswer): Promise<number> {
  const start = performance.now();
  for (const time of [window.from, window.to]) for (const _ of (await timeline.at(time)).nodes());
  return performance.now() - start;
}

function asked(question: WhyQuestion): Promise<WhyAnswer> {
  return why(question, {
    timeline,
    now: () => END,
    elapsed: () => performance.now(),
    turn: () => turn(),
    timeMs: 60_000,
  });
}

/** a – switch – router – b, and far away interfaces that change all the time. */
function network(): Change[] {
  const up = '"LinkFlags":["UP"],"MTU":1500';
  const near = readChanges(`
    netns:a -ownership-> veth:a/eth0 {"Name":"eth0","IfIndex":2,"MAC":"02:00:00:00:00:01",${up},"IPV4":["10.0.0.1/24"]}
    netns:m -ownership-> bridge:br0 {"IfIndex":9,${up}}
    netns:m -ownership-> veth:p1 {"IfIndex":11,"MasterIndex":9,${up}}
    netns:m -ownership-> veth:p2 {"IfIndex":12,"MasterIndex":9,${up}}
    bridge:br0 -layer2-> veth:p1
    bridge:br0 -layer2-> veth:p2
    netns:r {"Forwarding":{"IPV4":true,"IPV6":false}}
    netns:r -ownership-> veth:r/lan {"Name":"lan","IfIndex":2,"MAC":"02:00:00:00:00:02",${up},"IPV4":["10.0.0.254/24"]}
    netns:r -ownership-> veth:r/wan {"Name":"wan","IfIndex":3,"MAC":"02:00:00:00:00:03",${up},"IPV4":["10.0.1.1/24"]}
    netns:b -ownership-> veth:b/eth0 {"Name":"eth0","IfIndex":2,"MAC":"02:00:00:00:00:04",${up},"IPV4":["10.0.1.2/24"]}
    veth:a/eth0 -layer2{"Type":"veth"}-> veth:p1
    veth:p2 -layer2{"Type":"veth"}-> veth:r/lan
    veth:r/wan -layer2{"Type":"veth"}-> veth:b/eth0`);
  const routes = [
    gateway('10.0.0.254'),
    table('veth:r/lan', '10.0.0.254', [
      { Protocol: 2, Prefix: '10.0.0.0/24', NextHops: [{ Priority: 0, IfIndex: 2 }] },
    ]),
    table('veth:r/wan', '10.0.1.1', [{ Protocol: 2, Prefix: '10.0.1.0/24', NextHops: [{ Priority: 0, IfIndex: 3 }] }]),
    table('veth:b/eth0', '10.0.1.2', [
      { Protocol: 2, Prefix: '10.0.1.0/24', NextHops: [{ Priority: 0, IfIndex: 2 }] },
      { Prefix: '0.0.0.0/0', NextHops: [{ IP: '10.0.1.1', Priority: 0, IfIndex: 2 }] },
    ]),
  ];
  return [...near, ...routes, ...Array.from({ length: ELEMENTS - 40 }, (_, at) => farNode(at, 0))];
}

function gateway(IP: string): Change {
  return table('veth:a/eth0', '10.0.0.1', [
    { Protocol: 2, Prefix: '10.0.0.0/24', NextHops: [{ Priority: 0, IfIndex: 2 }] },
    { Prefix: '0.0.0.0/0', NextHops: [{ IP, Priority: 0, IfIndex: 2 }] },
  ]);
}

function table(id: string, Src: string, Routes: object[]): Change {
  return { kind: 'set', id, set: { RoutingTables: [{ ID: 254, Src, Routes }] as never } };
}

/** Neighbours that come and go: some matter to nobody, and some could. */
function onPath(n: number): Change {
  const id = ['veth:a/eth0', 'veth:r/lan', 'veth:r/wan', 'veth:b/eth0'][n % 4] as string;
  if (n % 3 === 0) return { kind: 'set', id, set: { Alias: `round ${n}` } };
  const State = [n % 2 === 0 ? 'NUD_STALE' : 'NUD_REACHABLE'];
  return {
    kind: 'set',
    id,
    set: { Neighbors: [{ IP: `10.0.0.${100 + (n % 50)}`, MAC: '02:00:00:00:01:01', State, IfIndex: 2 }] },
  };
}

function noise(n: number): Change {
  return farNode((n * 7919) % (ELEMENTS - 40), n);
}

function farNode(at: number, n: number): Change & { kind: 'node' } {
  const metadata = {
    Name: `far${at}`,
    Type: 'veth',
    MAC: `52:54:00:00:${(at >> 8).toString(16).padStart(2, '0')}:${(at & 255).toString(16).padStart(2, '0')}`,
    MTU: 1500,
    IfIndex: 100 + at,
    State: n % 2 === 0 ? 'UP' : 'DOWN',
    Alias: `round ${n}`,
    IPV4: [`172.${16 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}/32`],
    LinkFlags: ['UP', 'BROADCAST', 'MULTICAST'],
  };
  return { kind: 'node', id: `far${at}`, metadata };
}
