/**
 * How history lies on disk. A version row is written once and never touched again: its end is the start of the next
 * version of the same life, or the end of the life. So a change costs one row and one index entry.
 *
 * Texts that go back out as JSON (ids, metadata, host and origin) are kept as JSON, quotes and all.
 */

/** 'Skei' in ASCII: tells our files from other SQLite files. */
const APPLICATION_ID = 0x536b6569;

/** Grows with every change below: an archive of another version is kept aside. */
export const SCHEMA_VERSION = 2;

const TABLES = `
create table state (
  -- One row: what range() and health() say without counting.
  one integer primary key check (one = 1),
  first real, last real,
  versions integer not null, samples integer not null
) strict;
insert into state values (1, null, null, 0, 0);

create table writers (
  writer text primary key,
  -- Number of its last batch, for idempotency, and when it was heard first and last.
  n integer not null, first real not null, last real not null
) strict, without rowid;

create table elements (
  element integer primary key,
  id text not null, kind integer not null,
  -- Whether there are samples of it.
  counted integer not null default 0,
  unique (id, kind)
) strict;

create table sources (source integer primary key, words text not null unique) strict;

create table lives (
  life integer primary key,
  element integer not null,
  parent text, child text,
  created real not null,
  deleted real, deleted_recorded real,
  -- log2 of its length, once it ended: see "alive" in queries.ts.
  class integer,
  unique (element, created)
) strict;
create index lives_open on lives (created) where deleted is null;
create index lives_ended on lives (class, deleted) where deleted is not null;

create table versions (
  version integer primary key,
  life integer not null,
  since real not null,
  recorded real not null, revision integer not null, source integer not null,
  metadata text not null,
  unique (life, since)
) strict;

create table series (series integer primary key, name text not null unique) strict;
-- Names of counters, each list once.
create table shapes (shape integer primary key, names text not null unique) strict;
create table samples (
  sample integer primary key,
  element integer not null, series integer not null,
  start real not null, last real not null,
  -- What was added, and the totals after it.
  shape integer not null, counts text not null,
  total_shape integer, totals text
) strict;
create index samples_of_element on samples (element, series, last);

pragma application_id = ${APPLICATION_ID};
pragma user_version = ${SCHEMA_VERSION};
`;

/** Spools of agents, as `writers`: they come and go, and are no signs of life of ours. Files of before have no such table. */
export const RELAYED_TABLE = `create table if not exists relayed (
  writer text primary key,
  n integer not null, first real not null, last real not null
) strict, without rowid`;

/** What a file of ours is made of. */
export interface Schema {
  readonly applicationId: number;
  readonly version: number;
  /** Also writes both of these into the file. */
  readonly tables: string;
  /** Tables with row numbers. */
  readonly names: readonly string[];
}

export const graphSchema: Schema = {
  applicationId: APPLICATION_ID,
  version: SCHEMA_VERSION,
  tables: TABLES,
  names: ['elements', 'lives', 'versions', 'samples', 'series', 'shapes', 'sources'],
};
