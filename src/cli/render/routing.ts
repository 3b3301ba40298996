/** Routes, rules and neighbours out of the nodes that carry them. */
import type { WireNode } from '../../contract/element.ts';
import type { Place, Row } from '../things.ts';
import { nameOf } from './element.ts';

export function routesOf(node: WireNode, { netns }: Place): Row[] {
  return objects(node.Metadata.RoutingTables).flatMap((table) =>
    objects(table.Routes).flatMap((route) => {
      const hops = objects(route.NextHops);
      return (hops.length > 0 ? hops : [{}]).map((hop) => ({
        HOST: node.Host,
        NETNS: netns,
        TABLE: tableName(table.ID),
        PREFIX: route.Prefix ?? 'default',
        VIA: hop.IP,
        INTERFACE: nameOf(node),
        METRIC: hop.Priority,
        SOURCE: table.Src,
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

/** A rule's own keys are its columns: which there are depends on what it matches. */
export function rulesOf(node: WireNode): Row[] {
  return objects(node.Metadata.RoutingRules).map((rule) => ({ HOST: node.Host, ON: nameOf(node), ...rule }));
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
