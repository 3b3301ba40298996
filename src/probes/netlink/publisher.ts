/** What of a namespace is in the graph: tables become nodes and edges here, and nowhere else. */
import type { Change } from '../../graph/change.ts';
import type { Metadata } from '../../graph/element.ts';
import type { DeviceSocket } from '../../native/door.ts';
import { interfaceId } from '../identity.ts';
import type { Namespace, ProbeContext } from '../probe.ts';
import { describe } from './description.ts';
import type { DeviceReader } from './device.ts';
import { Devices } from './devices.ts';
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
  /** Aborted when the namespace is let go: nothing is said of it any more. */
  readonly signal: AbortSignal;
}

export class Publisher implements Place {
  tables: Tables;
  readonly #namespace: Namespace;
  readonly #parts: Parts;
  /** ifindex → node id, of what is in the graph. */
  readonly #published = new Map<number, string>();
  readonly #devices: Devices;
  /** Long lists are made once and shown until a route changes. */
  readonly #routing = new Map<number, readonly Metadata[]>();

  constructor(namespace: Namespace, tables: Tables, parts: Parts) {
    this.#namespace = namespace;
    this.tables = tables;
    this.#parts = parts;
    this.#devices = new Devices(parts.devices, parts.shared.reader);
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
    return this.#devices.byBus(busInfo);
  }

  reread(ifindex: number): void {
    this.#parts.reread(ifindex);
  }

  physicalFunction(ifindex: number): string | undefined {
    return this.#devices.functionOf(ifindex)?.of;
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

  /** One transaction. Interfaces whose devices are to be asked first follow together in one more. */
  publish(news: News): void {
    void this.publishWhole(news);
  }

  /** The same; resolves when all of it is in the graph. */
  publishWhole(news: News): Promise<void> | undefined {
    for (const ifindex of [...news.gone, ...news.recreated]) this.#devices.forget(ifindex);
    const asked = this.#ask(news);
    this.#tell(news, (ifindex) => !this.#devices.isAwaited(ifindex));
    return asked.size > 0 ? this.#tellAnswered(asked) : undefined;
  }

  /** Also those of which more was asked since: who changes all the time is described all the same. */
  async #tellAnswered(asked: ReadonlyMap<number, Promise<boolean>>): Promise<void> {
    const { shared, signal } = this.#parts;
    try {
      const news = new News();
      const take = async ([ifindex, answer]: [number, Promise<boolean>]) => {
        if (await answer) news.touched.add(ifindex);
      };
      await Promise.all([...asked].map(take));
      if (!signal.aborted) this.#tell(news, () => true);
    } catch (error) {
      shared.fail(error);
    }
  }

  #ask(news: News): Map<number, Promise<boolean>> {
    const asked = new Map<number, Promise<boolean>>();
    const ask = (ifindex: number, what: 'all' | 'mode') => {
      const link = this.tables.links.get(ifindex);
      const answer = link && this.#devices.ask(link, what);
      if (answer !== undefined) asked.set(ifindex, answer);
    };
    // Where nobody tells of other settings all is asked.
    const change = this.#parts.shared.monitor ? 'mode' : 'all';
    for (const ifindex of news.modes) if (!news.devices.has(ifindex)) ask(ifindex, change);
    for (const ifindex of news.devices) ask(ifindex, 'all');
    for (const ifindex of told(news)) if (!this.#devices.wasAsked(ifindex)) ask(ifindex, 'all');
    return asked;
  }

  #tell(news: News, isKnown: (ifindex: number) => boolean): void {
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
    for (const ifindex of news.routed) this.#routing.delete(ifindex);
    for (const ifindex of told(news)) if (isKnown(ifindex)) relate(this.#write(ifindex, changes));
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
    this.#routing.delete(ifindex);
    changes.push({ kind: 'gone', id: node, of: 'node' });
    return this.#parts.shared.topology.gone(node);
  }

  #write(ifindex: number, changes: Change[]): Interface[] {
    const link = this.tables.links.get(ifindex);
    if (!link) return [];
    const isNew = !this.#published.has(ifindex);
    const id = this.#published.get(ifindex) ?? interfaceId(this.nodeId, ifindex);
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
    const described = describe(link, this.tables, {
      ownerTid: this.#namespace.tid,
      device: this.#devices.of(ifindex),
      linkNetnsName: linkNetns?.name,
      vfId: this.#devices.functionOf(ifindex)?.id,
      routingTables: routing === NONE ? undefined : routing,
    });
    return this.#isInternal(ifindex) ? { ...described, Type: 'internal' } : described;
  }

  /** For Open vSwitch it is one of its own ports, for the kernel a tap or the like: its word is the better one. */
  #isInternal(ifindex: number): boolean {
    const id = this.#published.get(ifindex);
    if (id === undefined) return false;
    const [node] = this.#parts.shared.context.view().nodes(id);
    return node?.metadata.Type === 'internal' && node.metadata.Ovs !== undefined;
  }

  /** Rules, and routes that go nowhere: they are on no interface. */
  #namespaceKeys(): Change {
    const rules = [...this.tables.rules.values()].sort(byPriority).map((rule) => rule.keys);
    const routing = routingTables(this.tables.routes.of(NOWHERE));
    const set: Record<string, Metadata[string]> = { ...this.tables.netconfs.ofNamespace() };
    if (rules.length > 0) set.RoutingRules = rules;
    if (routing) set.RoutingTables = routing;
    const unset = NAMESPACE_KEYS.filter((key) => !Object.hasOwn(set, key));
    return { kind: 'set', id: this.nodeId, of: 'node', set, unset };
  }
}

const NONE: readonly Metadata[] = [];

function told(news: News): Set<number> {
  return new Set([...news.touched, ...news.routed, ...news.neighboured]);
}
