/** Opening what came from somewhere: whatever is wrong with it is a sentence, and nothing of it is left behind. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import { type OpenBundle, openBundle } from '../../src/app-open.ts';
import type { BundleManifest } from '../../src/contract/bundle.ts';
import { Mistake } from '../../src/std/mistake.ts';
import { Unavailable } from '../../src/std/unavailable.ts';
import { type Made, madeBundle, packed } from './made.ts';

let made: Made;
let whole: Buffer;
let place: string;
let file: string;

beforeAll(async () => {
  made = await madeBundle();
  whole = await packed(made);
  place = mkdtempSync(join(made.folder, 'place-'));
  file = join(made.folder, 'b.tar.zst');
});
afterAll(() => made[Symbol.asyncDispose]());

test('what is opened answers, and is gone when it is closed', async () => {
  writeFileSync(file, whole);
  {
    await using open = await opened(file);
    expect(readdirSync(place)).toEqual([expect.stringMatching(/^skein-open-\w{6}$/)]);
    expect(await ask(open.url, 'G.V().Count()')).toBe(2);
  }
  expect(readdirSync(place)).toEqual([]);
});

test('wherever it is cut off, it says so', async () => {
  const tar = zstdDecompressSync(whole);
  // In a header, in the manifest, behind it, in the next header, in its file, between the files, before the end.
  const { files } = made.manifest;
  const manifestEnd = 512 + padded(Number.parseInt(tar.toString('latin1', 124, 135), 8));
  const first = manifestEnd + 512 + padded(files[0]?.size ?? 0);
  const end = files.reduce((at, { size }) => at + 512 + padded(size), manifestEnd);
  for (const at of [100, 600, manifestEnd, manifestEnd + 100, first - 1, first, first + 700, end - 1, end, end + 100])
    expect([at, await said(tar.subarray(0, at))]).toEqual([at, 'this bundle ends before its end']);
  for (const part of [0.1, 0.5, 0.99])
    expect(await said(whole.subarray(0, whole.length * part))).toMatch(/ends before its end$/);
});

test('what comes behind its end is not read', async () => {
  writeFileSync(file, Buffer.concat([zstdDecompressSync(whole), Buffer.alloc(2 ** 20, 1)]));
  await using open = await opened(file);
  expect(await ask(open.url, 'G.V().Count()')).toBe(2);
});

test.each<[string, string, string | RegExp]>([
  ['that is not there', '/nowhere/b.tar.zst', 'there is no file /nowhere/b.tar.zst'],
  ['that is a folder', '/tmp', '/tmp is a folder'],
  ['that cannot be read', '/proc/self/mem', 'the file /proc/self/mem: needs to be readable (EIO: i/o error, read)'],
  ['without an end', '/dev/zero', 'this is no bundle'],
])('a file %s is refused', async (_, name, sentence) => {
  expect(await failed(name)).toEqual(sentence);
});

test('sizes that no archive of ours has are refused', async () => {
  const tar = zstdDecompressSync(whole);
  // As GNU tar has them when they are beyond 8 GiB: in base 256.
  const large = Buffer.from(tar);
  large[124] = 0x80;
  large.fill(0xff, 125, 136);
  withSum(large);
  expect(await said(large)).toBe('this is no bundle');
  const manifest = Buffer.from(tar);
  manifest.write('77777777777\0', 124);
  withSum(manifest);
  expect(await said(manifest)).toBe('manifest.json in this bundle is not as it was written');
});

test.each([
  ['words that are none', "update versions set metadata = '{\"a'"],
  ['words without an end', `update versions set metadata = '${'['.repeat(100_000)}'`],
])('an archive with %s in it is damaged', async (_, sql) => {
  await using other = await changed((db) => db.exec(sql));
  expect(await said(await packed(other))).toMatch(/^the archive in this bundle is damaged: /);
});

test('pages of a database that are something else are damage, not the end', async () => {
  await using other = await changed((_, name) => {
    const bytes = readFileSync(name);
    bytes.fill(0x5a, 4096 * 2);
    writeFileSync(name, bytes);
  });
  expect(await said(await packed(other))).toMatch(/^the archive in this bundle is (damaged|none of ours): /);
});

test('what a bundle says of itself is not obeyed by a terminal', async () => {
  const manifest = { ...made.manifest, host: 'a\u001b[2Jb', by: 'me\u202e', missing: ['x\ny'] };
  writeFileSync(file, await packed({ ...made, manifest }));
  await using open = await opened(file);
  const { host, by, missing } = open.manifest;
  expect({ host, by, missing }).toEqual({ host: 'a\\u{1b}[2Jb', by: 'me\\u{202e}', missing: ['x\\ny'] });
});

/** Of bytes that are opened; nothing is left of them. */
async function said(bytes: Uint8Array): Promise<string> {
  writeFileSync(file, bytes);
  return failed(file);
}

async function failed(name: string): Promise<string> {
  const error = await opened(name).then(
    async (open) => open[Symbol.asyncDispose](),
    (reason) => reason,
  );
  expect(readdirSync(place)).toEqual([]);
  if (error instanceof Mistake || error instanceof Unavailable) return error.message;
  throw error ?? new Error(`${name} was opened`);
}

/** The same bundle with another database, and a manifest that says so. */
async function changed(change: (db: DatabaseSync, name: string) => void): Promise<Made> {
  const folder = mkdtempSync(join(made.folder, 'changed-'));
  mkdirSync(join(folder, 'archive'));
  for (const { name } of made.manifest.files) copyFileSync(join(made.folder, name), join(folder, name));
  const name = join(folder, 'archive', 'skein.db');
  const db = new DatabaseSync(name);
  try {
    change(db, name);
  } finally {
    db.close();
  }
  const files = made.manifest.files.map(({ name: its }) => fileOf(folder, its));
  const manifest: BundleManifest = { ...made.manifest, files };
  return { folder, manifest, [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }) };
}

function fileOf(folder: string, name: string): BundleManifest['files'][number] {
  const sha256 = createHash('sha256')
    .update(readFileSync(join(folder, name)))
    .digest('hex');
  return { name, size: statSync(join(folder, name)).size, sha256 };
}

async function ask(url: string, GremlinQuery: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ GremlinQuery });
  return (await fetch(`${url}/api/topology`, { method: 'POST', headers, body })).json();
}

function opened(name: string): Promise<OpenBundle> {
  const err = { write: () => undefined, isTerminal: false, columns: undefined };
  return openBundle({ file: name, listen: { host: '127.0.0.1', port: 0 }, place }, { err, now: Date.now });
}

function padded(size: number): number {
  return Math.ceil(size / 512) * 512;
}

/** The sum of a header, at its place. */
function withSum(tar: Buffer): void {
  tar.fill(0x20, 148, 156);
  const sum = tar.subarray(0, 512).reduce((all, byte) => all + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
}
