/**
 * How flows lie on disk. Ids, times and addresses are integers (IPv6: blobs), what repeats is a number in `texts`.
 *
 * What is written at one time lies together: ids are random numbers, so an index by them alone would touch a page of
 * its own for each flow. `hour`, of the start, comes before them.
 *
 * A flow has its newest point with it (`newest`). When the next comes, that one goes to `points`, and names the one
 * before it there: so points are only ever added at the end.
 */
import type { Schema } from '../schema.ts';

/** 'Skef' in ASCII: tells our files from other SQLite files. */
const APPLICATION_ID = 0x536b6566;

/** Grows with every change below: an archive of another version is kept aside. */
const SCHEMA_VERSION = 1;

const TABLES = `
create table state (
  -- One row. What is kept begins at first; numbers are never given twice, so nothing can be taken for what was there before.
  one integer primary key check (one = 1),
  first real, last real,
  flows integer not null, points integer not null, packets integer not null,
  next_flow integer not null, next_point integer not null
) strict;
insert into state values (1, null, null, 0, 0, 0, 1, 1);

create table writers (
  writer text primary key,
  -- Number of its last batch, for idempotency, and when it was heard last.
  n integer not null, last real not null
) strict, without rowid;

create table texts (number integer primary key, text text not null unique) strict;

create table flows (
  flow integer primary key,
  uuid integer not null, tracking integer not null,
  -- Epoch ms.
  start integer not null, last integer not null,
  -- How long it was, as a power of the root of 2: see time.ts.
  class integer not null,
  node integer not null, capture integer not null, layers integer not null, application integer not null,
  -- IPv4 as a number, IPv6 as 16 bytes, or a text.
  a any, b any, a_port integer, b_port integer,
  details blob not null, newest blob, more text,
  -- The point before the newest.
  point integer,
  hour integer as (start / 3600000) virtual
) strict;
create unique index flows_uuid on flows (hour, uuid);
create index flows_tracking on flows (hour, tracking);
create index flows_time on flows (class, start);
create index flows_node on flows (node, class, start);

create table points (
  point integer primary key,
  flow integer not null,
  -- The one before it, of the same flow.
  prev integer,
  metric blob not null
) strict;

-- Points of a slot in one: see levels.ts. A period is a run of slots that is written and forgotten together.
create table rolls (
  level integer not null, period integer not null, flow integer not null, slot integer not null,
  start integer not null, last integer not null,
  ab_packets integer not null, ab_bytes integer not null, ba_packets integer not null, ba_bytes integer not null,
  rtt integer,
  primary key (level, period, flow, slot)
) strict, without rowid;

create table packets (
  packet integer primary key,
  uuid integer not null, place integer not null,
  time real not null, length integer not null, link_type integer not null,
  data blob not null
) strict;
create index packets_uuid on packets (uuid, place);

create table losses (
  loss integer primary key,
  first real not null, last real not null,
  words text not null
) strict;
create index losses_last on losses (last);

pragma application_id = ${APPLICATION_ID};
pragma user_version = ${SCHEMA_VERSION};
`;

export const flowSchema: Schema = {
  applicationId: APPLICATION_ID,
  version: SCHEMA_VERSION,
  tables: TABLES,
  names: ['texts', 'flows', 'points', 'packets', 'losses'],
};
