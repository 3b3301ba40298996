/** What of a namespace is in the graph: tables become nodes and edges here, and nowhere else. */
import type { Change } from '../../graph/change.ts';
import type { Metadata } from '../../graph/element.ts';
import type { DeviceSocket } from '../../native/door.ts';
import { interfaceId } from '../identity.ts';
import type { Namespace, ProbeContext } from '../probe.ts';
import { describe } from './description.ts';
import type { Device, DeviceReader } from './device.ts';
import { kindOf } from './kinds/index.ts';
import type { Link } from './link.ts';
import type { Monitor } from './monitor.ts';
import { News } from './news.ts';
import type { Nsids } from './nsids.ts';
import type { Options } from './options.ts';
import { NOWHERE } from './routetable.ts';
import { routingTables } from './routingtables.ts';
import { byPriority } from './rule.ts';
import type { Slices } from './slices.ts';
import type { Tables } from './tables.ts';
import type { Interface, Place, Topology } from './topology.ts';
import { type VirtualFunction, virtualFunction } from './virtualfunction.ts';
import { NAMESPACE_KEYS, OWNED } from './vocabulary.ts';

/** What all namespaces have in common. */
export interface Shared {
  readonly context: ProbeContext<Options>;
  readonly topology: Topology;
  readonly reader: DeviceReader;
  readonly monitor: Monitor | undefined;
  readonly slices: Slices;
  /** Ends the run with a bug that showed outside of any call from it. */
  readonly fail: (error: unknown) => void;
}

interface Parts {
  readonly shared: Shared;
  readonly devices: DeviceSocket | undefined;
  readonly nsids: Nsids;
  readonly reread: (ifindex: number) => void;
}

export class Publisher implements Place {
  tables: Tables;
  readonly #namespace: Namespace;
  readonly #parts: Parts;
  /** ifindex → node id, of what is in the graph. */
  readonly #published = new Map<number, string>();
  readonly #devices = new Map<number, Device>();
  readonly #functions = new Map<number, VirtualFunction>();
  /** Long lists are made once and shown until a route changes. */
  readonly #routing = new Map<number, readonly Metadata[]>();

  constructor(namespace: Namespace, tables: Tables, parts: Parts) {
    this.#namespace = namespace;
    this.tables = tables;
    this.#parts = parts;
  }

  get nodeId(): string {
    return this.#namespace.nodeId;
  }

  link(ifindex: number): Link | undefined {
    return this.tables.links.get(ifindex);
  }

  published(ifindex: number): string | undefined {
    return this.#published.get(ifindex);
  }

  namespaceBy(nsid: number): string | undefined {
    return this.#parts.nsids.find(nsid);
  }

  byBus(busInfo: string): number | undefined {
    for (const [ifindex, device] of this.#devices) if (device.busInfo === busInfo) return ifindex;
    return undefined;
  }

  reread(ifindex: number): void {
    this.#parts.reread(ifindex);
  }

  physicalFunction(ifindex: number): string | undefined {
    return this.#functions.get(ifindex)?.of;
  }

  /** Takes over what an earlier run of this probe left in the graph: what is not there any more will go. */
  adopt(): void {
    const { context, topology } = this.#parts.shared;
    const view = context.view();
    for (const owner of view.nodes(this.nodeId))
      for (const edge of view.out(owner))
        for (const node of view.children(edge)) {
          const ifindex = node.metadata.IfIndex;
          if (typeof ifindex !== 'number' || node.id !== interfaceId(this.nodeId, ifindex)) continue;
          this.#published.set(ifindex, node.id);
          topology.appeared(this, ifindex, node.id);
          topology.relations.adopt([...view.out(node), ...view.in(node)]);
        }
  }

  /** Links in the graph that a reading does not have. */
  missingFrom(tables: Tables): number[] {
    return [...this.#published.keys()].filter((ifindex) => !tables.links.has(ifindex));
  }

  /** From now on this is so; `kept` are there although they were not read. Gives what went. */
  take(tables: Tables, kept: ReadonlySet<number>): News {
    const news = new News();
    for (const [ifindex, before] of this.tables.links) {
      const now = tables.links.get(ifindex);
      if (!now && kept.has(ifindex)) tables.links.set(ifindex, before);
      if (now && now.kind !== before.kind) news.gone.add(ifindex);
    }
    for (const ifindex of this.missingFrom(tables)) if (!kept.has(ifindex)) news.gone.add(ifindex);
    this.tables = tables;
    this.#routing.clear();
    return news;
  }

  /** Everything that points to the namespace with this number. */
  across(nsid: number): News {
    const news = new News();
    for (const link of this.tables.links.values()) if (link.parentNsid === nsid) news.touched.add(link.ifindex);
    return news;
  }

  /** One transaction. */
  publish(news: News): void {
    const { context, topology } = this.#parts.shared;
    const changes: Change[] = [];
    const related = new Map<string, Interface>();
    const relate = (interfaces: readonly Interface[]) => {
      for (const one of interfaces) {
        const node = one.place.published(one.ifindex);
        if (node !== undefined) related.set(node, one);
      }
    };
    const bereft = [...news.gone, ...news.recreated].flatMap((ifindex) => this.#remove(ifindex, changes));
    relate(bereft);
    for (const ifindex of news.devices) this.#readDevice(ifindex);
    for (const ifindex of news.modes) this.#readMode(ifindex);
    for (const ifindex of news.routed) this.#routing.delete(ifindex);
    for (const ifindex of new Set([...news.touched, ...news.routed, ...news.neighboured]))
      relate(this.#write(ifindex, changes));
    for (const one of related.values()) changes.push(...topology.relate(one));
    if (news.isNamespaceTouched) changes.push(this.#namespaceKeys());
    if (changes.length === 0) return;
    const { refused } = context.graph.apply(changes);
    if (refused.length > 0) context.count('refused', refused.length);
    this.#lookForPeers(bereft);
  }

  /** Half of a pair went: the other goes too, or it is told nothing of where its peer is now. */
  #lookForPeers(bereft: readonly Interface[]): void {
    for (const { place, ifindex } of bereft) {
      const kind = place.published(ifindex) === undefined ? undefined : place.link(ifindex)?.kind;
      if (kind !== undefined && kindOf(kind)?.isPair) place.reread(ifindex);
    }
  }

  /** The namespace is gone, and everything in it. */
  withdraw(): void {
    const news = new News();
    for (const ifindex of this.#published.keys()) news.gone.add(ifindex);
    this.publish(news);
  }

  #remove(ifindex: number, changes: Change[]): Interface[] {
    const node = this.#published.get(ifindex);
    if (node === undefined) return [];
    this.#published.delete(ifindex);
    this.#devices.delete(ifindex);
    this.#functions.delete(ifindex);
    this.#routing.delete(ifindex);
    changes.push({ kind: 'gone', id: node, of: 'node' });
    return this.#parts.shared.topology.gone(node);
  }

  #write(ifindex: number, changes: Change[]): Interface[] {
    const link = this.tables.links.get(ifindex);
    if (!link) return [];
    const isNew = !this.#published.has(ifindex);
    const id = this.#published.get(ifindex) ?? interfaceId(this.nodeId, ifindex);
    if (isNew && !this.#devices.has(ifindex)) this.#readDevice(ifindex);
    changes.push({ kind: 'node', id, metadata: this.#describe(link), owns: OWNED });
    const self = { place: this, ifindex };
    this.#published.set(ifindex, id);
    return isNew ? [self, ...this.#parts.shared.topology.appeared(this, ifindex, id)] : [self];
  }

  #describe(link: Link): Metadata {
    const { ifindex, parentNsid } = link;
    const { context } = this.#parts.shared;
    const there = parentNsid === undefined ? undefined : this.namespaceBy(parentNsid);
    const linkNetns = there === undefined ? undefined : context.namespaces.list().find((ns) => ns.nodeId === there);
    let routing = this.#routing.get(ifindex);
    if (!routing) {
      routing = routingTables(this.tables.routes.of(ifindex)) ?? NONE;
      this.#routing.set(ifindex, routing);
    }
    return describe(link, this.tables, {
      ownerTid: this.#namespace.tid,
      device: this.#devices.get(ifindex),
      linkNetnsName: linkNetns?.name,
      vfId: this.#functions.get(ifindex)?.id,
      routingTables: routing === NONE ? undefined : routing,
    });
  }

  #readDevice(ifindex: number): void {
    const link = this.tables.links.get(ifindex);
    const { devices, shared } = this.#parts;
    if (!link || !devices) return;
    const device = shared.reader.read(devices, link.name, link.kind !== '' && link.parentDevice === '');
    const before = this.#devices.get(ifindex);
    this.#devices.set(ifindex, device);
    if (before?.busInfo === device.busInfo) return;
    const vf = device.busInfo ? virtualFunction(device.busInfo) : undefined;
    if (vf) this.#functions.set(ifindex, vf);
    else this.#functions.delete(ifindex);
  }

  #readMode(ifindex: number): void {
    const link = this.tables.links.get(ifindex);
    const before = this.#devices.get(ifindex);
    const { devices, shared } = this.#parts;
    if (!link || !devices || !before) return;
    if (shared.monitor) this.#devices.set(ifindex, { ...before, ...shared.reader.readMode(devices, link.name) });
    // Nobody tells of other settings on this kernel.
    else this.#readDevice(ifindex);
  }

  /** Rules, and routes that go nowhere: they are on no interface. */
  #namespaceKeys(): Change {
    const rules = [...this.tables.rules.values()].sort(byPriority).map((rule) => rule.keys);
    const routing = routingTables(this.tables.routes.of(NOWHERE));
    const set: Record<string, Metadata[string]> = {};
    if (rules.length > 0) set.RoutingRules = rules;
    if (routing) set.RoutingTables = routing;
    const unset = NAMESPACE_KEYS.filter((key) => !Object.hasOwn(set, key));
    return { kind: 'set', id: this.nodeId, of: 'node', set, unset };
  }
}

const NONE: readonly Metadata[] = [];
