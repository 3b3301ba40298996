/** Mirrors: which ports have their frames copied, and to where (ovs-vswitchd.conf.db(5), Mirror). */
import type { Metadata } from '../../graph/element.ts';
import type { Row } from '../../ovsdb/row.ts';
import type { Tables } from '../../ovsdb/tables.ts';
import { known, object } from './said.ts';

export function describeMirror(row: Row, tables: Tables, database: string): Metadata {
  const named = (column: string) =>
    row
      .texts(column)
      ?.flatMap((uuid) => tables.row('Port', uuid)?.text('name') ?? [])
      .sort();
  return known({
    Name: row.text('name') ?? row.uuid,
    Type: 'mirror',
    UUID: row.uuid,
    ExtID: row.object('external_ids'),
    Ovs: object({
      SelectAll: row.flag('select_all'),
      SelectSrcPorts: named('select_src_port'),
      SelectDstPorts: named('select_dst_port'),
      SelectVLANs: row.numbers('select_vlan'),
      OutputPort: named('output_port')?.[0],
      OutputVLAN: row.number('output_vlan'),
      SnapLen: row.number('snaplen'),
      Database: database,
    }),
  });
}

/** Ports (by UUID) whose frames are copied, and which: those that come in, those that go out, or both. */
export function selected(row: Row, bridgePorts: readonly string[]): Map<string, 'in' | 'out' | 'both'> {
  const output = row.text('output_port');
  const all = row.flag('select_all') ? bridgePorts.filter((uuid) => uuid !== output) : [];
  const into = new Set([...(row.texts('select_src_port') ?? []), ...all]);
  const out = new Set([...(row.texts('select_dst_port') ?? []), ...all]);
  const ports = new Map<string, 'in' | 'out' | 'both'>();
  for (const uuid of into) ports.set(uuid, out.has(uuid) ? 'both' : 'in');
  for (const uuid of out) if (!ports.has(uuid)) ports.set(uuid, 'out');
  return ports;
}
