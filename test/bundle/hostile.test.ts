/** Bundles come from anywhere: what is wrong with one is a sentence, and nothing is written but where it belongs. */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { type Pack, pack } from 'tar-stream';
import { foreignFault } from '../../src/archive/embedded/foreign.ts';
import { openEmbeddedArchive } from '../../src/archive/embedded/index.ts';
import { unpackBundle, unpackLimits } from '../../src/bundle/read.ts';
import { writeBundle } from '../../src/bundle/write.ts';
import { BUNDLE_FORMAT, type BundleManifest } from '../../src/contract/bundle.ts';
import { Mistake } from '../../src/std/mistake.ts';

const DB = Buffer.from('what an archive is');

const manifest: BundleManifest = {
  skein: 'bundle',
  format: BUNDLE_FORMAT,
  made: 1_790_000_000_000,
  by: 'local',
  host: 'a',
  version: '0.1.0',
  span: { from: 1, to: 2 },
  expireMs: 600_000,
  gaps: [],
  counts: { versions: 0, samples: 0, flows: 0, packets: 0, sockets: 0, losses: 0 },
  missing: [],
  files: [{ name: 'archive/skein.db', size: DB.length, sha256: hashOf(DB) }],
};

test('what was written is what is read, packed and unpacked', () =>
  inFolder(async (folder) => {
    mkdirSync(join(folder, 'from', 'archive'), { recursive: true });
    writeFileSync(join(folder, 'from', 'archive', 'skein.db'), DB);
    const pieces: Uint8Array[] = [];
    for await (const piece of writeBundle(join(folder, 'from'), manifest, new AbortController().signal))
      pieces.push(piece);
    expect(await opened(folder, Buffer.concat(pieces))).toEqual(manifest);
    expect(readFileSync(join(folder, 'into', 'archive', 'skein.db'))).toEqual(DB);
    const plain = await tarOf([
      ['manifest.json', JSON.stringify(manifest)],
      ['archive/skein.db', DB],
    ]);
    expect(await opened(folder, plain)).toEqual(manifest);
  }));

const files = (name: string, size = DB.length) => ({ files: [{ name, size, sha256: hashOf(DB) }] });

test.each<[string, Partial<BundleManifest>, readonly (readonly [string, string | Buffer])[], string]>([
  [
    'a name that leads elsewhere',
    files('../../etc/cron.d/x'),
    [['../../etc/cron.d/x', DB]],
    'holds "../../etc/cron.d/x", which no bundle does',
  ],
  ['a name from the root', files('/etc/passwd'), [['/etc/passwd', DB]], 'holds "/etc/passwd", which no bundle does'],
  [
    'a file of which the manifest says nothing',
    {},
    [
      ['archive/skein.db', DB],
      ['archive/skein.db-wal', DB],
    ],
    'of which its manifest says nothing',
  ],
  ['another order', {}, [['status.json', DB]], 'of which its manifest says nothing'],
  [
    'the same file twice',
    {},
    [
      ['archive/skein.db', DB],
      ['archive/skein.db', DB],
    ],
    'of which its manifest says nothing',
  ],
  [
    'other bytes',
    {},
    [['archive/skein.db', Buffer.from('what an archive iz')]],
    'archive/skein.db in this bundle is not as it was written',
  ],
  ['another size', {}, [['archive/skein.db', 'short']], 'archive/skein.db in this bundle is not as it was written'],
  ['a file that is not there', {}, [], 'this bundle ends before its end'],
  [
    'a newer format',
    { format: BUNDLE_FORMAT + 1 },
    [],
    `made by a newer Skein (format ${BUNDLE_FORMAT + 1}, this one knows ${BUNDLE_FORMAT})`,
  ],
  ['no archive', { files: [] }, [], 'this bundle lacks archive/skein.db'],
  [
    'a size that no disk has',
    files('archive/skein.db', 2 ** 45),
    [],
    'would take 32768.0 GiB, and at most 16.0 GiB is unpacked',
  ],
  [
    'a time that ends before it begins',
    { span: { from: 2, to: 1 } },
    [],
    'manifest.json in this bundle is not as it was written',
  ],
  [
    'a manifest of other things',
    { host: 5 as unknown as string },
    [],
    'manifest.json in this bundle is not as it was written',
  ],
])('%s is refused', (_, said, entries, sentence) =>
  inFolder(async (folder) => {
    const bytes = await tarOf([['manifest.json', JSON.stringify({ ...manifest, ...said })], ...entries]);
    await expect(opened(folder, zstdCompressSync(bytes))).rejects.toThrow(sentence);
    expect(readdirSync(folder).toSorted()).toEqual(['b', 'into']);
  }),
);

test.each<[string, (folder: string) => Buffer | Promise<Buffer>, string]>([
  ['nothing', () => Buffer.alloc(0), 'this is no bundle'],
  ['a text', () => Buffer.from('#!/bin/sh\n'.repeat(200)), 'this is no bundle'],
  ['a tar of something else', () => tarOf([['README', 'hello']]), 'this is no bundle'],
  ['a manifest that is no JSON', () => tarOf([['manifest.json', '{']]), 'this is no bundle'],
  ['a link', () => linkTo('/etc/passwd'), 'is no plain file'],
])('%s is refused', (_, made, sentence) =>
  inFolder(async (folder) => {
    await expect(opened(folder, await made(folder))).rejects.toThrow(sentence);
  }),
);

test('little that becomes much is refused before it is there', () =>
  inFolder(async (folder) => {
    const zeros = Buffer.alloc(32 * 2 ** 20);
    const its = { ...manifest, ...files('archive/skein.db', zeros.length) };
    const bytes = zstdCompressSync(
      await tarOf([
        ['manifest.json', JSON.stringify(its)],
        ['archive/skein.db', zeros],
      ]),
    );
    const limits = { ...unpackLimits, ratioFromBytes: 2 ** 20 };
    await expect(opened(folder, bytes, limits)).rejects.toThrow('more than 100 times as large');
    expect(statSync(join(folder, 'into', 'archive', 'skein.db')).size).toBeLessThan(3 * 2 ** 20);
  }));

test('whatever a bundle becomes on its way, it is read as it was or refused in a sentence', () =>
  inFolder(async (folder) => {
    const whole = await tarOf([
      ['manifest.json', JSON.stringify(manifest)],
      ['archive/skein.db', DB],
    ]);
    const packed = zstdCompressSync(whole);
    const changed = fc.oneof(
      fc.nat(packed.length - 1).map((at) => packed.subarray(0, at)),
      fc.nat(whole.length - 1025).map((at) => whole.subarray(0, at)),
      fc.tuple(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 })).map(flipped(packed)),
      fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })).map(flipped(whole)),
      fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(changed, async (bytes) => {
        const read = await opened(folder, bytes).catch((error) => error);
        if (read instanceof Mistake) expect(read.message).toMatch(/this bundle|this is no bundle/);
        else expect(readFileSync(join(folder, 'into', 'archive', 'skein.db'))).toEqual(DB);
      }),
      { numRuns: 150 },
    );
  }));

let made: string;
beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'skein-bundle-test-'));
  await (await openEmbeddedArchive({ directory: made }))[Symbol.asyncDispose]();
});
afterAll(() => rmSync(made, { recursive: true, force: true }));

test.each([
  ['a trigger', 'create trigger t after insert on writers begin delete from versions; end'],
  ['a view', 'create view v as select * from versions'],
  ['another table', 'create table more (a)'],
  ['a table that was made another way', 'drop table writers; create table writers (writer, n, first, last)'],
  ['a missing table', 'drop table samples'],
])('an archive with %s is not opened', (_, sql) =>
  inFolder(async (folder) => {
    cpSync(made, folder, { recursive: true });
    expect(foreignFault(folder)).toBeUndefined();
    const db = new DatabaseSync(join(folder, 'skein.db'));
    db.exec(sql);
    db.close();
    expect(foreignFault(folder)).toMatch(/^skein\.db (holds more than tables of ours, or others|lacks a table)$/);
  }),
);

test.each<[string, (file: string) => void, string]>([
  ['of another program', (file) => sql(file, 'pragma application_id = 7'), 'belongs to another program'],
  ['of a newer Skein', (file) => sql(file, 'pragma user_version = 99'), 'was written by a newer Skein (schema 99'],
  [
    'that is no database',
    (file) => writeFileSync(file, 'hello '.repeat(1000)),
    'cannot be read (file is not a database)',
  ],
])('an archive %s is not opened', (_, harm, sentence) =>
  inFolder(async (folder) => {
    cpSync(made, folder, { recursive: true });
    harm(join(folder, 'skein.db'));
    expect(foreignFault(folder)).toContain(sentence);
  }),
);

function sql(file: string, text: string): void {
  const db = new DatabaseSync(file);
  db.exec(text);
  db.close();
}

function flipped(of: Buffer) {
  return ([at, by]: [number, number]) => {
    const bytes = Buffer.from(of);
    bytes[at] = (bytes[at] as number) ^ by;
    return bytes;
  };
}

async function opened(folder: string, bytes: Buffer, limits = unpackLimits): Promise<BundleManifest> {
  writeFileSync(join(folder, 'b'), bytes);
  rmSync(join(folder, 'into'), { recursive: true, force: true });
  mkdirSync(join(folder, 'into'));
  return unpackBundle(join(folder, 'b'), join(folder, 'into'), limits);
}

async function linkTo(place: string): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'manifest.json', type: 'symlink', linkname: place });
  tar.finalize();
  return all(tar);
}

async function tarOf(entries: readonly (readonly [string, string | Buffer])[]): Promise<Buffer> {
  const tar = pack();
  for (const [name, bytes] of entries) tar.entry({ name }, bytes);
  tar.finalize();
  return all(tar);
}

async function all(tar: Pack): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of tar as unknown as AsyncIterable<Uint8Array>) pieces.push(piece);
  return Buffer.concat(pieces);
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'skein-bundle-test-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
