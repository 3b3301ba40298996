/**
 * Opens the archive's file, or says why it cannot be used. What cannot be read is kept under another name, never
 * overwritten: it may be all that is left of a history.
 */
import { closeSync, existsSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { createFile } from './private.ts';
import type { Schema } from './schema.ts';
import { isCorrupt } from './sqliteerror.ts';

/** A file of this size is read through in well under a second; of larger ones only the frame is checked. */
const FULL_CHECK_BYTES_MAX = 64 * 2 ** 20;

const PAGE_BYTES = 4_096;

/** The log beside the file may take this part of `maxBytes`, but no more than it needs to be quick. */
const LOG_SHARE = 1 / 32;
const LOG_BYTES_MAX = 16 * 2 ** 20;

export interface Opened {
  readonly db: DatabaseSync;
  readonly notes: readonly string[];
}

export interface OpenOptions {
  readonly schema: Schema;
  readonly maxBytes: number;
  /** Nothing waits for the disk. */
  readonly isBeingMade?: boolean | undefined;
  /** Why the file that is there must not be opened again. */
  readonly keepAside: string | undefined;
}

export function openDatabase(file: string, options: OpenOptions): Opened {
  const { schema, keepAside: because } = options;
  const why = because ?? faultOf(file, schema);
  if (why === undefined) return { db: connect(file, options), notes: [] };
  const kept = keepAside(file);
  return {
    db: connect(file, options),
    notes: [`${file} could not be read (${why}): kept as ${kept}, history starts anew`],
  };
}

/** Another connection for reading: it sees one moment while appends go on. */
export function openReader(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { readOnly: true });
  db.exec('pragma cache_size = -16384');
  return db;
}

/** Renames the file with what belongs to it. Gives the new name. */
function keepAside(file: string): string {
  // ISO 8601 without colons, which some tools take for a host name.
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  let kept = `${file}.corrupt-${time}`;
  for (let n = 2; existsSync(kept); n++) kept = `${file}.corrupt-${time}-${n}`;
  for (const part of ['', '-wal', '-shm']) if (existsSync(file + part)) renameSync(file + part, kept + part);
  return kept;
}

/** Why the file cannot be used; undefined when it can, or does not exist yet. */
function faultOf(file: string, schema: Schema): string | undefined {
  if (!existsSync(file) || statSync(file).size === 0) return undefined;
  if (!startsLikeSqlite(file)) return 'it is not an SQLite database';
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file);
    return faultIn(db, file, schema);
  } catch (error) {
    if (isCorrupt(error)) return (error as Error).message;
    throw error;
  } finally {
    db?.close();
  }
}

function faultIn(db: DatabaseSync, file: string, schema: Schema): string | undefined {
  const pragma = (name: string) => Number(Object.values(db.prepare(`pragma ${name}`).get() ?? {})[0]);
  // A start that was killed before its first commit leaves an empty one.
  if (pragma('page_count') === 0 || pragma('schema_version') === 0) return undefined;
  if (pragma('application_id') !== schema.applicationId) return 'it belongs to another program';
  const version = pragma('user_version');
  if (version !== schema.version) {
    const age = version > schema.version ? 'a newer' : 'an older';
    return `it was written by ${age} Skein (schema ${version}, this one knows ${schema.version})`;
  }
  if (statSync(file).size <= FULL_CHECK_BYTES_MAX) {
    const found = db.prepare('pragma quick_check(1)').get()?.quick_check;
    return found === 'ok' ? undefined : String(found).replaceAll('\n', ' ');
  }
  // The first and the last row of each tree: its root and the two edges down to the leaves.
  for (const table of schema.names)
    for (const order of ['asc', 'desc']) {
      const row = db.prepare(`select * from ${table} order by rowid ${order} limit 1`);
      // Ids have 64 bits.
      row.setReadBigInts(true);
      row.get();
    }
  return db.prepare('select * from state').get() === undefined ? 'its first table is empty' : undefined;
}

function startsLikeSqlite(file: string): boolean {
  const header = Buffer.alloc(16);
  const fd = openSync(file, 'r');
  try {
    readSync(fd, header, 0, 16, 0);
  } finally {
    closeSync(fd);
  }
  // sqlite.org/fileformat2.html, 1.3
  return header.toString('latin1') === 'SQLite format 3\0';
}

function connect(file: string, { schema, maxBytes, isBeingMade }: OpenOptions): DatabaseSync {
  createFile(file);
  const db = new DatabaseSync(file);
  // Freed pages can be given back. It can only be said before the first table.
  db.exec(`pragma page_size = ${PAGE_BYTES}`);
  db.exec('pragma auto_vacuum = incremental');
  db.exec('pragma journal_mode = wal');
  // In WAL mode a commit is then safe from the death of the process, though not from that of the machine.
  db.exec(`pragma synchronous = ${isBeingMade ? 'off' : 'normal'}`);
  const logBytes = Math.min(LOG_BYTES_MAX, maxBytes * LOG_SHARE);
  db.exec(`pragma wal_autocheckpoint = ${Math.ceil(logBytes / PAGE_BYTES)}`);
  db.exec(`pragma journal_size_limit = ${Math.ceil(logBytes)}`);
  db.exec(`pragma cache_size = ${isBeingMade ? -65_536 : -16_384}`);
  db.exec('begin immediate');
  try {
    if (db.prepare('select count(*) as n from sqlite_schema').get()?.n === 0) db.exec(schema.tables);
    db.exec('commit');
  } catch (error) {
    if (db.isTransaction) db.exec('rollback');
    db.close();
    throw error;
  }
  return db;
}
