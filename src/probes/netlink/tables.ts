/** What is known of one namespace. Every message of the kernel, of a dump or of news, goes through `hear`. */

import { Attributes } from '../../native/attributes.ts';
import { type Address, AF_INET, readAddress } from './address.ts';
import { allow, forbid, type VlanSet, vlanRanges } from './bridgevlan.ts';
import { type Filter, PARENT_ROOT, readFilter, readQueueDiscipline, TC_SIZE } from './filter.ts';
import { IFF_UP } from './flags.ts';
import { Grouped } from './grouped.ts';
import { kindOf } from './kinds/index.ts';
import { type Link, readBridgeLink, readLink, readLinkHead } from './link.ts';
import { type MulticastRoute, readMulticastRoute } from './multicastroute.ts';
import { AF_BRIDGE, isImplied, isOfBridge, type Neighbour, NUD_AGEING, readNeighbour } from './neighbour.ts';
import { ALL, Netconfs, readNetconf } from './netconf.ts';
import type { News } from './news.ts';
import { type NexthopObject, readNexthop } from './nexthop.ts';
import { readNsid } from './nsid.ts';
import { readRoute, withHops } from './route.ts';
import { interfacesOf, NOWHERE, RouteTable } from './routetable.ts';
import { RTM } from './rtm.ts';
import { type Rule, readRule } from './rule.ts';

export interface Bounds {
  /** Routes kept of one interface. */
  readonly routesMax: number;
  /** Neighbours, and forwarding entries, kept of one interface. */
  readonly neighboursMax: number;
}

export interface Heard {
  readonly type: number;
  readonly flags: number;
  /** What follows the header. */
  readonly body: Uint8Array;
  /** We had asked: there is no more to be had by asking again. */
  readonly isAnswer?: boolean;
}

const ADDRESSES_MAX = 4_096;
/** Multicast routes kept of one interface. */
const MULTICAST_MAX = 1_000;
/** Filters kept of one interface. */
const FILTERS_MAX = 1_000;
const RULES_MAX = 10_000;
const NEXTHOPS_MAX = 100_000;
/** Size of struct br_vlan_msg. */
const BRVLAN_SIZE = 8;
const NLM_F_REPLACE = 0x100;

export class Tables {
  readonly links = new Map<number, Link>();
  readonly vlans = new Map<number, VlanSet>();
  readonly addresses = new Grouped<Address>(ADDRESSES_MAX);
  readonly neighbours: Grouped<Neighbour>;
  readonly forwarding: Grouped<Neighbour>;
  readonly filters = new Grouped<Filter>(FILTERS_MAX);
  readonly multicast = new Grouped<MulticastRoute>(MULTICAST_MAX);
  readonly routes: RouteTable;
  readonly rules = new Map<string, Rule>();
  readonly nexthops = new Map<number, NexthopObject>();
  readonly netconfs = new Netconfs();

  constructor(bounds: Bounds) {
    this.neighbours = new Grouped(bounds.neighboursMax);
    this.forwarding = new Grouped(bounds.neighboursMax);
    this.routes = new RouteTable(bounds.routesMax);
  }

  /** Messages that make no sense change nothing. */
  hear({ type, flags, body, isAnswer = false }: Heard, news: News): void {
    switch (type) {
      case RTM.newLink:
        this.#newLink(body, isAnswer, news);
        break;
      case RTM.delLink:
        this.#delLink(body, news);
        break;
      case RTM.newAddress:
      case RTM.delAddress:
        this.#address(body, type === RTM.newAddress, news);
        break;
      case RTM.newRoute:
      case RTM.delRoute:
        this.#route(body, type === RTM.newRoute, (flags & NLM_F_REPLACE) !== 0, news);
        break;
      case RTM.newNeighbour:
      case RTM.delNeighbour:
        this.#neighbour(body, { isNew: type === RTM.newNeighbour, isAnswer }, news);
        break;
      case RTM.newRule:
      case RTM.delRule:
        this.#rule(body, type === RTM.newRule, news);
        break;
      case RTM.newNexthop:
      case RTM.delNexthop:
        this.#nexthop(body, type === RTM.newNexthop, news);
        break;
      case RTM.newVlan:
      case RTM.delVlan:
        this.#vlan(body, type === RTM.newVlan, news);
        break;
      case RTM.newQdisc:
      case RTM.delQdisc:
        this.#queueDiscipline(body, type === RTM.newQdisc, news);
        break;
      case RTM.newFilter:
      case RTM.delFilter:
        this.#filter(body, type === RTM.newFilter, news);
        break;
      case RTM.newNetconf:
      case RTM.delNetconf:
        this.#netconf(body, type === RTM.newNetconf, news);
        break;
      case RTM.newNsid:
      case RTM.delNsid: {
        const nsid = readNsid(body);
        if (nsid !== undefined) news.nsids.add(nsid);
        break;
      }
    }
  }

  #newLink(body: Uint8Array, isAnswer: boolean, news: News): void {
    const head = readLinkHead(body);
    if (!head) return;
    if (head.family === AF_BRIDGE) {
      this.#bridgeSays(head.ifindex, body, news);
      return;
    }
    const told = readLink(body);
    if (!told) return;
    const before = this.links.get(told.ifindex);
    // News leave out what only a dump is asked for.
    const link = told.vfs === undefined && before?.vfs ? { ...told, vfs: before.vfs } : told;
    this.links.set(link.ifindex, link);
    news.touched.add(link.ifindex);
    if (before && before.kind !== link.kind) news.recreated.add(link.ifindex);
    // ethtool asks by name: what was answered to the old one may have been said of another, or of none.
    if (!before || before.name !== link.name) news.devices.add(link.ifindex);
    else if (before.operState !== link.operState || before.flags !== link.flags) news.modes.add(link.ifindex);
    // The first end of a pair is told of before it has its peer; and news leave out virtual functions.
    const isHalf = link.parent === undefined && kindOf(link.kind)?.isPair === true;
    const mayHaveVfs = before ? before.vfs !== undefined : link.parentDevice !== '';
    if (!isAnswer && (isHalf || (mayHaveVfs && told.vfs === undefined))) news.links.add(link.ifindex);
    if (before && (before.flags ^ link.flags) & IFF_UP) {
      news.forwarding.add(link.ifindex);
      if (!(link.flags & IFF_UP)) news.routes.add(link.ifindex);
    }
    if (!before || before.flags !== link.flags || before.mac !== link.mac) this.#lowerTouched(link, news);
    if (before && before.master !== link.master) this.vlans.delete(link.ifindex);
    if (!before) news.forwarding.add(link.ifindex);
  }

  /** What runs on a device has it listen to addresses, which the kernel does not tell. */
  #lowerTouched({ kind, parent, parentNsid }: Link, news: News): void {
    if (parent !== undefined && parentNsid === undefined && !kindOf(kind)?.isPair) news.forwarding.add(parent);
  }

  #bridgeSays(ifindex: number, body: Uint8Array, news: News): void {
    const link = this.links.get(ifindex);
    const { port, vlans } = readBridgeLink(body);
    if (vlans && vlans.size > 0) this.vlans.set(ifindex, vlans);
    if (!link) return;
    if (port) this.links.set(ifindex, { ...link, slaveKeys: { ...link.slaveKeys, BridgePort: port } });
    news.touched.add(ifindex);
  }

  #delLink(body: Uint8Array, news: News): void {
    const head = readLinkHead(body);
    if (!head) return;
    // A bridge says that a port left it; the link lives on and tells so itself.
    if (head.family === AF_BRIDGE) {
      if (this.vlans.delete(head.ifindex)) news.touched.add(head.ifindex);
      return;
    }
    this.#removeLink(head.ifindex, news);
  }

  /** With it goes all that was on it, of which the kernel says nothing. */
  #removeLink(ifindex: number, news: News): void {
    const link = this.links.get(ifindex);
    if (link) this.#lowerTouched(link, news);
    this.vlans.delete(ifindex);
    this.addresses.clear(ifindex);
    this.neighbours.clear(ifindex);
    this.forwarding.clear(ifindex);
    this.filters.clear(ifindex);
    this.multicast.clear(ifindex);
    for (const other of this.routes.removeInterface(ifindex)) if (other !== NOWHERE) news.routed.add(other);
    this.links.delete(ifindex);
    this.netconfs.forget(ifindex);
    news.gone.add(ifindex);
  }

  #address(body: Uint8Array, isNew: boolean, news: News): void {
    const address = readAddress(body);
    if (!address) return;
    const { ifindex, text } = address;
    const key = `${address.family} ${text}`;
    if (isNew) this.addresses.set(ifindex, key, address);
    else if (!this.addresses.delete(ifindex, key)) return;
    news.touched.add(ifindex);
    // Addresses come with multicast groups, of which the kernel does not tell.
    news.forwarding.add(ifindex);
    if (isNew || address.family !== AF_INET) return;
    const ip = text.slice(0, text.indexOf('/'));
    for (const other of this.routes.interfacesPreferring(ip, this.links.keys())) news.routes.add(other);
  }

  #route(body: Uint8Array, isNew: boolean, isReplacing: boolean, news: News): void {
    const read = readRoute(body);
    if (!read) {
      this.#multicastRoute(body, isNew, news);
      return;
    }
    const shared = read.nexthop !== 0 && read.hops.every((hop) => hop.ifindex === 0 && hop.ip === '');
    const route = shared ? withHops(read, this.#hopsOf(read.nexthop)) : read;
    const touched = isNew ? this.routes.add(route, isReplacing) : this.routes.remove(route);
    for (const ifindex of touched) {
      if (ifindex === NOWHERE) news.isNamespaceTouched = true;
      else news.routed.add(ifindex);
    }
    if (isReplacing) for (const ifindex of interfacesOf(route)) if (ifindex !== NOWHERE) news.routes.add(ifindex);
  }

  #multicastRoute(body: Uint8Array, isNew: boolean, news: News): void {
    const route = readMulticastRoute(body);
    if (!route) return;
    if (isNew) this.multicast.set(route.ifindex, route.key, route);
    else if (!this.multicast.delete(route.ifindex, route.key)) return;
    news.touched.add(route.ifindex);
  }

  /** Next hops of an object, of which routes only have the id (net.ipv4.nexthop_compat_mode = 0). */
  #hopsOf(id: number) {
    const object = this.nexthops.get(id);
    const members = object && object.group.length > 0 ? object.group : [{ id, weight: 1 }];
    return members.map(({ id: member, weight }) => {
      const { gateway = '', ifindex = 0 } = this.nexthops.get(member) ?? {};
      return { ip: gateway, ifindex, weight, encap: '' };
    });
  }

  #neighbour(body: Uint8Array, { isNew, isAnswer }: { isNew: boolean; isAnswer: boolean }, news: News): void {
    const neighbour = readNeighbour(body);
    if (!neighbour) return;
    const table = neighbour.isForwarding ? this.forwarding : this.neighbours;
    const { ifindex, key } = neighbour;
    if (!isNew || isImplied(neighbour)) {
      if (table.delete(ifindex, key)) news.neighboured.add(ifindex);
      return;
    }
    const before = table.get(ifindex, key);
    table.set(ifindex, key, neighbour);
    if (before === undefined && !isAnswer && isOfBridge(neighbour)) this.#movedFrom(neighbour, news);
    if (before && isSameButState(before, neighbour)) news.settling.add(ifindex);
    else news.neighboured.add(ifindex);
  }

  /** A bridge has an address behind one port alone: where it moved to another it says so of that one only (br_fdb_update()). */
  #movedFrom({ ifindex, key }: Neighbour, news: News): void {
    const master = this.links.get(ifindex)?.master ?? 0;
    if (master === 0) return;
    for (const [other, link] of this.links)
      if (link.master === master && other !== ifindex && this.forwarding.delete(other, key))
        news.neighboured.add(other);
  }

  #rule(body: Uint8Array, isNew: boolean, news: News): void {
    const rule = readRule(body);
    if (!rule) return;
    if (!isNew) this.rules.delete(rule.key);
    else if (this.rules.size < RULES_MAX) this.rules.set(rule.key, rule);
    news.isNamespaceTouched = true;
  }

  #nexthop(body: Uint8Array, isNew: boolean, news: News): void {
    const nexthop = readNexthop(body);
    if (!nexthop) return;
    const isKnown = this.nexthops.has(nexthop.id);
    if (!isNew) this.nexthops.delete(nexthop.id);
    else if (isKnown || this.nexthops.size < NEXTHOPS_MAX) this.nexthops.set(nexthop.id, nexthop);
    // Routes with a next hop that is gone or another now go, or change, in silence.
    if (isKnown) news.areAllRoutesStale = true;
  }

  /** Links do not tell anew when their root changes. With a discipline its filters go, in silence. */
  #queueDiscipline(body: Uint8Array, isNew: boolean, news: News): void {
    const told = readQueueDiscipline(body);
    const link = told && this.links.get(told.ifindex);
    if (!told || !link) return;
    if (!isNew && [...this.filters.of(told.ifindex)].length > 0) news.filters.add(told.ifindex);
    if (told.parent !== PARENT_ROOT) return;
    if (!isNew) news.links.add(told.ifindex);
    else if (link.qdisc !== told.kind) {
      this.links.set(told.ifindex, { ...link, qdisc: told.kind });
      news.touched.add(told.ifindex);
    }
  }

  #filter(body: Uint8Array, isNew: boolean, news: News): void {
    const told = readFilter(body);
    if (!told) {
      // All filters of a priority at once: which, is asked.
      const ifindex = body.length < TC_SIZE ? 0 : Attributes.struct(body).i32(4);
      if (!isNew && ifindex > 0) news.filters.add(ifindex);
      return;
    }
    if (isNew) this.filters.set(told.ifindex, told.key, told);
    else if (!this.filters.delete(told.ifindex, told.key)) return;
    news.touched.add(told.ifindex);
  }

  #netconf(body: Uint8Array, isNew: boolean, news: News): void {
    const netconf = readNetconf(body);
    if (!netconf) return;
    const { ifindex, family } = netconf;
    // An interface is told of only after its settings.
    if (isNew) this.netconfs.set(netconf);
    else this.netconfs.delete(ifindex, family);
    if (ifindex === ALL) news.isNamespaceTouched = true;
    else if (isNew) news.touched.add(ifindex);
  }

  #vlan(body: Uint8Array, isNew: boolean, news: News): void {
    if (body.length < BRVLAN_SIZE) return;
    const ifindex = Attributes.struct(body).u32(4);
    const vlans = this.vlans.get(ifindex) ?? new Map<number, number>();
    for (const range of vlanRanges(new Attributes(body, BRVLAN_SIZE))) (isNew ? allow : forbid)(vlans, range);
    this.vlans.set(ifindex, vlans);
    news.touched.add(ifindex);
  }
}

/** The MAC is the same, known or unknown: it only aged, or was confirmed, or still does not answer. */
function isSameButState(before: Neighbour, after: Neighbour): boolean {
  return before.entry.MAC === after.entry.MAC && isAgeing(before.state) && isAgeing(after.state);
}

function isAgeing(state: number): boolean {
  return state !== 0 && (state & ~NUD_AGEING) === 0;
}
