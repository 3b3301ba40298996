/** RTM_NEWROUTE and RTM_DELROUTE (linux/rtnetlink.h). */

import { Attributes } from '../../native/attributes.ts';
import { ipText } from '../../std/addresstext.ts';
import { AF_INET, AF_INET6 } from './address.ts';
import { Encap } from './encap.ts';
import { readMetrics } from './routemetrics.ts';

export interface Route {
  readonly family: number;
  readonly table: number;
  /** CIDR form; the default route is 0.0.0.0/0 or ::/0. */
  readonly prefix: string;
  /** RTPROT_*: 2 kernel, 3 boot, 4 static, 186 bgp… */
  readonly protocol: number;
  /** RTN_*: 1 unicast, 2 local, 3 broadcast, 6 blackhole… */
  readonly type: number;
  readonly scope: number;
  readonly tos: number;
  readonly priority: number;
  /** Preferred source; '' is none. */
  readonly source: string;
  readonly hops: readonly Hop[];
  /** Id of a shared next hop (NEWNEXTHOP); 0 is none. */
  readonly nexthop: number;
  readonly mtu: number;
  /** Other metrics, by name; undefined of none. */
  readonly metrics: Readonly<Record<string, number | string>> | undefined;
  /** Preference of a router (RFC 4191): 1 high, 3 low, 0 medium. */
  readonly preference: number;
  /** The same for routes of which one may replace the other: table, prefix, TOS, priority. */
  readonly place: string;
  /** What tells one route from another at the same place: there may be several. */
  readonly key: string;
  /** For sorting: prefix as a number, in hex. */
  readonly order: string;
}

export interface Hop {
  /** '' where the destination is on the link. */
  readonly ip: string;
  /** 0: no interface, as for a blackhole. */
  readonly ifindex: number;
  readonly weight: number;
  /** What packets are wrapped in: MPLS labels, SRv6, a tunnel; '' is nothing. */
  readonly encap: string;
}

const RTM_SIZE = 12;
const RTM_F_CLONED = 0x200;
/** struct rtnexthop. */
const HOP_SIZE = 8;
/** More hops than the kernel would keep in one route. */
const HOPS_MAX = 512;

/** Undefined where it is cut off, an entry of a cache, or of a family we do not show. */
export function readRoute(body: Uint8Array): Route | undefined {
  if (body.length < RTM_SIZE) return undefined;
  const head = Attributes.struct(body);
  const family = head.u8();
  if (family !== AF_INET && family !== AF_INET6) return undefined;
  if (head.u32(8) & RTM_F_CLONED) return undefined;
  const length = family === AF_INET ? 4 : 16;
  const tos = head.u8(3);
  let table = head.u8(4);
  let destination: Uint8Array = ANY.subarray(0, length);
  let priority = 0;
  let source = '';
  let nexthop = 0;
  let mtu = 0;
  let hops: Hop[] | undefined;
  let ip = '';
  let ifindex = 0;
  let metrics: Record<string, number | string> | undefined;
  let preference = 0;
  const encap = new Encap();
  const attributes = new Attributes(body, RTM_SIZE);
  while (attributes.next()) {
    switch (attributes.type) {
      case 1:
        if (attributes.length === length) destination = attributes.bytes();
        break;
      case 4:
        ifindex = attributes.u32();
        break;
      case 5:
        ip = ipText(attributes.bytes());
        break;
      case 6:
        priority = attributes.u32();
        break;
      case 7:
        source = ipText(attributes.bytes());
        break;
      case 8: {
        const told = readMetrics(attributes.nested());
        mtu = told.mtu;
        metrics = told.others;
        break;
      }
      case 9:
        hops = readHops(attributes);
        break;
      case 15:
        table = attributes.u32();
        break;
      // RTA_VIA: a gateway of another family; struct rtvia.
      case 18:
        ip = ipText(attributes.bytes(2));
        break;
      case 20:
        preference = attributes.u8();
        break;
      case 21:
        encap.type = attributes.u16();
        break;
      case 22:
        encap.inside = attributes.nested();
        break;
      case 30:
        nexthop = attributes.u32();
        break;
    }
  }
  const prefix = `${ipText(destination)}/${head.u8(1)}`;
  const read = {
    family,
    table,
    prefix,
    protocol: head.u8(5),
    scope: head.u8(6),
    type: head.u8(7),
    tos,
    priority,
    source,
    nexthop,
    mtu,
    metrics,
    preference,
    order: hex(family, destination, head.u8(1)),
  };
  return withHops(read, hops ?? [{ ip, ifindex, weight: 1, encap: encap.text() }]);
}

/** The route with these hops, and what identifies it then. */
export function withHops(route: Omit<Route, 'hops' | 'place' | 'key'>, hops: readonly Hop[]): Route {
  const { family, table, prefix, tos, priority, type, scope, protocol, source, nexthop } = route;
  const [first] = hops;
  // In IPv6 every device has its own fe80::/64, and none replaces another.
  const device = family === AF_INET6 && hops.length === 1 && first?.ip === '' ? ` %${first.ifindex}` : '';
  const place = `${table} ${prefix} ${tos} ${priority}${device}`;
  let key = `${type} ${scope} ${protocol} ${source} ${nexthop}`;
  for (const { ip, ifindex } of hops) key += ` ${ip}%${ifindex}`;
  return { ...route, hops, place, key };
}

/** RTA_MULTIPATH: structs rtnexthop, each with attributes of its own. */
export function readHops(list: Attributes): Hop[] {
  const hops: Hop[] = [];
  for (let at = 0; at + HOP_SIZE <= list.length && hops.length < HOPS_MAX; ) {
    const length = list.u16(at);
    if (length < HOP_SIZE || at + length > list.length) break;
    let ip = '';
    const encap = new Encap();
    const attributes = new Attributes(list.bytes(at + HOP_SIZE, length - HOP_SIZE));
    while (attributes.next()) {
      if (attributes.type === 5) ip = ipText(attributes.bytes());
      if (attributes.type === 18) ip = ipText(attributes.bytes(2));
      if (attributes.type === 21) encap.type = attributes.u16();
      if (attributes.type === 22) encap.inside = attributes.nested();
    }
    hops.push({ ip, ifindex: list.i32(at + 4), weight: list.u8(at + 3) + 1, encap: encap.text() });
    at += (length + 3) & ~3;
  }
  return hops;
}

export function byDestination(a: Route, b: Route): number {
  if (a.order !== b.order) return a.order < b.order ? -1 : 1;
  return a.priority - b.priority || (a.key < b.key ? -1 : Number(a.key > b.key));
}

const ANY = new Uint8Array(16);

function hex(family: number, bytes: Uint8Array, length: number): string {
  let text = family === AF_INET ? '4' : '6';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text + length.toString(16).padStart(2, '0');
}
