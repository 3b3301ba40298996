/**
 * How sockets lie on disk: one row each. One that is short is written when it closed, others also while they are open, so
 * that a crash does not lose them.
 */
import type { Schema } from '../schema.ts';

/** 'Skes' in ASCII: tells our files from other SQLite files. */
const APPLICATION_ID = 0x536b6573;

/** Grows with every change below: an archive of another version is kept aside. */
const SCHEMA_VERSION = 1;

const TABLES = `
create table state (
  -- One row. Last: until when everything is known.
  one integer primary key check (one = 1),
  first integer, last integer, sockets integer not null
) strict;
insert into state values (1, null, null, 0);

create table writers (
  writer text primary key,
  -- Number of its last batch, for idempotency, and when it was heard last.
  n integer not null, last integer not null
) strict, without rowid;

create table texts (number integer primary key, text text not null unique) strict;

-- What holds sockets, as JSON, and when it was last numbered: one of many sockets is written once, but for a new number
-- now and then, by which is told what nobody needs any more.
create table processes (number integer primary key, made integer not null, text text not null) strict;
create index processes_made on processes (made);

create table sockets (
  socket integer primary key,
  -- Without the node that most begin with.
  id text not null, node integer not null,
  protocol integer not null, state integer not null,
  local text not null, local_port integer not null, remote text not null, remote_port integer not null,
  -- Epoch ms.
  opened integer not null, closed integer,
  -- How long it was, as a power of the root of 2: see flows/time.ts; null while it is open.
  class integer,
  -- Number in processes; JSON.
  process integer, traffic text
) strict;
create index sockets_id on sockets (id, node);
create index sockets_open on sockets (opened) where closed is null;
create index sockets_time on sockets (class, opened) where closed is not null;
create index sockets_ports on sockets (local_port, remote_port, opened);

pragma application_id = ${APPLICATION_ID};
pragma user_version = ${SCHEMA_VERSION};
`;

export const socketSchema: Schema = {
  applicationId: APPLICATION_ID,
  version: SCHEMA_VERSION,
  tables: TABLES,
  names: ['texts', 'processes', 'sockets'],
};
