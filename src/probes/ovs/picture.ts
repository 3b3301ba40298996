/** What the tables say, as nodes and edges. */
import type { Metadata } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import type { Row } from '../../ovsdb/row.ts';
import type { Tables } from '../../ovsdb/tables.ts';
import { uuidV5 } from '../../std/uuid.ts';
import { ownedTid } from '../identity.ts';
import { type Picture, Sketch } from '../picture.ts';
import type { ProbeHost } from '../probe.ts';
import { describeBridge, describeDevice, describeInterface, describePort, typeOf } from './describe.ts';
import type { Devices } from './devices.ts';
import { describeMirror, selected } from './mirrors.ts';
import { describeSystem, SYSTEM } from './system.ts';

export interface OvsPicture extends Picture {
  /** Interface (by its UUID) → its node. */
  readonly interfaces: ReadonlyMap<string, string>;
  /** Whatever has counters (by its UUID) → its node. */
  readonly counted: ReadonlyMap<string, string>;
}

export interface PictureParts {
  readonly tables: Tables;
  readonly devices: Devices;
  readonly view: GraphView;
  readonly host: ProbeHost;
  readonly nowMs: number;
  /** Where the tables are from. */
  readonly database: string;
}

/** The database keeps the UUID of a thing over restarts, and gives another one to what is made anew. */
export function ovsId(host: string, uuid: string): string {
  return uuidV5(['ovs', host, uuid]);
}

export function draw({ tables, devices, view, host, nowMs, database }: PictureParts): OvsPicture {
  const sketch = new Sketch();
  const { nodes, additions } = sketch;
  const interfaces = new Map<string, string>();
  const counted = new Map<string, string>();
  const link = (parent: string, child: string, relation: string, type?: string) =>
    sketch.link(parent, child, relation, type === undefined ? {} : { Type: type });

  function drawInterface(row: Row, bridge: string, bridgeTid: string): string | undefined {
    const device = devices.find(row, view);
    devices.seen(row, device !== undefined, nowMs);
    if (device) {
      additions.set(device.id, { ...describeInterface(row, deviceType(device.metadata), database), ...typeSaid(row) });
      return device.id;
    }
    if (!devices.isOurs(row, nowMs)) return undefined;
    const id = ovsId(host.name, row.uuid);
    const own = describeDevice(row);
    const tid = ownedTid(bridgeTid, String(own.Name), String(own.Type));
    nodes.set(id, { ...own, TID: tid, ...describeInterface(row, undefined, database) });
    link(bridge, id, 'ownership');
    return id;
  }

  function drawMirrors(row: Row, bridge: string): void {
    for (const uuid of row.texts('mirrors') ?? []) {
      const mirrorRow = tables.row('Mirror', uuid);
      if (!mirrorRow) continue;
      const mirror = ovsId(host.name, uuid);
      nodes.set(mirror, {
        ...describeMirror(mirrorRow, tables, database),
        TID: ownedTid(host.tid, uuid, 'mirror'),
      });
      counted.set(uuid, mirror);
      link(bridge, mirror, 'ownership');
      for (const [portUuid, which] of selected(mirrorRow, row.texts('ports') ?? []))
        if (tables.row('Port', portUuid))
          sketch.link(ovsId(host.name, portUuid), mirror, 'mirroring', { Direction: which });
    }
  }

  const [system] = tables.all('Open_vSwitch');
  if (system) {
    const id = ovsId(host.name, system.uuid);
    nodes.set(id, { ...describeSystem(system, tables, database), TID: ownedTid(host.tid, system.uuid, SYSTEM) });
    link(host.id, id, 'ownership');
  }
  for (const row of tables.all('Bridge')) {
    const bridge = ovsId(host.name, row.uuid);
    const bridgeTid = ownedTid(host.tid, row.uuid, 'ovsbridge');
    nodes.set(bridge, { ...describeBridge(row, system, tables, database), TID: bridgeTid });
    link(host.id, bridge, 'ownership');
    for (const portUuid of row.texts('ports') ?? []) {
      const portRow = tables.row('Port', portUuid);
      if (!portRow) continue;
      const port = ovsId(host.name, portUuid);
      nodes.set(port, { ...describePort(portRow, tables, database), TID: ownedTid(host.tid, portUuid, 'ovsport') });
      counted.set(portUuid, port);
      link(bridge, port, 'ownership');
      link(bridge, port, 'layer2');
      for (const uuid of portRow.texts('interfaces') ?? []) {
        const interfaceRow = tables.row('Interface', uuid);
        const id = interfaceRow && drawInterface(interfaceRow, bridge, bridgeTid);
        if (id === undefined) continue;
        interfaces.set(uuid, id);
        counted.set(uuid, id);
        link(port, id, 'layer2');
      }
    }
    drawMirrors(row, bridge);
  }
  for (const [a, b] of patches(tables)) {
    const [one, other] = [interfaces.get(a), interfaces.get(b)];
    if (one !== undefined && other !== undefined) link(one, other, 'layer2', 'patch');
  }
  return { nodes, additions, edges: sketch.edges, interfaces, counted };
}

/** Pairs of patch ports that name each other, each once. */
function* patches(tables: Tables): Iterable<readonly [string, string]> {
  const ports = new Map<string, Row>();
  for (const row of tables.all('Interface')) if (typeOf(row) === 'patch') ports.set(row.text('name') ?? '', row);
  for (const [name, row] of ports) {
    const peer = ports.get(String(row.map('options').get('peer') ?? ''));
    if (peer?.map('options').get('peer') === name && row.uuid < peer.uuid) yield [row.uuid, peer.uuid];
  }
}

/** An internal port is a tap or a device of the datapath only for the kernel. */
function typeSaid(row: Row): Metadata {
  return typeOf(row) === 'internal' ? { Type: 'internal' } : {};
}

/** What the kernel calls the device, also while we call it otherwise. */
export function deviceType({ Type, Ovs }: Metadata): string | undefined {
  const before = typeof Ovs === 'object' && Ovs !== null && 'DeviceType' in Ovs ? Ovs.DeviceType : undefined;
  const said = Type === 'internal' ? before : Type;
  return typeof said === 'string' ? said : undefined;
}
