/**
 * Archived flows. Run: node bench/archive-flows.ts [flows [updates of each]]; by hand 5000000 1.
 * Floor: rows of the same columns into the same table by plain SQLite, in this thread, with nothing looked up or packed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { FlowArchive } from '../src/archive/archive.ts';
import { packBatch } from '../src/archive/embedded/flows/batch.ts';
import { readRows } from '../src/archive/embedded/flows/rows.ts';
import { flowSchema } from '../src/archive/embedded/flows/schema.ts';
import { openEmbeddedArchive } from '../src/archive/embedded/index.ts';
import { flowDefaults } from '../src/archive/flow-keeping.ts';
import { FlowWriter } from '../src/archive/flow-writer.ts';
import type { Flow } from '../src/flow/flow.ts';
import type { FlowQuery } from '../src/flow/view.ts';
import { systemClock } from '../src/std/clock.ts';

const FLOWS = Number(process.argv[2] ?? 300_000);
const BATCH = 2_500;
/** Flows that live at a time, and updates of each. */
const ALIVE = 50_000;
const UPDATES = Number(process.argv[3] ?? 3);
const UPDATE_MS = 10_000;
const NODES = 100;
/** All of them in a day. */
const DAY_MS = 24 * 3_600_000;
const START = 1_790_000_000_000;
const EVER = { from: 0, to: 2 * START };

const directory = mkdtempSync(join(process.env.TMPDIR ?? tmpdir(), 'skein-bench-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

const ages = { ...flowDefaults.ages, flowsMs: 3650 * DAY_MS, pointsMs: 3650 * DAY_MS };
const archive = await openEmbeddedArchive({ directory, flows: { maxBytes: 2 ** 36, ages } });
const flows = archive.flows as FlowArchive;
const writer = new FlowWriter({
  archive: flows,
  writerId: 'bench',
  host: 'bench',
  lost: ({ reason }) => {
    throw new Error(reason);
  },
  clock: systemClock,
  batchMax: BATCH,
});

// In turns, so that both meet the same disturbances.
const raw = openRaw();
const ratios: number[] = [];
let [appendMs, appendCpuMs, appends, slowestMs] = [0, 0, 0, 0];
for (let from = 0; from < FLOWS; from += ALIVE) {
  const count = Math.min(ALIVE, FLOWS - from);
  for (let update = 0; update < UPDATES; update++) {
    const isMeasured = from < 4 * ALIVE;
    for (let at = from; at < from + count; at += BATCH) {
      const some = Array.from({ length: Math.min(BATCH, from + count - at) }, (_, i) => flowOf(at + i, update));
      const rawMs = isMeasured && update === 0 ? timed(() => writeRaw(some)) : 0;
      const cpu = process.cpuUsage();
      const start = performance.now();
      writer.push(some);
      await writer.flushed();
      const ms = performance.now() - start;
      const { user, system } = process.cpuUsage(cpu);
      appendMs += ms;
      appendCpuMs += (user + system) / 1_000;
      appends += some.length;
      slowestMs = Math.max(slowestMs, ms);
      if (rawMs > 0) ratios.push(rawMs / ms);
    }
  }
}
raw.close();
say(
  'updates of flows archived',
  `${Math.round((appends / appendMs) * 1000)}/s`,
  '≥ 50,000/s',
  `${((appendCpuMs / appends) * 1000).toFixed(1)} µs of CPU each in all threads; slowest batch of ${BATCH} ${slowestMs.toFixed(0)} ms`,
);
say('new flows, against plain rows', `${median(ratios).toFixed(2)} × raw`, '', '');
const { sizeBytes, flows: kept, points } = await flows.health();
say(
  'on disk',
  `${Math.round(sizeBytes / kept)} B a flow`,
  '',
  `${kept} flows, ${points} points, ${Math.round(sizeBytes / 2 ** 20)} MiB`,
);

const picks = Array.from({ length: 200 }, (_, i) => Math.floor(((i + 0.5) * FLOWS) / 200));
await each('tracking ID + time', '≤ 5 ms', picks, async (n) => {
  const { TrackingID, Start, UUID } = flowOf(n, 0);
  const found = await all({ time: { from: Start, to: Start + 60_000 }, where: [is('TrackingID', TrackingID)] });
  if (!found.some((flow) => flow.UUID === UUID)) throw new Error('not found');
});
await each('tracking ID, any time', '', picks, async (n) => {
  const found = await all({ time: EVER, where: [is('TrackingID', flowOf(n, 0).TrackingID)] });
  if (found.length === 0) throw new Error('not found');
});
const times = picks.map((n) => startOf(n));
await each('an hour, limit 10', '≤ 20 ms', times, (from) =>
  some({ time: { from, to: from + 3_600_000 }, where: [], limit: 10 }, 10),
);
await each('an instant, limit 10', '≤ 20 ms', times, (t) =>
  some({ time: { from: t, to: t }, where: [], limit: 10 }, 10),
);
await each('an hour, newest 10', '≤ 20 ms', times, (from) =>
  some({ time: { from, to: from + 3_600_000 }, where: [], sort: { field: 'Last', isDescending: true }, limit: 10 }, 10),
);
await each('all time, newest 10', '≤ 20 ms', times.slice(0, 50), () =>
  some({ time: EVER, where: [], sort: { field: 'Last', isDescending: true }, limit: 10 }, 10),
);
await each('a node in an hour, limit 10', '≤ 20 ms', times, (from) =>
  some({ time: { from, to: from + 3_600_000 }, where: [is('NodeTID', 'node-7')], limit: 10 }, 1),
);
await each('a minute, most bytes 10', '', times.slice(0, 50), (from) =>
  some(
    { time: { from, to: from + 60_000 }, where: [], sort: { field: 'Metric.ABBytes', isDescending: true }, limit: 10 },
    10,
  ),
);
await each('count of an hour', '', times.slice(0, 20), async (from) => {
  if ((await flows.count({ time: { from, to: from + 3_600_000 }, where: [] })) === 0) throw new Error('none');
});
await each('points of 100 flows that were found', '', times.slice(0, 50), async (from) => {
  const found = await all({ time: { from, to: from + 3_600_000 }, where: [], limit: 100 });
  const points = await flows.metrics(
    found.map(({ UUID }) => UUID),
    EVER,
  );
  if (points.size !== found.length) throw new Error('missing');
});
await archive[Symbol.asyncDispose]();

/** Ends are spread over all addresses and ports, ids over all numbers. */
function flowOf(n: number, update: number): Flow {
  const Start = startOf(n);
  const Last = Start + update * UPDATE_MS + (n % UPDATE_MS);
  const TrackingID = idOf(2 * Math.floor(n / 3) + 1);
  const metric = {
    ABPackets: n % 1_000,
    ABBytes: (n * 7_919) % 1_000_003,
    BAPackets: n % 900,
    BABytes: n,
    Start,
    Last,
  };
  const since = update === 0 ? Start : Last - UPDATE_MS;
  return {
    UUID: idOf(2 * n),
    ParentUUID: '',
    TrackingID,
    L3TrackingID: TrackingID,
    L2TrackingID: idOf(n + 5),
    CommunityID: '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
    LayersPath: 'Ethernet/IPv4/TCP',
    Application: n % 2 === 0 ? 'HTTPS' : 'TCP',
    Link: { Protocol: 'ETHERNET', A: '52:54:00:12:34:56', B: '52:54:00:65:43:21', ID: 0 },
    Network: { Protocol: 'IPV4', A: `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`, B: '192.168.17.4', ID: 0 },
    Transport: { Protocol: 'TCP', A: n & 65_535, B: 443, ID: 0 },
    Metric: metric,
    LastUpdateMetric: { ...metric, ABPackets: n % 100, ABBytes: n % 100_000, Start: since },
    Retransmissions: { AB: n % 3, BA: 0 },
    RTT: { Handshake: 100_000 + (n % 90_000) },
    Start,
    Last,
    NodeTID: `node-${n % NODES}`,
    CaptureID: 'capture',
    RawPacketsCaptured: 0,
  };
}

function startOf(n: number): number {
  return START + Math.floor((n * DAY_MS) / FLOWS);
}

function idOf(n: number): string {
  return BigInt.asUintN(64, BigInt(n + 1) * 0x9e3779b97f4a7c15n)
    .toString(16)
    .padStart(16, '0');
}

function is(field: string, wanted: string) {
  return { anyOf: [{ field, test: (value: unknown) => value === wanted, equals: [wanted] }] };
}

async function all(query: FlowQuery): Promise<Flow[]> {
  const found: Flow[] = [];
  for await (const batch of flows.find(query)) found.push(...batch);
  return found;
}

async function some(query: FlowQuery, atLeast: number): Promise<void> {
  const { length } = await all(query);
  if (length < atLeast) throw new Error(`${length} flows`);
}

function openRaw(): DatabaseSync {
  const db = new DatabaseSync(join(directory, 'raw.db'));
  db.exec(
    'pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -16384; pragma wal_autocheckpoint = 4096',
  );
  db.exec(flowSchema.tables);
  return db;
}

function writeRaw(batch: readonly Flow[]): void {
  const rows = [...readRows(packBatch({ id: 'raw-1', flows: batch, rawPackets: [], losses: [] }).flows)];
  const insert = raw.prepare(`insert into flows (uuid, tracking, start, last, class, node, capture, layers, application,
    a, b, a_port, b_port, details, newest) values (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  raw.exec('begin');
  for (const row of rows)
    insert.run(
      row.uuid,
      row.tracking,
      row.start,
      row.last,
      row.node,
      row.capture,
      row.layers,
      row.application,
      row.a ?? null,
      row.b ?? null,
      row.aPort ?? null,
      row.bPort ?? null,
      row.details,
      row.newest,
    );
  raw.exec('commit');
}

function timed(act: () => void): number {
  const start = performance.now();
  act();
  return performance.now() - start;
}

async function each<T>(
  what: string,
  goal: string,
  inputs: readonly T[],
  act: (input: T) => Promise<void>,
): Promise<void> {
  const times: number[] = [];
  for (const input of inputs) {
    const start = performance.now();
    await act(input);
    times.push(performance.now() - start);
  }
  say(what, `${median(times).toFixed(1)} ms`, goal, `slowest ${Math.max(...times).toFixed(1)} ms`);
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] as number;
}

function say(what: string, figure: string, goal: string, more = ''): void {
  process.stdout.write(`${what.padEnd(40)} ${figure.padEnd(20)} ${goal.padEnd(12)} ${more}\n`);
}
