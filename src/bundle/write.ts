/** A folder becomes a bundle: tar (POSIX ustar), the manifest first, packed with Zstandard (RFC 8878). */

import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import type { BundleManifest } from '../contract/bundle.ts';
import { MANIFEST } from './members.ts';

/** See docs/bundle.md for what the others would cost. */
const LEVEL = 3;
const PIECE_BYTES = 2 ** 18;

/** What is read from the result is `folder` with `manifest.files`; it fails when a file has changed its size. */
export function writeBundle(folder: string, manifest: BundleManifest, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const tar = pack({ highWaterMark: PIECE_BYTES });
  const packed = createZstdCompress({
    chunkSize: PIECE_BYTES,
    params: { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  const out = new PassThrough({ highWaterMark: PIECE_BYTES });
  fill(tar, folder, manifest, signal).catch((error) => tar.destroy(error));
  pipeline(tar, packed, out, { signal }).catch((error) => out.destroy(error));
  return out;
}

async function fill(tar: Pack, folder: string, manifest: BundleManifest, signal: AbortSignal): Promise<void> {
  const mtime = new Date(manifest.made);
  tar.entry({ name: MANIFEST, mtime, mode: 0o600 }, `${JSON.stringify(manifest, null, 2)}\n`);
  for (const { name, size } of manifest.files) {
    const entry = tar.entry({ name, size, mtime, mode: 0o600 });
    // The entry stands for its own end, which it reaches when the last byte was taken.
    for await (const piece of createReadStream(join(folder, name), { highWaterMark: PIECE_BYTES, signal }))
      if (!entry.write(piece)) await once(entry, 'drain', { signal });
    const finished = once(entry, 'finish', { signal });
    entry.end(undefined);
    await finished;
  }
  tar.finalize();
}
