/** What the northbound database says, as nodes and edges. */
import type { GraphView } from '../../graph/view.ts';
import type { Row } from '../../ovsdb/row.ts';
import type { Tables } from '../../ovsdb/tables.ts';
import { uuidV5 } from '../../std/uuid.ts';
import { ownedTid } from '../identity.ts';
import { type Picture, Sketch } from '../picture.ts';
import type { ProbeHost } from '../probe.ts';
import { describe } from './describe.ts';
import { chassisTable } from './southbound.ts';
import { type OvnTable, ovnTables } from './tables.ts';

/** Skein's id of a row: the database keeps its UUID over restarts. */
export function ovnId(host: string, uuid: string): string {
  return uuidV5(['ovn', host, uuid]);
}

export interface PictureParts {
  readonly tables: Tables;
  /** Of the southbound database; empty where it cannot be read. */
  readonly south: Tables;
  readonly interfaces: Iterable<InterfaceOf>;
  readonly host: ProbeHost;
}

export function draw({ tables, south, interfaces, host }: PictureParts): Picture {
  const sketch = new Sketch();
  const byName = new PortNames(tables);
  const idOf = (row: Row) => ovnId(host.name, row.uuid);
  const add = (row: Row, table: OvnTable) =>
    sketch.nodes.set(idOf(row), { ...describe(row, table), TID: ownedTid(host.tid, row.uuid, table.type) });
  for (const table of ovnTables)
    for (const row of tables.all(table.table)) {
      add(row, table);
      for (const { to, relation } of named(row, table, tables, byName)) sketch.link(idOf(row), idOf(to), relation);
    }
  for (const [a, b] of joined(tables, byName)) sketch.link(idOf(a), idOf(b), 'layer2');
  for (const { node, port } of interfaces)
    for (const row of byName.find('Logical_Switch_Port', port)) sketch.link(node, idOf(row), 'mapping');
  for (const row of south.all(chassisTable.table)) add(row, chassisTable);
  for (const [chassis, port] of bound(south, byName)) sketch.link(idOf(chassis), idOf(port), 'ovn');
  return sketch;
}

/** An interface of a switch on a host, and the name of the logical port that it says it is. */
interface InterfaceOf {
  readonly node: string;
  readonly port: string;
}

/** ovn-controller(8): external_ids:iface-id of an interface is the name of its port. */
export function interfacesOf(view: GraphView): InterfaceOf[] {
  const found: InterfaceOf[] = [];
  for (const { id, metadata } of view.nodes()) {
    const ids = metadata.ExtID;
    if (typeof ids !== 'object' || ids === null || Array.isArray(ids)) continue;
    const port = (ids as { readonly 'iface-id'?: unknown })['iface-id'];
    if (typeof port === 'string' && metadata.Manager !== 'ovn') found.push({ node: id, port });
  }
  return found;
}

function* named(
  row: Row,
  { refers = {}, names = {} }: OvnTable,
  tables: Tables,
  byName: PortNames,
): Iterable<{ readonly to: Row; readonly relation: string }> {
  for (const [column, { table, relation }] of Object.entries(refers))
    for (const uuid of row.texts(column) ?? []) {
      const to = tables.row(table, uuid);
      if (!to) continue;
      yield { to, relation };
      // Every reference is that besides; Skydive knows nothing else.
      if (relation !== 'ovn') yield { to, relation: 'ovn' };
    }
  for (const [column, { table, relation }] of Object.entries(names))
    for (const name of row.texts(column) ?? []) for (const to of byName.find(table, name)) yield { to, relation };
}

/** Hosts, and the ports of switches and routers that are on them. */
function* bound(south: Tables, byName: PortNames): Iterable<readonly [Row, Row]> {
  for (const binding of south.all('Port_Binding'))
    for (const uuid of [...(binding.texts('chassis') ?? []), ...(binding.texts('additional_chassis') ?? [])]) {
      const chassis = south.row('Chassis', uuid);
      const name = binding.text('logical_port') ?? '';
      // The port of a router that is at one host alone is bound as cr-NAME (ovn-sb(5), "chassisredirect").
      const names = [name, name.replace(/^cr-/, '')] as const;
      if (!chassis) continue;
      for (const port of byName.find('Logical_Switch_Port', names[0])) yield [chassis, port];
      for (const port of byName.find('Logical_Router_Port', names[1])) yield [chassis, port];
    }
}

/** Ports that are two ends of one wire, each pair once: a switch's and a router's, or those of two routers. */
function* joined(tables: Tables, byName: PortNames): Iterable<readonly [Row, Row]> {
  for (const port of tables.all('Logical_Switch_Port')) {
    const name = port.map('options').get('router-port');
    if (port.text('type') !== 'router' || typeof name !== 'string') continue;
    for (const router of byName.find('Logical_Router_Port', name)) yield [port, router];
  }
  for (const port of tables.all('Logical_Router_Port'))
    for (const peer of byName.find('Logical_Router_Port', port.text('peer') ?? ''))
      if (port.uuid < peer.uuid || peer.text('peer') !== port.text('name')) yield [port, peer];
}

/** Names of ports are unique in their table (ovn-nb.ovsschema, "indexes"). */
class PortNames {
  readonly #tables: Tables;
  readonly #rows = new Map<string, ReadonlyMap<string, Row>>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  *find(table: string, name: string): Iterable<Row> {
    let rows = this.#rows.get(table);
    if (!rows) {
      rows = new Map([...this.#tables.all(table)].map((row) => [row.text('name') ?? '', row]));
      this.#rows.set(table, rows);
    }
    const row = name === '' ? undefined : rows.get(name);
    if (row) yield row;
  }
}
