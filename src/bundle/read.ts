/**
 * A bundle that came from somewhere, into a folder. Nothing of it is believed: names are those that a bundle has and no
 * others, so nothing is written anywhere else; sizes and hashes are those that the manifest says, and all has a bound.
 */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { BUNDLE_FORMAT, type BundleManifest, bundleManifestShape } from '../contract/bundle.ts';
import { Mistake, mistake } from '../std/mistake.ts';
import { piecesOf } from '../std/pieces.ts';
import { Unavailable } from '../std/unavailable.ts';
import { isMember, MANIFEST, MANIFEST_BYTES_MAX, needed } from './members.ts';
import { noRoom } from './room.ts';
import { cutOff, noBundle, readTar } from './tar.ts';

export interface UnpackLimits {
  /** Of all files together. */
  readonly bytesMax: number;
  /** Times as much as was read, once `ratioFromBytes` came out: archives become a tenth or so. */
  readonly ratioMax: number;
  readonly ratioFromBytes: number;
}

export const unpackLimits: UnpackLimits = { bytesMax: 16 * 2 ** 30, ratioMax: 100, ratioFromBytes: 64 * 2 ** 20 };

const PIECE_BYTES = 2 ** 20;

/** Throws a Mistake that says what is wrong with the file. What was written by then is the caller's to remove. */
export async function unpackBundle(
  file: string,
  folder: string,
  limits: UnpackLimits = unpackLimits,
): Promise<BundleManifest> {
  let source: Readable | undefined;
  try {
    source = piecesOf(file, PIECE_BYTES);
    return await unpack(source, folder, limits);
  } catch (error) {
    throw understood(error, file);
  } finally {
    source?.destroy();
  }
}

async function unpack(
  pieces: AsyncIterable<Uint8Array>,
  folder: string,
  limits: UnpackLimits,
): Promise<BundleManifest> {
  written(folder, 0, () => mkdirSync(join(folder, 'archive'), { mode: 0o700 }));
  let manifest: BundleManifest | undefined;
  let text: Buffer[] = [];
  let place = 0;
  let writing: Writing | undefined;
  let manifestLeft = -1;
  try {
    for await (const part of readTar(unpacked(pieces, limits))) {
      if (part.kind === 'bytes') {
        if (writing) writing.take(part.bytes);
        else {
          text.push(Buffer.from(part.bytes));
          manifestLeft -= part.bytes.length;
        }
        if (!manifest && manifestLeft === 0) {
          manifest = manifestIn(Buffer.concat(text), limits);
          text = [];
        }
        continue;
      }
      writing?.finish();
      writing = undefined;
      if (manifestLeft < 0) {
        if (part.name !== MANIFEST) throw noBundle();
        if (part.size === 0 || part.size > MANIFEST_BYTES_MAX) throw damaged(MANIFEST);
        manifestLeft = part.size;
        continue;
      }
      const told = manifest?.files[place++];
      if (!manifest || !told || told.name !== part.name)
        throw mistake(
          'bundle.other-file',
          `this bundle holds ${JSON.stringify(part.name)}, of which its manifest says nothing`,
          'take another copy',
        );
      if (told.size !== part.size) throw damaged(part.name);
      writing = new Writing(folder, told, sizeOf(manifest));
    }
    writing?.finish();
    if (manifestLeft < 0) throw noBundle();
    if (!manifest || place !== manifest.files.length) throw cutOff();
    return manifest;
  } finally {
    writing?.close();
  }
}

/** One file on its way to the disk. */
class Writing {
  readonly #folder: string;
  readonly #told: BundleManifest['files'][number];
  readonly #bytesInAll: number;
  readonly #fd: number;
  readonly #hash: Hash = createHash('sha256');
  #isClosed = false;

  constructor(folder: string, told: BundleManifest['files'][number], bytesInAll: number) {
    this.#folder = folder;
    this.#told = told;
    this.#bytesInAll = bytesInAll;
    this.#fd = written(folder, bytesInAll, () => openSync(join(folder, told.name), 'wx', 0o600));
  }

  take(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    written(this.#folder, this.#bytesInAll, () => {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
    });
  }

  /** All of it has come. Throws a Mistake when it is not what the manifest says. */
  finish(): void {
    this.close();
    if (this.#hash.digest('hex') !== this.#told.sha256) throw damaged(this.#told.name);
  }

  close(): void {
    if (!this.#isClosed) closeSync(this.#fd);
    this.#isClosed = true;
  }
}

function written<T>(folder: string, bytes: number, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw noRoom('unpacking this bundle', { folder, bytes }, error as Error);
  }
}

function sizeOf({ files }: BundleManifest): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

function manifestIn(bytes: Buffer, limits: UnpackLimits): BundleManifest {
  const value = jsonIn(bytes);
  const { skein, format } = (value ?? {}) as { skein?: unknown; format?: unknown };
  if (skein !== 'bundle' || typeof format !== 'number') throw noBundle();
  if (format > BUNDLE_FORMAT)
    throw mistake(
      'bundle.newer',
      `this bundle was made by a newer Skein (format ${format}, this one knows ${BUNDLE_FORMAT})`,
      'open it with the one that made it, or a newer one',
    );
  const read = bundleManifestShape.safeParse(value);
  if (!read.success) throw damaged(MANIFEST);
  const { files, span } = read.data;
  const names = files.map(({ name }) => name);
  for (const name of names)
    if (!isMember(name))
      throw mistake('bundle.other-file', `this bundle holds ${JSON.stringify(name)}, which no bundle does`);
  if (new Set(names).size < names.length || !(span.from <= span.to)) throw damaged(MANIFEST);
  for (const name of needed) if (!names.includes(name)) throw mistake('bundle.lacks', `this bundle lacks ${name}`);
  const bytesInAll = sizeOf(read.data);
  if (bytesInAll > limits.bytesMax)
    throw mistake(
      'bundle.too-large',
      `this bundle would take ${gib(bytesInAll)}, and at most ${gib(limits.bytesMax)} is unpacked`,
      'make one of a shorter time, or with a query',
    );
  return read.data;
}

function jsonIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw noBundle();
  }
}

/** By its first bytes: packed or not, as someone may have unpacked it to look into it. */
async function* unpacked(pieces: AsyncIterable<Uint8Array>, limits: UnpackLimits): AsyncGenerator<Uint8Array> {
  const from = pieces[Symbol.asyncIterator]();
  const first = await from.next();
  if (first.done) throw noBundle();
  let read = 0;
  const all = (async function* () {
    for (let next: IteratorResult<Uint8Array> = first; !next.done; next = await from.next()) {
      read += next.value.length;
      yield next.value;
    }
  })();
  if (!ZSTD_MAGIC.equals(first.value.subarray(0, 4))) {
    yield* all;
    return;
  }
  let written = 0;
  const source = Readable.from(all, { objectMode: true });
  const unpacking = createZstdDecompress({ chunkSize: PIECE_BYTES });
  source.on('error', (error) => unpacking.destroy(error));
  try {
    for await (const piece of source.pipe(unpacking)) {
      const bytes = piece as Uint8Array;
      written += bytes.length;
      if (written > limits.ratioFromBytes && written > read * limits.ratioMax)
        throw mistake(
          'bundle.ratio',
          `this bundle becomes more than ${limits.ratioMax} times as large when it is unpacked, which no archive does`,
        );
      yield bytes;
    }
  } finally {
    source.destroy();
  }
}

/** RFC 8878, 3.1.1. */
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

function understood(error: unknown, file: string): unknown {
  if (error instanceof Mistake || error instanceof Unavailable) return error;
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' && syscall === 'open') return mistake('bundle.no-file', `there is no file ${file}`);
  if (code === 'EISDIR') return mistake('bundle.no-file', `${file} is a folder`);
  if (code === 'ZSTD_error_srcSize_wrong' || code === 'Z_BUF_ERROR') return cutOff();
  if (code?.startsWith('ZSTD_') || code?.startsWith('Z_'))
    return mistake('bundle.damaged', `this bundle cannot be unpacked: ${message}`, 'take another copy');
  if (syscall !== undefined)
    return new Unavailable(`the file ${file}`, `to be readable (${message})`, { cause: error });
  return error;
}

function damaged(name: string): Mistake {
  return mistake('bundle.damaged', `${name} in this bundle is not as it was written`, 'take another copy');
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
