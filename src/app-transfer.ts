/** `skein archive verify|export|import`: opens the archive itself, so no server may have its folder. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { elasticsearchPlace } from './app-archive.ts';
import type { Archive } from './archive/archive.ts';
import { openEmbeddedArchive } from './archive/embedded/index.ts';
import { exportArchive } from './archive/transfer/export.ts';
import { openFileOut } from './archive/transfer/file-out.ts';
import { type Imported, importArchive } from './archive/transfer/import.ts';
import { NO_COUNTS, type TransferCounts } from './archive/transfer/lines.ts';
import { count, drawProgress } from './archive/transfer/progress.ts';
import { verifyArchive } from './archive/transfer/verify.ts';
import type { ArchiveTask } from './cli/archive-task.ts';
import type { Io } from './cli/io.ts';
import { archivePlace } from './config/archive-place.ts';
import { loadConfigHere } from './config/here.ts';
import type { Span } from './graph/view.ts';
import { momentHint, parseMoment } from './query/times.ts';
import { mistake } from './std/mistake.ts';
import { piecesOf } from './std/pieces.ts';
import { Unavailable } from './std/unavailable.ts';

type Task<Kind extends ArchiveTask['kind']> = Extract<ArchiveTask, { readonly kind: Kind }>;

/** What ends it early: Ctrl-C, as shells count. */
const INTERRUPTED = 130;

/** Resolves to the exit code: 1 when something is wrong with the archive. */
export async function runArchiveTask(task: ArchiveTask, io: Io): Promise<number> {
  try {
    switch (task.kind) {
      case 'verify':
        return await verify(task, io);
      case 'export':
        return await exportTo(task, io);
      case 'import':
        return await importFrom(task, io);
    }
  } catch (error) {
    if (!io.interrupted.aborted) throw error;
    io.err.write('stopped; the same command goes on from here\n');
    return INTERRUPTED;
  }
}

async function verify({ archive: place }: Task<'verify'>, io: Io): Promise<number> {
  await using archive = await openArchiveAt(place, { isMade: false, env: io.env });
  const meter = new Meter(io, await sizeOf(archive));
  const onPage = (counts: TransferCounts) => meter.show(itemsIn(counts));
  const { counts, problems, told } = await verifyArchive(archive, { onPage, signal: io.interrupted });
  meter.clear();
  // Of a file that could not be read, and was kept aside.
  const { notes } = await archive.health();
  for (const line of [...notes, ...told]) io.out.write(`${line}\n`);
  if (problems > told.length) io.out.write(`and ${count(problems - told.length)} more\n`);
  const all = problems + notes.length;
  io.out.write(`${sentenceOf(counts)}: ${all === 0 ? 'all of it is as it should be' : `${count(all)} problems`}\n`);
  return all === 0 ? 0 : 1;
}

async function exportTo({ archive: place, file, from, to }: Task<'export'>, io: Io): Promise<number> {
  const nowMs = io.now();
  const span = spanIn({ from, to }, nowMs);
  await using archive = await openArchiveAt(place, { isMade: false, env: io.env });
  const meter = new Meter(io, span ? undefined : await sizeOf(archive));
  const onPage = (counts: TransferCounts) => meter.show(itemsIn(counts));
  const parts = { span, id: randomUUID(), nowMs, place, onPage, signal: io.interrupted };
  let counts: TransferCounts;
  if (file === '-')
    counts = await exportArchive(archive, { ...parts, into: { begun: undefined, write: writeToStdout } });
  else {
    const asked = JSON.stringify([place, from, to].map((text) => text ?? null));
    await using into = await openFileOut(file, asked);
    if (into.begun) {
      io.err.write(`going on where ${file} stopped, after ${sentenceOf(into.begun.counts)}\n`);
      meter.startAt(itemsIn(into.begun.counts));
    }
    counts = await exportArchive(archive, { ...parts, span: into.begun?.header.span ?? span, into });
    await into.finish();
  }
  meter.clear();
  io.err.write(`${sentenceOf(counts)} written to ${file === '-' ? 'the standard output' : file}${meter.rate}\n`);
  return 0;
}

async function importFrom({ archive: place, file }: Task<'import'>, io: Io): Promise<number> {
  if (file !== '-' && !existsSync(file)) throw mistake('archive.no-file', `there is no file ${file}`);
  await using archive = await openArchiveAt(place, { isMade: true, env: io.env });
  const meter = new Meter(io, undefined);
  const signal = io.interrupted;
  const pieces = file === '-' ? io.inputPieces() : readPieces(file, signal);
  const onPage = (imported: Imported) => meter.show(imported.items);
  const { items, known, end } = await importArchive(archive, pieces, { onPage, signal });
  meter.clear();
  const there = known === 0 ? '' : `; ${count(known)} of ${count(items)} were there already`;
  io.err.write(`${sentenceOf(end.counts)} read into ${place}${there}${meter.rate}\n`);
  return 0;
}

async function* readPieces(file: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    // What comes through a pipe may be long in coming.
    for await (const piece of addAbortSignal(signal, piecesOf(file, 2 ** 18))) yield piece as Uint8Array;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new Unavailable(`the file ${file}`, `read access (${(error as Error).message})`, { cause: error });
  }
}

async function writeToStdout(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

interface Opening {
  /** One that is not there begins empty. */
  readonly isMade: boolean;
  /** Of what `--archive` does not say: prefix, keys, authority. */
  readonly env: Io['env'];
}

/** Nothing is forgotten for size or age while it is open here. */
async function openArchiveAt(place: string, { isMade, env }: Opening): Promise<Archive> {
  const [, kind, rest = ''] = /^([a-z]+):(.+)$/s.exec(place) ?? [];
  if (kind === 'embedded') {
    if (!isMade && !existsSync(join(rest, 'skein.db')))
      throw mistake(
        'archive.none',
        `there is no archive in ${rest}`,
        'the one of a server is in its data folder: archive',
      );
    return openEmbeddedArchive({ directory: rest, ...FOR_EVER });
  }
  const options = archivePlace(place);
  if (!options?.has('archive.elasticsearch.urls'))
    throw mistake('archive.place', `${JSON.stringify(place)} is no place of an archive`, PLACES);
  // A configuration is checked as a whole, and it may name probes.
  const { probes } = await import('./probes/index.ts');
  const names = probes.map(({ name }) => name);
  const { config } = loadConfigHere({ flags: { archive: place }, env, probes: names });
  const { prefix, shards, replicas, sliceSize, sliceAge } = config.archive.elasticsearch;
  const { openElasticsearchArchive } = await import('./archive/elasticsearch/index.ts');
  const slices = { prefix, shards, replicas, sliceBytes: sliceSize, sliceMs: sliceAge };
  const { flows } = FOR_EVER;
  const keeping = { ...FOR_EVER, flows: { ...flows, expireMs: config.flow.expire } };
  return openElasticsearchArchive({ ...elasticsearchPlace(config), ...slices, ...keeping });
}

const PLACES = 'embedded:FOLDER, elasticsearch://HOST:PORT or elasticsearch+https://HOST:PORT';

const BYTES_MAX = 2 ** 50;
const AGE_MS_MAX = 36_500 * 86_400_000;
const FOR_EVER = {
  maxBytes: BYTES_MAX,
  maxAgeMs: AGE_MS_MAX,
  flows: {
    maxBytes: BYTES_MAX,
    ages: {
      flowsMs: AGE_MS_MAX,
      pointsMs: AGE_MS_MAX,
      points1mMs: AGE_MS_MAX,
      points5mMs: AGE_MS_MAX,
      points1hMs: AGE_MS_MAX,
      rawPacketsMs: AGE_MS_MAX,
    },
  },
  sockets: { maxBytes: BYTES_MAX, maxAgeMs: AGE_MS_MAX },
};

function spanIn({ from, to }: { from: string | undefined; to: string | undefined }, nowMs: number): Span | undefined {
  if (from === undefined && to === undefined) return undefined;
  const span = { from: momentIn(from ?? '0', nowMs), to: momentIn(to ?? 'now', nowMs) };
  if (span.from > span.to)
    throw mistake('archive.time', `${from} is after ${to ?? 'now'}`, 'the earlier one is --from');
  return span;
}

function momentIn(text: string, nowMs: number): number {
  const moment = parseMoment(text);
  switch (moment?.kind) {
    case 'now':
      return nowMs;
    case 'offset':
      return nowMs + moment.ms;
    case 'absolute':
      return moment.ms;
    default:
      throw mistake('archive.time', `${JSON.stringify(text)} is no moment`, momentHint);
  }
}

async function sizeOf(archive: Archive): Promise<number> {
  const [graph, flows, sockets] = [
    await archive.health(),
    await archive.flows?.health(),
    await archive.sockets?.health(),
  ];
  return graph.versions + graph.samples + (flows?.flows ?? 0) + (sockets?.sockets ?? 0);
}

function itemsIn(counts: TransferCounts): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
}

function sentenceOf(counts: TransferCounts): string {
  const names = { version: 'versions', sample: 'samples', flow: 'flows', loss: 'losses', socket: 'sockets' } as const;
  return (Object.keys(NO_COUNTS) as (keyof TransferCounts)[])
    .map((kind) => `${count(counts[kind])} ${names[kind]}`)
    .join(', ');
}

/** A line that is drawn again and again on a terminal; elsewhere nothing but the last sentence is said. */
class Meter {
  readonly #io: Io;
  readonly #total: number | undefined;
  readonly #begin = performance.now();
  #before = 0;
  #done = 0;
  #shown = 0;

  constructor(io: Io, total: number | undefined) {
    this.#io = io;
    this.#total = total;
  }

  /** What an earlier run did says nothing of how fast this one is. */
  startAt(done: number): void {
    this.#before = done;
  }

  show(done: number): void {
    this.#done = done;
    const now = performance.now();
    if (!this.#io.err.isTerminal || now - this.#shown < REDRAW_MS) return;
    this.#shown = now;
    this.#io.err.write(
      `\r\x1b[K${drawProgress({ done, before: this.#before, total: this.#total, elapsedMs: this.#elapsedMs })}`,
    );
  }

  clear(): void {
    if (this.#io.err.isTerminal) this.#io.err.write('\r\x1b[K');
  }

  get rate(): string {
    const seconds = this.#elapsedMs / 1000;
    return `, in ${seconds.toFixed(1)} s (${count(Math.round((this.#done - this.#before) / Math.max(seconds, 0.001)))}/s)`;
  }

  get #elapsedMs(): number {
    return performance.now() - this.#begin;
  }
}

const REDRAW_MS = 100;
