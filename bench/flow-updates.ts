/**
 * So many updates of flows a second, from the intake of captures through the live table and its clock to the embedded
 * archive, while counts and sums are asked: CPU, memory, the longest stretch of the event loop, and whether what is
 * missing is counted. Each flow is seen once in an update period, so each observation becomes an update told.
 * `node bench/flow-updates.ts [seconds [updates a second]]`; by hand 600.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FlowArchive } from '../src/archive/archive.ts';
import { openEmbeddedArchive } from '../src/archive/embedded/index.ts';
import { FlowTimeline } from '../src/archive/flow-timeline.ts';
import { FlowWriter } from '../src/archive/flow-writer.ts';
import { MemoryArchive } from '../src/archive/memory/index.ts';
import { MergedTimeline } from '../src/archive/timeline.ts';
import { LiveFlows } from '../src/capture/live-flows.ts';
import { layout } from '../src/flow/layout.ts';
import { Graph } from '../src/graph/graph.ts';
import { QueryEngine } from '../src/query/query.ts';
import { systemClock } from '../src/std/clock.ts';
import { conversations, life, perBuffer, placeAt } from './conversations.ts';

const [seconds, perSecond] = [Number(process.argv[2] ?? 30), Number(process.argv[3] ?? 50_000)];
const flowsCount = (perSecond * life.updateMs) / 1000;
const places = 100;
const STEP_MS = 20;

const directory = mkdtempSync(join(process.env.TMPDIR ?? tmpdir(), 'skein-bench-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
const archive = await openEmbeddedArchive({ directory });
const stored = archive.flows as FlowArchive;
const writer: FlowWriter = new FlowWriter({
  archive: stored,
  writerId: 'bench',
  host: 'bench',
  lost: (loss) => flows.table.lost(loss),
  clock: systemClock,
});
const flows: LiveFlows = new LiveFlows({
  life,
  flowsMax: flowsCount,
  host: 'bench',
  clock: systemClock,
  elapsed: () => performance.now(),
  hasRoom: () => writer.status().queued < 10_000,
});
flows.table.onUpdate((updated) => writer.push(updated));
const sources = Array.from({ length: places }, (_, i) => flows.open(placeAt(`node-${i}`)));
const buffers = Array.from({ length: flowsCount / perBuffer }, (_, i) =>
  conversations({ from: i * perBuffer, count: perBuffer, places, ms: Date.now() }),
);

const engine = new QueryEngine({ keys: () => [] });
const graph = new Graph({ begin: Date.now() });
const past = new MemoryArchive();
const timeline = new MergedTimeline({ graph, archive: past, flushed: async () => undefined, nowMs: Date.now });
const view = new FlowTimeline({ live: flows.table, archive: stored, flushed: () => writer.flushed() });

let longest = 0;
let threadMs = cpuOf(process.threadCpuUsage());
watch();
const start = performance.now();
let sent = 0;
let lastReport = { ms: start, cpu: cpuOf(process.cpuUsage()), thread: threadMs, written: 0 };
const asked: Record<string, number[]> = { 'G.Flows().Count()': [], "G.Flows().Sum('Metric.ABBytes')": [] };
const reportS = Math.max(10, seconds / 10);
console.log('   s   CPU %  main %   stretch ms   RSS MB   written/s    waiting       lost   load');
for (let next = reportS, askAt = 1; ; ) {
  const ms = performance.now() - start;
  if (ms > seconds * 1000) break;
  for (; sent < (ms * perSecond) / 1000; sent += perBuffer) {
    const bytes = buffers[(sent / perBuffer) % buffers.length] as Uint8Array;
    flows.observe(sources[0] as number, later(bytes, Date.now()));
  }
  if (ms > askAt * 1000) {
    askAt++;
    for (const [query, times] of Object.entries(asked)) times.push(await ask(query));
  }
  if (ms > next * 1000) {
    report();
    next += reportS;
  }
  await new Promise((resolve) => setTimeout(resolve, STEP_MS));
}
report();
for (const [query, times] of Object.entries(asked)) {
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(2);
  console.log(`${query.padEnd(34)} p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, slowest ${(times.at(-1) ?? 0).toFixed(0)} ms`);
}
const { flows: live, observations, updates, waitingBytes } = flows.stats();
const unseen = flows.table.loss().filter(({ stage }) => stage === 'queue');
const { written, lost, queued } = writer.status();
console.log(
  `${sent} sent = ${observations} observed + ${unseen.reduce((sum, { packets }) => sum + packets / 2, 0)} lost before the table ` +
    `+ ${Math.round(waitingBytes / ((buffers[0]?.length ?? 1) / perBuffer))} waiting; ` +
    `${updates} told = ${written} written + ${lost.flows} lost (counted) + ${queued} waiting; ${live} live`,
);
process.exit();

function report(): void {
  const now = { ms: performance.now(), cpu: cpuOf(process.cpuUsage()), thread: cpuOf(process.threadCpuUsage()) };
  const { written, queued, lost } = writer.status();
  const passed = now.ms - lastReport.ms;
  const cells = [
    ((now.ms - start) / 1000).toFixed(0).padStart(4),
    (((now.cpu - lastReport.cpu) / passed) * 100).toFixed(0).padStart(7),
    (((now.thread - lastReport.thread) / passed) * 100).toFixed(0).padStart(7),
    longest.toFixed(1).padStart(12),
    String(Math.round(process.memoryUsage.rss() / 1e6)).padStart(8),
    String(Math.round(((written - lastReport.written) / passed) * 1000)).padStart(11),
    String(queued).padStart(10),
    String(lost.flows).padStart(10),
    (loadavg()[0] ?? 0).toFixed(1).padStart(6),
  ];
  console.log(cells.join(' '));
  lastReport = { ...now, written };
  longest = 0;
}

async function ask(query: string): Promise<number> {
  const begun = performance.now();
  await engine.run(engine.prepare(query), {
    timeline,
    flows: view,
    nowMs: Date.now(),
    elapsed: () => performance.now(),
    turn: () => new Promise((resolve) => setImmediate(resolve)),
  });
  return performance.now() - begun;
}

/** In CPU time of the thread: what neighbours on this machine take is not ours. */
function watch(): void {
  setImmediate(() => {
    const now = cpuOf(process.threadCpuUsage());
    longest = Math.max(longest, now - threadMs);
    threadMs = now;
    // Seldom while nothing is to be done: looking costs, too.
    setTimeout(() => {
      threadMs = cpuOf(process.threadCpuUsage());
      watch();
    }, 1);
  });
}

function cpuOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}

/** The same observations at another time. */
function later(bytes: Uint8Array, ms: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; at += layout.fixedBytes) {
    view.setFloat64(at + layout.firstMs, ms, true);
    view.setFloat64(at + layout.lastMs, ms + 1, true);
  }
  return bytes;
}
