/** Rows of what stands between a process and the wire: containers, their networks, switches, ports and rules. */
import type { WireNode } from '../../contract/element.ts';
import type { Place, Row } from '../things.ts';
import { nameOf, typeOf, valueAt } from './element.ts';

export function containerRow(node: WireNode, { netns }: Place): Row {
  const of = (key: string) => valueAt(node, `Container.${key}`);
  return {
    NAME: nameOf(node),
    MANAGER: node.Metadata.Manager,
    HOST: node.Host,
    NETNS: netns,
    STATUS: of('Status'),
    HEALTH: of('Health'),
    PID: of('InitProcessPID'),
    IMAGE: of('Image'),
    NETWORKS: of('Networks.Name'),
    ADDRESSES: of('Networks.IPV4'),
    PORTS: listOf(of('Ports')).map(portText),
    ID: shortId(of('ID')),
  };
}

export function networkRow(node: WireNode): Row {
  const of = (key: string) => valueAt(node, `Network.${key}`);
  return {
    NAME: nameOf(node),
    MANAGER: node.Metadata.Manager,
    HOST: node.Host,
    KIND: of('Driver'),
    SUBNETS: of('Subnets'),
    GATEWAYS: of('Gateways'),
    DEVICE: of('Device'),
    ID: shortId(of('ID')),
  };
}

export function portRow(node: WireNode, { bridge }: Place): Row {
  const { Tag, Trunks, VlanMode, BondMode } = node.Metadata;
  return {
    NAME: nameOf(node),
    TYPE: typeOf(node),
    HOST: node.Host,
    BRIDGE: bridge,
    TAG: Tag,
    TRUNKS: Trunks,
    MODE: VlanMode,
    BOND: BondMode,
    DESCRIPTION: valueAt(node, 'LLDP.Description'),
  };
}

export function openflowRow(node: WireNode, { bridge }: Place): Row {
  const { TableName, Table, Priority, Match, ActionsText, Cookie } = node.Metadata;
  return {
    BRIDGE: bridge,
    HOST: node.Host,
    TABLE: TableName === undefined ? Table : `${Table} ${TableName}`,
    PRIORITY: Priority,
    PACKETS: valueAt(node, 'Metric.RxPackets'),
    BYTES: valueAt(node, 'Metric.RxBytes'),
    COOKIE: Cookie === 0 || Cookie === '0x0' ? undefined : Cookie,
    MATCH: Match === '' ? 'all' : Match,
    ACTIONS: ActionsText === '' ? 'drop' : ActionsText,
  };
}

export function switchRow(node: WireNode): Row {
  return {
    NAME: nameOf(node),
    TYPE: typeOf(node),
    HOST: node.Host,
    VERSION: valueAt(node, 'Ovs.Version'),
    DATABASE: valueAt(node, 'Ovs.Database'),
    ADDRESS: valueAt(node, 'LLDP.MgmtAddress'),
    DESCRIPTION: valueAt(node, 'LLDP.Description') ?? valueAt(node, 'CDP.Platform'),
  };
}

/** As the engines' own lists have it. */
export function shortId(id: unknown): string | undefined {
  return typeof id === 'string' ? id.slice(0, 12) : undefined;
}

/** `127.0.0.1:8080->80/tcp` */
function portText(port: unknown): string {
  const { Port, Protocol, HostIP, HostPort } = port as Row;
  const inside = `${Port}/${Protocol ?? 'tcp'}`;
  const address = typeof HostIP === 'string' && HostIP.includes(':') ? `[${HostIP}]` : (HostIP ?? '');
  return HostPort === undefined ? inside : `${address}:${HostPort}->${inside}`;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
