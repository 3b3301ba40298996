/** Routes, rules and neighbours out of the nodes that carry them. */
import type { WireNode } from '../../contract/element.ts';
import type { Place, Row } from '../things.ts';
import { nameOf } from './element.ts';

export function routesOf(node: WireNode, { netns }: Place): Row[] {
  const { IfIndex } = node.Metadata;
  return objects(node.Metadata.RoutingTables).flatMap((table) =>
    objects(table.Routes).flatMap((route) => {
      // One over several interfaces is told by each of them: here each tells its own part.
      const isOwn = (hop: Readonly<Record<string, unknown>>) => (hop.IfIndex ?? IfIndex) === IfIndex;
      const hops = objects(route.NextHops);
      return (hops.length > 0 ? hops.filter(isOwn) : [{}]).map((hop: Readonly<Record<string, unknown>>) => ({
        HOST: node.Host,
        NETNS: netns,
        TABLE: tableName(table.ID),
        PREFIX: route.Prefix ?? 'default',
        VIA: hop.IP,
        // A namespace tells of what leads nowhere.
        INTERFACE: IfIndex === undefined ? undefined : nameOf(node),
        METRIC: hop.Priority,
        TYPE: route.Type,
        SOURCE: route.Src ?? sourceOf(table.Src, route.Prefix),
        PROTOCOL: protocolName(route.Protocol),
      }));
    }),
  );
}

export function neighboursOf(node: WireNode, { netns }: Place): Row[] {
  return objects(node.Metadata.Neighbors).map((neighbour) => ({
    HOST: node.Host,
    NETNS: netns,
    INTERFACE: nameOf(node),
    ADDRESS: neighbour.IP,
    MAC: neighbour.MAC,
    STATE: without('NUD_', neighbour.State),
    FLAGS: without('NTF_', neighbour.Flags),
  }));
}

export function rulesOf(node: WireNode): Row[] {
  return objects(node.Metadata.RoutingRules).map(
    ({ Family, Priority, Src, Dst, Action, Table, Goto, Protocol, ...match }) => ({
      HOST: node.Host,
      ON: nameOf(node),
      FAMILY: Family,
      PRIORITY: Priority,
      FROM: Src ?? 'all',
      TO: Dst,
      // Whatever else it asks of a packet, by its own name.
      MATCH: Object.entries(match).map(([key, value]) => `${key}=${value}`),
      ACTION: Action,
      TABLE: tableName(Table ?? Goto),
      PROTOCOL: protocolName(Protocol),
    }),
  );
}

/** A table has one source for both families, that of its first route. */
function sourceOf(source: unknown, prefix: unknown): unknown {
  return String(source).includes(':') === String(prefix).includes(':') ? source : undefined;
}

function objects(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item) => typeof item === 'object' && item !== null && !Array.isArray(item));
}

function without(prefix: string, value: unknown): unknown {
  return Array.isArray(value) ? value.map((item) => String(item).replace(prefix, '')) : value;
}

// linux/rtnetlink.h: RT_TABLE_* and RTPROT_*.
const tables: Readonly<Record<number, string>> = { 253: 'default', 254: 'main', 255: 'local' };
const protocols: Readonly<Record<number, string>> = {
  1: 'redirect',
  2: 'kernel',
  3: 'boot',
  4: 'static',
  9: 'ra',
  16: 'dhcp',
};

function tableName(id: unknown): unknown {
  return typeof id === 'number' ? (tables[id] ?? id) : id;
}

function protocolName(id: unknown): unknown {
  return typeof id === 'number' ? (protocols[id] ?? id) : id;
}
