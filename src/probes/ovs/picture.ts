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

export interface OvsPicture extends Picture {
  /** Interface (by its UUID) → its node. */
  readonly interfaces: ReadonlyMap<string, string>;
}

export interface PictureParts {
  readonly tables: Tables;
  readonly devices: Devices;
  readonly view: GraphView;
  readonly host: ProbeHost;
  readonly nowMs: number;
}

/** The database keeps the UUID of a thing over restarts, and gives another one to what is made anew. */
export function ovsId(host: string, uuid: string): string {
  return uuidV5(['ovs', host, uuid]);
}

export function draw({ tables, devices, view, host, nowMs }: PictureParts): OvsPicture {
  const sketch = new Sketch();
  const { nodes, additions } = sketch;
  const interfaces = new Map<string, string>();
  const link = (parent: string, child: string, relation: string, type?: string) =>
    sketch.link(parent, child, relation, type === undefined ? {} : { Type: type });

  function drawInterface(row: Row, bridge: string, bridgeTid: string): string | undefined {
    const device = devices.find(row, view);
    devices.seen(row, device !== undefined, nowMs);
    if (device) {
      additions.set(device.id, { ...describeInterface(row, deviceType(device.metadata)), ...typeSaid(row) });
      return device.id;
    }
    if (!devices.isOurs(row, nowMs)) return undefined;
    const id = ovsId(host.name, row.uuid);
    const own = describeDevice(row);
    const tid = ownedTid(bridgeTid, String(own.Name), String(own.Type));
    nodes.set(id, { ...own, TID: tid, ...describeInterface(row, undefined) });
    link(bridge, id, 'ownership');
    return id;
  }

  const [system] = tables.all('Open_vSwitch');
  for (const row of tables.all('Bridge')) {
    const bridge = ovsId(host.name, row.uuid);
    const bridgeTid = ownedTid(host.tid, row.uuid, 'ovsbridge');
    nodes.set(bridge, { ...describeBridge(row, system), TID: bridgeTid });
    link(host.id, bridge, 'ownership');
    for (const portUuid of row.texts('ports') ?? []) {
      const portRow = tables.row('Port', portUuid);
      if (!portRow) continue;
      const port = ovsId(host.name, portUuid);
      nodes.set(port, { ...describePort(portRow), TID: ownedTid(host.tid, portUuid, 'ovsport') });
      link(bridge, port, 'ownership');
      link(bridge, port, 'layer2');
      for (const uuid of portRow.texts('interfaces') ?? []) {
        const interfaceRow = tables.row('Interface', uuid);
        const id = interfaceRow && drawInterface(interfaceRow, bridge, bridgeTid);
        if (id === undefined) continue;
        interfaces.set(uuid, id);
        link(port, id, 'layer2');
      }
    }
  }
  for (const [a, b] of patches(tables)) {
    const [one, other] = [interfaces.get(a), interfaces.get(b)];
    if (one !== undefined && other !== undefined) link(one, other, 'layer2', 'patch');
  }
  return { nodes, additions, edges: sketch.edges, interfaces };
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
