/**
 * Files of an archive that came from elsewhere. SQL that they bring with them must never run here, so they are opened
 * only when they hold the tables that a file of ours has and nothing else: no view, no trigger, no other check or default.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { flowSchema } from './flows/schema.ts';
import { graphSchema, RELAYED_TABLE, type Schema } from './schema.ts';
import { socketSchema } from './sockets/schema.ts';

/** What of a folder is none of ours, as a sentence; undefined: it can be opened. What is not there is no fault. */
export function foreignFault(directory: string): string | undefined {
  for (const { name, schema, more } of FILES) {
    const file = join(directory, name);
    if (!existsSync(file)) continue;
    const why = faultOf(file, schema, more);
    if (why !== undefined) return `${name} ${why}`;
  }
  return undefined;
}

const FILES = [
  { name: 'skein.db', schema: graphSchema, more: [RELAYED_TABLE] },
  { name: 'flows.db', schema: flowSchema, more: [] },
  { name: 'sockets.db', schema: socketSchema, more: [] },
] as const;

function faultOf(file: string, schema: Schema, more: readonly string[]): string | undefined {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { readOnly: true, enableDoubleQuotedStringLiterals: false });
    db.exec('pragma trusted_schema = off');
    db.exec('pragma cell_size_check = on');
    const pragma = (name: string) => Number(Object.values(db?.prepare(`pragma ${name}`).get() ?? {})[0]);
    if (pragma('application_id') !== schema.applicationId) return 'belongs to another program';
    const version = pragma('user_version');
    if (version !== schema.version)
      return `was written by ${version > schema.version ? 'a newer' : 'an older'} Skein (schema ${version}, this one knows ${schema.version})`;
    const [its, ours] = [partsOf(db), partsExpected(schema, more)];
    for (const part of its) if (!ours.has(part)) return 'holds more than tables of ours, or others';
    for (const part of ours) if (!its.has(part)) return 'lacks a table';
    return undefined;
  } catch (error) {
    return `cannot be read (${(error as Error).message})`;
  } finally {
    db?.close();
  }
}

function partsExpected(schema: Schema, more: readonly string[]): ReadonlySet<string> {
  const db = new DatabaseSync(':memory:');
  try {
    db.exec(schema.tables);
    for (const table of more) db.exec(table);
    return partsOf(db);
  } finally {
    db.close();
  }
}

function partsOf(db: DatabaseSync): ReadonlySet<string> {
  // What SQLite makes for itself has no text.
  const rows = db.prepare('select type, name, tbl_name, sql from sqlite_schema').all();
  return new Set(rows.map(({ type, name, tbl_name: table, sql }) => JSON.stringify([type, name, table, sql])));
}
