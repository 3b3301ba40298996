/** Tunnels of the kernel and of Open vSwitch: the way outside to the other end, and on from there. */
import type { GraphNode } from '../../graph/element.ts';
import { objectsIn } from '../routing.ts';
import { type Atlas, canonical, nameOf, numberOf, objectOf, textOf, textsIn, typeOf } from './atlas.ts';
import type { Frame, Packet, Trip, Walker, Way } from './frame.ts';
import {
  best,
  type ForwardingEntry,
  type Hop,
  type Outcome,
  prefixed,
  stopped,
  type TunnelTaken,
  unknown,
} from './hop.ts';
import { downOf, interfaceHop } from './interface.ts';
import { sourceFor } from './source-address.ts';
import { bridgeOf, switchNamespace } from './switch-ports.ts';

/** One end, of whichever kind, in the same words. */
interface TunnelEnd {
  readonly type: string;
  /** VNI or key; 'flow': whatever comes with a packet. */
  readonly key: number | 'flow' | undefined;
  readonly local: string | undefined;
  /** 'flow' and undefined: from anywhere, to where forwarding entries or rules say. */
  readonly remote: string | 'flow' | undefined;
  readonly port: number | undefined;
  readonly isOvs: boolean;
  /** Several ends at once (multicast). */
  readonly group: string | undefined;
}

const UDP = 17;
const GRE = 47;
/** Nested deeper than this, tunnels lead into themselves. */
const DEPTH_MAX = 6;
const REMOTES_MAX = 64;

export function isTunnelEnd(node: GraphNode): boolean {
  return endOf(node) !== undefined;
}

export function* encapsulate(walker: Walker, node: GraphNode, frame: Frame, trip: Trip): Way {
  const { atlas } = walker;
  const end = endOf(node);
  if (end === undefined) return unknown([], 'tunnel', `what kind of tunnel ${nameOf(node)} is is not known here`);
  if (trip.depth >= DEPTH_MAX)
    return stopped([], 'nested', `${nameOf(node)} is the ${DEPTH_MAX + 1}th tunnel around the packet`);
  const namespace = namespaceOf(atlas, node, end);
  if (namespace === undefined)
    return unknown([], 'tunnel', `in which namespace the outside of ${nameOf(node)} is is not in the graph`);
  const key = end.key === 'flow' ? frame.tunnel?.key : end.key;
  const remotes = remotesOf(node, end, frame);
  if (remotes.length === 0) return unknown([], 'tunnel', whyNoRemote(node, end, frame));
  const outcomes: Outcome[] = [];
  for (const { remote, entry } of remotes.slice(0, REMOTES_MAX)) {
    const outcome = yield* through({ walker, node, end, namespace, key, remote, entry }, frame, trip);
    outcomes.push(outcome);
    if (outcome.end.kind === 'arrived') break;
  }
  return best(outcomes) as Outcome;
}

interface Through {
  readonly walker: Walker;
  readonly node: GraphNode;
  readonly end: TunnelEnd;
  readonly namespace: GraphNode;
  readonly key: number | undefined;
  readonly remote: string;
  readonly entry: ForwardingEntry | undefined;
}

function* through({ walker, node, end, namespace, key, remote, entry }: Through, frame: Frame, trip: Trip): Way {
  const { atlas } = walker;
  const family = remote.includes(':') ? 6 : 4;
  const source = end.local ?? sourceFor(atlas, namespace, remote)?.address;
  const overhead = overheadOf(end, family, key);
  const tunnel: TunnelTaken = {
    type: end.type,
    ...(key !== undefined && { key }),
    ...(source !== undefined && { local: source }),
    remote,
    overhead,
  };
  const text = `${end.type} ${key === undefined ? '' : `${key} `}to ${remote} (${overhead} bytes more)`;
  const hop = interfaceHop(node, { kind: 'tunnel', text, tunnel, ...(entry && { fdb: entry }) }, trip.depth);
  if (source === undefined)
    return stopped([hop], 'no-route', `${nameOf(namespace)} has no route to ${remote}, the tunnel's other end`);
  const outer: Packet = {
    source,
    destination: remote,
    family,
    protocol: protocolOf(end),
    sourcePort: undefined,
    destinationPort: end.port,
  };
  const carried = yield* walker.carry(namespace, outer, trip.depth + 1);
  const beyond = carried.end.kind === 'unknown' ? pairedWith(atlas, node) : undefined;
  if (carried.end.kind !== 'arrived' && beyond === undefined) return prefixed([hop], carried);
  const hops = [hop, ...carried.hops];
  const inside: Frame = { ...frame, tunnel: { key, source, destination: remote } };
  if (carried.end.kind !== 'arrived' && beyond !== undefined) {
    const text = `what lies between ${source} and ${remote} passes it on: ${carried.end.reason}`;
    return yield* leaveTunnel(walker, beyond, { type: end.type, hops, assumed: text }, inside, trip);
  }
  const far = carried.end.kind === 'arrived' ? atlas.namespace(carried.end.at) : undefined;
  const found = far && otherEnd(atlas, far, { end, key, outer });
  if (found === undefined || far === undefined) return unknown(hops, 'tunnel-end', whyNoEnd(far, end, key));
  if (typeof found === 'string') return stopped(hops, 'tunnel-end', found);
  return yield* leaveTunnel(walker, found, { type: end.type, hops }, inside, trip);
}

function* leaveTunnel(
  walker: Walker,
  node: GraphNode,
  { type, hops, assumed }: { readonly type: string; readonly hops: readonly Hop[]; readonly assumed?: string },
  inside: Frame,
  trip: Trip,
): Way {
  const issues = assumed === undefined ? [] : [{ code: 'underlay', text: assumed, weight: 'assumed' as const }];
  const arrival = interfaceHop(node, { kind: 'tunnel-end', text: `takes it out of ${type}` }, trip.depth, issues);
  const down = downOf(node);
  if (down !== undefined) return { hops: [...hops, arrival], end: { kind: 'stopped', code: 'down', reason: down } };
  return prefixed([...hops, arrival], yield* walker.receive(node, inside, trip));
}

/** The other end, where the graph says which it is although not how the outside gets there; one of several nobody knows. */
function pairedWith(atlas: Atlas, node: GraphNode): GraphNode | undefined {
  const paired = [...atlas.links(node)].filter(({ type }) => type === 'tunnel');
  return paired.length === 1 ? paired[0]?.node : undefined;
}

/** The end in that namespace which takes what this one sends; a sentence where those that are there do not. */
function otherEnd(
  atlas: Atlas,
  namespace: GraphNode,
  { end, key, outer }: { readonly end: TunnelEnd; readonly key: number | undefined; readonly outer: Packet },
): GraphNode | string | undefined {
  let why: string | undefined;
  let found: GraphNode | undefined;
  for (const node of atlas.tunnels) {
    atlas.budget.spend();
    const other = endOf(node);
    if (other === undefined || !isSameKind(other, end)) continue;
    if (namespaceOf(atlas, node, other)?.id !== namespace.id) continue;
    const mismatch = mismatchOf(other, end, key, outer);
    if (mismatch === undefined) {
      // One that names this end goes before one that takes all.
      if (found === undefined || other.remote === outer.source) found = node;
    } else why ??= `${nameOf(node)} in ${nameOf(namespace)} does not take it: ${mismatch}`;
  }
  return found ?? why;
}

function mismatchOf(other: TunnelEnd, end: TunnelEnd, key: number | undefined, outer: Packet): string | undefined {
  if (other.key !== 'flow' && (other.key ?? 0) !== (key ?? 0)) return `its key is ${other.key ?? 0}, not ${key ?? 0}`;
  if (other.local !== undefined && other.local !== outer.destination) return `its own end is ${other.local}`;
  // A kernel's VXLAN takes packets of its number from anywhere.
  const isPicky = other.isOvs || !/^(vxlan|geneve)$/.test(other.type);
  const { remote } = other;
  if (isPicky && remote !== undefined && remote !== 'flow' && remote !== outer.source)
    return `its other end is ${remote}, not ${outer.source}`;
  if (other.port !== end.port) return `it is at port ${other.port}, not ${end.port}`;
  return undefined;
}

function whyNoEnd(far: GraphNode | undefined, { type }: TunnelEnd, key: number | undefined): string {
  const where = far === undefined ? 'there' : `in ${nameOf(far)}`;
  return `no ${type}${key === undefined ? '' : ` with key ${key}`} is known ${where} that would take it`;
}

function whyNoRemote(node: GraphNode, { group, remote }: TunnelEnd, { targetMac }: Frame): string {
  if (group !== undefined)
    return `${nameOf(node)} sends to all of ${group} what it has not learned: who that is is not known`;
  if (remote === 'flow') return `where ${nameOf(node)} sends to is set by rules, and not known here`;
  return `${nameOf(node)} knows no other end for ${targetMac ?? 'this'}`;
}

function isSameKind(one: TunnelEnd, other: TunnelEnd): boolean {
  return (
    one.type === other.type ||
    (one.type.replace('tap', '') === other.type.replace('tap', '') && one.isOvs !== other.isOvs)
  );
}

/** Entries for the address, else those for all others, else the one other end. */
function remotesOf(node: GraphNode, end: TunnelEnd, frame: Frame): { remote: string; entry?: ForwardingEntry }[] {
  const entries = objectsIn(node.metadata.FDB).filter(({ IP }) => typeof IP === 'string');
  const those = (mac: string, state: ForwardingEntry['state'] | undefined) =>
    entries.flatMap(({ MAC, IP, State }) => {
      const remote = canonical(IP as string);
      if (MAC !== mac || remote === undefined) return [];
      const kept = textsIn(State).includes('NUD_PERMANENT') ? ('static' as const) : ('learned' as const);
      return [{ remote, entry: { mac, state: state ?? kept } }];
    });
  if (!end.isOvs && frame.targetMac !== undefined) {
    const known = those(frame.targetMac, undefined);
    if (known.length > 0) return known;
  }
  if (!end.isOvs) {
    const all = those('00:00:00:00:00:00', 'flooded');
    if (all.length > 0) return all;
  }
  if (end.remote === 'flow') {
    const remote = canonical(frame.tunnel?.destination ?? '');
    return remote === undefined ? [] : [{ remote }];
  }
  return end.remote === undefined ? [] : [{ remote: end.remote }];
}

/** The outside of a tunnel of the kernel stays in the namespace it was made in. */
function namespaceOf(atlas: Atlas, node: GraphNode, { isOvs }: TunnelEnd): GraphNode | undefined {
  if (isOvs) {
    const bridge = bridgeOf(atlas, node);
    return bridge && switchNamespace(atlas, bridge);
  }
  const own = atlas.namespace(node);
  const name = textOf(node.metadata.LinkNetNsName);
  if (name !== undefined) {
    for (const { node: below } of atlas.links(node)) {
      const there = atlas.namespace(below);
      if (there !== undefined && nameOf(there) === name) return there;
    }
    for (const one of atlas.view.nodesWith('Name', name) ?? [])
      if (typeOf(one) === 'netns' && one.host === node.host) return one;
  }
  // It was made in another, which has no name here.
  return numberOf(node.metadata.LinkNetNsID) === undefined ? own : undefined;
}

function endOf(node: GraphNode): TunnelEnd | undefined {
  const { Vxlan, Geneve, Tunnel, Ovs } = node.metadata;
  const type = typeOf(node);
  const ovs = objectOf(Ovs);
  const options = objectOf(ovs.Options);
  if (options.remote_ip !== undefined) return ovsEnd(textOf(ovs.Type) ?? type, options);
  if (Vxlan !== undefined) return kernelEnd('vxlan', objectOf(Vxlan), 8472);
  if (Geneve !== undefined) return kernelEnd('geneve', objectOf(Geneve), 6081);
  return Tunnel === undefined ? undefined : kernelEnd(type, objectOf(Tunnel), undefined);
}

function ovsEnd(type: string, options: Readonly<Record<string, unknown>>): TunnelEnd {
  const text = (value: unknown) => (value === undefined ? undefined : String(value));
  const key = text(options.in_key ?? options.key);
  const remote = text(options.remote_ip);
  const ports: Readonly<Record<string, number>> = { vxlan: 4789, geneve: 6081, stt: 7471, lisp: 4341 };
  return {
    type,
    key: key === 'flow' ? 'flow' : key === undefined ? undefined : Number(key),
    local: options.local_ip === 'flow' ? undefined : canonical(text(options.local_ip) ?? ''),
    remote: remote === 'flow' ? 'flow' : canonical(remote ?? ''),
    port: options.dst_port === undefined ? ports[type] : Number(options.dst_port),
    isOvs: true,
    group: undefined,
  };
}

function kernelEnd(type: string, said: Readonly<Record<string, unknown>>, port: number | undefined): TunnelEnd {
  const address = (value: unknown) => (typeof value === 'string' ? canonical(value) : undefined);
  const key = said.VNI ?? said.IKey;
  return {
    type,
    key: said.External === true ? 'flow' : typeof key === 'number' ? key : undefined,
    local: address(said.Local),
    remote: said.External === true ? 'flow' : address(said.Remote),
    port: typeof said.Port === 'number' ? said.Port : port,
    isOvs: false,
    group: typeof said.Group === 'string' ? said.Group : undefined,
  };
}

function protocolOf({ type }: TunnelEnd): number | undefined {
  if (/^(vxlan|geneve|lisp|gtpu|bareudp)$/.test(type)) return UDP;
  if (/gre|erspan/.test(type)) return GRE;
  const others: Readonly<Record<string, number>> = { ipip: 4, sit: 41, ip6tnl: 41, stt: 6 };
  return others[type];
}

/** Outer IP header, the tunnel's own, and the inner Ethernet header where it carries frames (RFC 7348, 8926, 2890). */
function overheadOf({ type, isOvs }: TunnelEnd, family: 4 | 6, key: number | undefined): number {
  const ip = family === 4 ? 20 : 40;
  const ethernet = 14;
  if (type === 'vxlan' || type === 'geneve') return ip + 8 + 8 + ethernet;
  if (/erspan/.test(type)) return ip + 4 + 4 + 8 + ethernet;
  if (/gre/.test(type)) return ip + 4 + (key === undefined ? 0 : 4) + (isOvs || /tap/.test(type) ? ethernet : 0);
  if (type === 'stt') return ip + 20 + 18 + ethernet;
  return ip;
}
