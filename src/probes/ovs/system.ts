/** What stands above the bridges: the switch itself, who may manage it, and who steers its bridges. */
import type { Metadata } from '../../graph/element.ts';
import type { Row } from '../../ovsdb/row.ts';
import type { Tables } from '../../ovsdb/tables.ts';
import { known, object, text } from './said.ts';

/** The name that the kernel has for a switch, whose database says nothing better. */
export const SYSTEM = 'ovs-system';

export function describeSystem(row: Row, tables: Tables, database: string): Metadata {
  return known({
    Name: SYSTEM,
    Type: SYSTEM,
    UUID: row.uuid,
    ExtID: row.object('external_ids'),
    Ovs: object({
      Version: row.text('ovs_version'),
      DBVersion: row.text('db_version'),
      SystemType: row.text('system_type'),
      SystemVersion: row.text('system_version'),
      DatapathTypes: row.texts('datapath_types'),
      InterfaceTypes: row.texts('iface_types'),
      DPDKInitialized: row.flag('dpdk_initialized'),
      DPDKVersion: row.text('dpdk_version'),
      OtherConfig: row.object('other_config'),
      Managers: remotes(tables, 'Manager', row.texts('manager_options')),
      Database: database,
    }),
  });
}

/** Those that a switch or a bridge talks to, in the order of their targets; undefined when there are none. */
export function remotes(
  tables: Tables,
  table: 'Manager' | 'Controller',
  uuids: readonly string[] = [],
): Metadata[] | undefined {
  const rows = uuids.flatMap((uuid) => tables.row(table, uuid) ?? []);
  const all = rows.map((row) =>
    known({
      Target: row.text('target'),
      IsConnected: row.columns.get('is_connected') === true,
      Role: row.text('role'),
      ConnectionMode: row.text('connection_mode'),
      // Its state goes to and fro while it is tried again, and how long it has been so is another each time: versions of nothing.
      LastError: text(row.map('status').get('last_error')),
    }),
  );
  all.sort((a, b) => (String(a.Target) < String(b.Target) ? -1 : 1));
  return all.length > 0 ? all : undefined;
}
