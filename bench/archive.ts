/**
 * The embedded archive: 10,000 elements of 12 keys and 1,000,000 versions. Run: node bench/archive.ts [versions]
 * Floor: the same rows into the same table by plain SQLite, in this thread, with nothing looked up or kept in order.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openEmbeddedArchive } from '../src/archive/embedded/index.ts';
import { ArchiveWriter } from '../src/archive/writer.ts';
import type { Commit, GraphEvent } from '../src/graph/change.ts';
import type { GraphNode } from '../src/graph/element.ts';
import { systemClock } from '../src/std/clock.ts';

const ELEMENTS = 10_000;
const VERSIONS = Number(process.argv[2] ?? 1_000_000);
const BATCH = 5_000;
const ROUNDS = 5;
const START = 1_700_000_000_000;

const directory = mkdtempSync(join(tmpdir(), 'skein-bench-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

const raw = openRaw(join(directory, 'raw.db'));
let archive = await openEmbeddedArchive({ directory, maxBytes: 4 * 2 ** 30, maxAgeMs: 1e12 });
const writer = new ArchiveWriter({ archive, writerId: 'bench', clock: systemClock, batchMax: BATCH });
const alive: GraphNode[] = [];
let time = START;

// In turns, so that both meet the same disturbances.
const perRound = Math.floor(VERSIONS / 2 / ROUNDS);
const ratios: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const events = Array.from({ length: perRound }, nextEvent);
  const rawMs = timed(() => writeRaw(events));
  const commits = commitsOf(events);
  const archiveStart = performance.now();
  for (const commit of commits) writer.push(commit);
  await writer.flushed();
  const archiveMs = performance.now() - archiveStart;
  ratios.push(rawMs / archiveMs);
  if (round === ROUNDS - 1)
    say(
      'archived rows',
      `${Math.round((perRound / archiveMs) * 1000)} rows/s, ${median(ratios).toFixed(2)} × raw`,
      '≥ 0.8 ×',
      `raw ${Math.round((perRound / rawMs) * 1000)} rows/s`,
    );
}
raw.close();
for (let left = VERSIONS - perRound * ROUNDS; left > 0; left -= BATCH) {
  for (const commit of commitsOf(Array.from({ length: Math.min(left, BATCH) }, nextEvent))) writer.push(commit);
  await writer.flushed();
}
const { versions, sizeBytes } = await archive.health();
say(
  'size',
  `${Math.round(sizeBytes / versions)} B a version`,
  '',
  `${versions} versions, ${Math.round(sizeBytes / 2 ** 20)} MiB`,
);

const moments = Array.from({ length: 15 }, (_, i) => START + ((time - START) * (i + 3)) / 20);
await each('everything alive at t (10,000), as a view', '≤ 60 ms', moments, async (at) => {
  const view = await archive.viewAt(at);
  if (view.nodeCount !== ELEMENTS) throw new Error(`${view.nodeCount} nodes`);
});
await each('everything alive at t, by name', '', moments, async (at) => {
  const [node] = (await archive.viewAt(at)).nodesWith('Name', 'veth77') ?? [];
  if (!node) throw new Error('not found');
});
const around = moments.map((at) => ({ from: at, to: at + 1 }));
await each('history of one element around t', '', around, async (span) => {
  const found = await archive.versions(['node-00000077'], span);
  if (found.length === 0) throw new Error('not found');
});

await archive[Symbol.asyncDispose]();
const openStart = performance.now();
archive = await openEmbeddedArchive({ directory, maxBytes: 4 * 2 ** 30, maxAgeMs: 1e12 });
const openMs = performance.now() - openStart;
const { length } = await archive.open();
const restoreMs = performance.now() - openStart;
say(
  `start with ${versions} versions`,
  `${openMs.toFixed(0)} ms`,
  '≤ 2,000 ms',
  `with ${length} elements handed out: ${restoreMs.toFixed(0)} ms`,
);
await archive[Symbol.asyncDispose]();

function openRaw(file: string): DatabaseSync {
  const db = new DatabaseSync(file);
  db.exec(
    'pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -16384; pragma wal_autocheckpoint = 4096',
  );
  db.exec(`create table versions (version integer primary key, life integer, since real, recorded real, revision integer,
    source integer, metadata text, unique (life, since)) strict`);
  return db;
}

function writeRaw(events: readonly GraphEvent[]): void {
  const insert = raw.prepare(
    'insert into versions (life, since, recorded, revision, source, metadata) values (?, ?, ?, ?, 1, ?)',
  );
  for (let at = 0; at < events.length; at += BATCH) {
    raw.exec('begin');
    for (const { element } of events.slice(at, at + BATCH)) {
      const life = Number(element.metadata.IfIndex);
      insert.run(life, element.updatedAt, element.recordedAt, element.revision, JSON.stringify(element.metadata));
    }
    raw.exec('commit');
  }
}

/** First all are born, then one after the other changes, in an order that repeats late. */
function nextEvent(): GraphEvent {
  time += 7;
  const i = alive.length < ELEMENTS ? alive.length : (time * 7919) % ELEMENTS;
  const before = alive[i];
  const element = nodeOf(i, before);
  alive[i] = element;
  return { revision: time, kind: before ? 'updated' : 'added', element, before };
}

function nodeOf(i: number, before: GraphNode | undefined): GraphNode {
  const hex = i.toString(16).padStart(8, '0');
  return {
    kind: 'node',
    id: `node-${hex}`,
    metadata: {
      Name: `veth${i}`,
      Type: 'veth',
      Driver: 'veth',
      MAC: `52:54:${hex.replaceAll(/(..)(?=.)/g, '$1:')}`,
      MTU: 1500,
      IfIndex: i,
      State: time % 2 === 0 ? 'UP' : 'DOWN',
      IPV4: [`10.${i >> 8}.${i & 255}.1/24`],
      IPV6: ['fe80::5054:ff:fe12:3456/64'],
      TID: `0e5c2d1f-0d1c-5a2b-7777-0000${hex}`,
      Features: { gro: true, gso: true, tso: false },
      LinkFlags: ['UP', 'BROADCAST', 'MULTICAST'],
    },
    host: 'bench',
    origin: 'agent.bench',
    createdAt: before?.createdAt ?? time,
    updatedAt: time,
    deletedAt: undefined,
    validTo: undefined,
    recordedAt: time,
    revision: (before?.revision ?? 0) + 1,
  };
}

function commitsOf(events: readonly GraphEvent[]): Commit[] {
  const commits: Commit[] = [];
  for (let at = 0; at < events.length; at += 100) {
    const some = events.slice(at, at + 100);
    commits.push({ time, recordedAt: time, events: some, samples: [], refused: [] });
  }
  return commits;
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
  process.stdout.write(`${what.padEnd(44)} ${figure.padEnd(28)} ${goal.padEnd(12)} ${more}\n`);
}
