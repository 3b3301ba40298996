/** A span of what a server knows, as a folder that becomes a bundle: an archive of its own, and what is beside it. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from '../archive/archive.ts';
import { Breath } from '../archive/breath.ts';
import type { Dumped } from '../archive/dump.ts';
import { importItems, sayAlive } from '../archive/transfer/import.ts';
import { type Watch, watchesOf } from '../archive/transfer/watches.ts';
import { BUNDLE_FORMAT, type BundleCounts, type BundleManifest } from '../contract/bundle.ts';
import type { Span } from '../graph/view.ts';
import { ahead, together } from './ahead.ts';
import { collect, type Stage } from './collect.ts';
import { fresh } from './fresh.ts';
import { type Member, members } from './members.ts';
import { PacketFile } from './packet-file.ts';
import { orNoRoom } from './room.ts';
import type { BundleAsked, BundleLimits, BundleSource } from './source.ts';

export interface MakeParts {
  /** Makes an empty archive in a folder, which forgets nothing. */
  readonly openArchive: (directory: string) => Promise<Archive>;
  readonly limits: BundleLimits;
  readonly signal: AbortSignal;
}

/** `folder` is empty, and the caller's to remove. Throws Unavailable when there is no room for it. */
export async function makeBundle(
  source: BundleSource,
  asked: BundleAsked,
  folder: string,
  parts: MakeParts,
): Promise<BundleManifest> {
  try {
    return await make(source, asked, folder, parts);
  } catch (error) {
    throw orNoRoom('making a bundle', folder, error);
  }
}

async function make(
  source: BundleSource,
  asked: BundleAsked,
  folder: string,
  { openArchive, limits, signal }: MakeParts,
): Promise<BundleManifest> {
  const { span } = asked;
  const missing = [...asked.missing];
  await source.flushed().catch(() => {
    missing.push('what the archive could not be told yet of the topology: it cannot be written to at the moment');
  });
  await source.archive.caughtUp?.();
  const gaps = gapsIn(source.timeline.unwatched?.(span) ?? [], span);
  const directory = join(folder, 'archive');
  await mkdir(directory, { mode: 0o700 });
  const counts: Record<keyof BundleCounts, number> = { ...NOTHING };
  using packets = new PacketFile(join(folder, 'packets.spool'));
  const names = new Map<string, string>();
  {
    await using opened = await openArchive(directory);
    const archive = fresh(opened);
    const name = { id: randomUUID(), watches: watchesIn(span, gaps) };
    await sayAlive(archive, name.watches, 'from');
    let page = 0;
    const breath = new Breath();
    for await (const { stage, items } of ahead(together(collect(source, span, asked.selection)))) {
      signal.throwIfAborted();
      const some = asked.withPackets ? items : items.map(withoutPackets);
      if (breath.isDue) await breath.take();
      await importItems(archive, some, { ...name, page: ++page });
      for (const item of some) {
        counts[COUNTED[item.kind]]++;
        if (item.kind === 'flow') packets.add(item.flow, item.packets);
        if (item.kind === 'version') learnName(names, item);
      }
      if ((await sizeOf(archive, directory, stage)) < limits.bytesMax) continue;
      missing.push(cutShort(stage, some, limits));
      break;
    }
    signal.throwIfAborted();
    await sayAlive(archive, name.watches, 'to', page + 1);
  }
  counts.packets = packets.count;
  if (packets.left > 0) missing.push(`${packets.left} packets in packets.pcapng: more than it takes`);
  if (packets.count > 0) await packets.write(join(folder, 'packets.pcapng'), (tid) => names.get(tid));
  write(folder, 'status.json', source.status());
  const checks = source.checks();
  if (checks !== undefined) write(folder, 'checks.json', checks);
  const { query, by, nowMs: made } = asked;
  const { host, version, expireMs } = source;
  const what = { host, version, span, ...(query !== undefined && { query }), expireMs, gaps, counts, missing };
  return { skein: 'bundle', format: BUNDLE_FORMAT, made, by, ...what, files: await filesIn(folder, signal) };
}

const NOTHING: BundleCounts = { versions: 0, samples: 0, flows: 0, packets: 0, sockets: 0, losses: 0 };

const COUNTED = {
  version: 'versions',
  sample: 'samples',
  flow: 'flows',
  socket: 'sockets',
  loss: 'losses',
} as const satisfies Record<Dumped['kind'], keyof BundleCounts>;

const PARTS = {
  graph: 'part of the topology, and all sockets, losses and flows',
  sockets: 'part of the sockets, and all losses and flows',
  losses: 'part of the losses, and all flows',
  flows: 'flows',
} as const satisfies Record<Stage, string>;

function cutShort(stage: Stage, items: readonly Dumped[], { bytesMax }: BundleLimits): string {
  const last = items.at(-1);
  const from = last?.kind === 'flow' ? ` that began after ${new Date(last.flow.Start).toISOString()}` : '';
  return `${PARTS[stage]}${from}: a bundle holds ${(bytesMax / 2 ** 20).toFixed(0)} MiB at most`;
}

function gapsIn(gaps: readonly Span[], { from, to }: Span): Span[] {
  return gaps.map((gap) => ({ from: Math.max(from, gap.from), to: Math.min(to, gap.to) }));
}

function watchesIn(span: Span, gaps: readonly Span[]): readonly Watch[] {
  return watchesOf({ skein: 'archive', format: 1, id: randomUUID(), made: span.to, from: '', range: span, gaps });
}

function withoutPackets(item: Dumped): Dumped {
  return item.kind === 'flow' ? { ...item, packets: [] } : item;
}

function learnName(names: Map<string, string>, { element }: Extract<Dumped, { kind: 'version' }>): void {
  const { TID, Name } = element.metadata;
  if (typeof TID === 'string' && typeof Name === 'string') names.set(TID, Name);
}

/** Archives know of themselves also what is in no file yet. */
async function sizeOf(archive: Archive, directory: string, stage: Stage): Promise<number> {
  const graph = await archive.health();
  const flows = stage === 'flows' || stage === 'losses' ? await archive.flows?.health() : undefined;
  const sockets = statSync(join(directory, 'sockets.db'), { throwIfNoEntry: false });
  return graph.sizeBytes + (flows?.sizeBytes ?? 0) + (sockets?.size ?? 0);
}

function write(folder: string, name: Member, value: unknown): void {
  writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
}

async function filesIn(folder: string, signal: AbortSignal): Promise<BundleManifest['files']> {
  const files: BundleManifest['files'] = [];
  for (const name of members) {
    const size = statSync(join(folder, name), { throwIfNoEntry: false })?.size;
    if (size !== undefined) files.push({ name, size, sha256: await hashOf(join(folder, name), signal) });
  }
  return files;
}

async function hashOf(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file, { highWaterMark: 2 ** 20, signal })) hash.update(piece as Buffer);
  return hash.digest('hex');
}
