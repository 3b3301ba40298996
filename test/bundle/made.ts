/** A bundle of a small history, and the folder that it is packed from. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledArchive } from '../../src/app-bundle.ts';
import type { Archive, FlowArchive } from '../../src/archive/archive.ts';
import { MemoryArchive } from '../../src/archive/memory/index.ts';
import { makeBundle } from '../../src/bundle/make.ts';
import { bundleFlows, bundleSockets, bundleTimeline } from '../../src/bundle/views.ts';
import { writeBundle } from '../../src/bundle/write.ts';
import type { BundleManifest } from '../../src/contract/bundle.ts';
import type { Span } from '../../src/graph/view.ts';
import { fill } from '../archive/dump-contract.ts';
import { T0 } from '../archive/flows/made.ts';

export interface Made extends AsyncDisposable {
  /** With `archive/skein.db` and so on, which may be changed before it is packed. */
  readonly folder: string;
  readonly manifest: BundleManifest;
}

export async function madeBundle(): Promise<Made> {
  const folder = mkdtempSync(join(tmpdir(), 'skein-made-'));
  await using archive = new MemoryArchive();
  await fill(archive);
  const manifest = await bundleIn(folder, archive, { from: T0, to: T0 + 10_000 });
  return { folder, manifest, [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }) };
}

/** All that an archive holds of a span. */
export async function bundleIn(
  folder: string,
  archive: Archive,
  span: Span,
  bytesMax: number = 2 ** 30,
): Promise<BundleManifest> {
  const { sockets } = archive;
  return makeBundle(
    {
      ...{ host: 'h', version: '0', archive, expireMs: 600_000, flushed: async () => undefined },
      timeline: bundleTimeline(archive, await archive.viewAt(span.to), { span, gaps: [] }),
      flows: bundleFlows(archive.flows as FlowArchive, span),
      sockets: sockets && bundleSockets(sockets, span),
      status: () => ({}),
      checks: () => undefined,
    },
    { span, withPackets: true, missing: [], by: '', nowMs: span.to },
    folder,
    {
      openArchive: (directory) => bundledArchive(directory, { isBeingMade: true }),
      limits: { bytesMax },
      signal: new AbortController().signal,
    },
  );
}

export async function packed({ folder, manifest }: Pick<Made, 'folder' | 'manifest'>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of writeBundle(folder, manifest, new AbortController().signal)) pieces.push(piece);
  return Buffer.concat(pieces);
}
