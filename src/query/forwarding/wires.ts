/** Interfaces, one after the other: pairs, VLANs, bonds, devices that share one, and the wire out of the host. */
import type { GraphNode } from '../../graph/element.ts';
import { addressesOf, type Link, nameOf, numberOf, textsIn, typeOf } from './atlas.ts';
import { forward } from './bridge.ts';
import { throughDevice } from './filters/link-gate.ts';
import { type Frame, seenKey, type Trip, type Walker, type Way } from './frame.ts';
import { type Hop, type HowKind, leaving, type Outcome, prefixed, stopped, unknown } from './hop.ts';
import { blockOf, downOf, interfaceHop } from './interface.ts';
import { isMeant } from './meant.ts';
import { answersFor } from './proxy.ts';
import { enter } from './switch.ts';
import { isSwitched } from './switch-ports.ts';
import { encapsulate, isTunnelEnd } from './tunnel.ts';

/** Pairs of interfaces: what one sends the other receives. */
const PAIRS = new Set(['veth', 'netkit', 'vxcan']);
const SHARING = new Set(['macvlan', 'macvtap', 'ipvlan', 'ipvtap']);
/** A program has the other end. */
const PROGRAMS = new Set(['tun', 'tap', 'wireguard', 'dpdkvhostuser', 'dpdkvhostuserclient']);

export function* transmit(walker: Walker, node: GraphNode, frame: Frame, trip: Trip): Way {
  if (walker.atlas.budget.spend()) yield undefined;
  const down = blockOf(node, trip);
  if (down !== undefined) return stopped([], 'down', down);
  const key = seenKey(node, 'out', frame);
  if (trip.seen.has(key)) return stopped([], 'loop', `${nameOf(node)} has had this frame before`);
  trip.seen.add(key);
  const { hops, stop } = yield* throughDevice(walker, node, 'egress', frame, trip);
  if (stop !== undefined) return stopped(hops, stop.code, stop.reason);
  const sent = yield* sentBy(walker, node, frame, trip);
  return hops.length === 0 ? sent : prefixed(hops, sent);
}

function* sentBy(walker: Walker, node: GraphNode, frame: Frame, trip: Trip): Way {
  const type = typeOf(node);
  const links = [...walker.atlas.links(node)];
  if (isTunnelEnd(node)) return yield* encapsulate(walker, node, frame, trip);
  if (PAIRS.has(type)) return yield* over(walker, pairOf(node, links), node, frame, trip);
  if (type === 'patch') return yield* throughPatch(walker, node, links, frame, trip);
  if (type === 'vlan') return yield* intoVlan(walker, node, links, frame, trip);
  if (SHARING.has(type)) return yield* intoShared(walker, node, links, frame, trip);
  if (type === 'bond' || type === 'team') return yield* intoBond(walker, node, links, frame, trip);
  if (type === 'bridge') return yield* forward(walker, node, undefined, frame, trip);
  if (type === 'internal' && isSwitched(node, links)) return yield* enter(walker, node, links, frame, trip);
  if (PROGRAMS.has(type))
    return leaving('program', `${nameOf(node)} hands it to a program, which may do with it what it likes`, node, frame);
  if (type === 'dummy' || type === 'nlmon') return stopped([], 'dummy', `${nameOf(node)} drops all that it is given`);
  return yield* ontoWire(walker, node, links, frame, trip);
}

export function* receive(walker: Walker, node: GraphNode, frame: Frame, trip: Trip): Way {
  if (walker.atlas.budget.spend()) yield undefined;
  const { hops, stop } = yield* throughDevice(walker, node, 'ingress', frame, trip);
  if (stop !== undefined) return stopped(hops, stop.code, stop.reason);
  const taken = yield* receivedBy(walker, node, frame, trip);
  return hops.length === 0 ? taken : prefixed(hops, taken);
}

function* receivedBy(walker: Walker, node: GraphNode, frame: Frame, trip: Trip): Way {
  const links = [...walker.atlas.links(node)];
  if (isSwitched(node, links)) return yield* enter(walker, node, links, frame, trip);
  const master = masterOf(node, links);
  if (master !== undefined) {
    const down = blockOf(master, trip);
    if (down !== undefined) return stopped([], 'down', down);
    if (typeOf(master) === 'bridge') return yield* forward(walker, master, node, frame, trip);
    if (typeOf(master) === 'bond' || typeOf(master) === 'team') {
      const hop = interfaceHop(master, { kind: 'in', text: `${nameOf(node)} is part of it` }, trip.depth);
      return prefixed([hop], yield* walker.receive(master, frame, trip));
    }
  }
  return yield* walker.take(node, frame, trip);
}

/** Up into the stack: first to what stands on the interface, else to itself. */
export function* take(walker: Walker, node: GraphNode, frame: Frame, trip: Trip): Way {
  const links = [...walker.atlas.links(node)];
  const [tag, ...inner] = frame.tags;
  if (tag !== undefined && tag !== 0) {
    const device = links.find(
      ({ node: above, type, isAbove }) => !isAbove && type === 'vlan' && above.metadata.Vlan === tag,
    )?.node;
    if (device === undefined)
      return stopped([], 'vlan', `${nameOf(node)} has no device for VLAN ${tag}: the frame is not for it`);
    const hop = interfaceHop(device, { kind: 'in', text: `takes VLAN ${tag} off` }, trip.depth);
    if (hop.issues.length > 0 && trip.isLenient !== true)
      return { hops: [hop], end: { kind: 'stopped', code: 'down', reason: downText(hop) } };
    return prefixed([hop], yield* walker.receive(device, { ...frame, tags: inner }, trip));
  }
  for (const { node: above, isAbove } of links) {
    if (isAbove || !SHARING.has(typeOf(above)) || !isMeant(above, frame)) continue;
    // Those of IP alone have the MAC of what they stand on.
    if (typeOf(above).startsWith('ipv') && !addressesOf(above.metadata).includes(frame.target)) continue;
    const hop = interfaceHop(above, { kind: 'in', text: `shares ${nameOf(node)}` }, trip.depth);
    if (hop.issues.length > 0 && trip.isLenient !== true)
      return { hops: [hop], end: { kind: 'stopped', code: 'down', reason: downText(hop) } };
    return prefixed([hop], yield* walker.take(above, frame, trip));
  }
  const isAsked = frame.targetMac === undefined;
  if (isMeant(node, frame) || (isAsked && answersFor(walker.atlas, node, frame.target)))
    return { hops: [], end: { kind: 'arrived', at: node, packet: frame.packet } };
  if (textsIn(node.metadata.LinkFlags).includes('PROMISC'))
    return leaving('program', `${nameOf(node)} hears all: a program may take what is not for it`, node, frame);
  const whose = frame.targetMac ?? frame.target;
  return stopped([], 'not-for-it', `${nameOf(node)} is not ${whose}, and passes over what is not for it`);
}

/** The bridge, bond or team of which it is a port. */
function masterOf(node: GraphNode, links: readonly Link[]): GraphNode | undefined {
  const master = numberOf(node.metadata.MasterIndex);
  if (master === undefined) return undefined;
  return links.find((link) => link.isAbove && link.type === '' && link.node.metadata.IfIndex === master)?.node;
}

function pairOf(node: GraphNode, links: readonly Link[]): GraphNode | undefined {
  return links.find((link) => link.type === typeOf(node))?.node;
}

/** To the other end of a cable. */
function* over(walker: Walker, to: GraphNode | undefined, from: GraphNode, frame: Frame, trip: Trip): Way {
  if (to === undefined)
    return leaving(
      'peer',
      `the other end of ${nameOf(from)} is not in the graph: in a namespace nobody watches?`,
      from,
      frame,
    );
  return yield* into(walker, to, { kind: 'in', text: `other end of ${nameOf(from)}` }, frame, trip);
}

function* into(walker: Walker, to: GraphNode, how: Hop['how'], frame: Frame, trip: Trip): Way {
  const hop = interfaceHop(to, how, trip.depth);
  const down = blockOf(to, trip);
  if (down !== undefined) return { hops: [hop], end: { kind: 'stopped', code: 'down', reason: down } };
  return prefixed([hop], yield* walker.receive(to, frame, trip));
}

function* throughPatch(walker: Walker, node: GraphNode, links: readonly Link[], frame: Frame, trip: Trip): Way {
  const peer = links.find(({ type }) => type === 'patch')?.node;
  if (peer === undefined) return stopped([], 'peer', `patch port ${nameOf(node)} has no other end`);
  const hop = interfaceHop(peer, { kind: 'in', text: `other end of patch ${nameOf(node)}` }, trip.depth);
  return prefixed([hop], yield* walker.receive(peer, frame, trip));
}

function* intoVlan(walker: Walker, node: GraphNode, links: readonly Link[], frame: Frame, trip: Trip): Way {
  const below = links.find(({ type, isAbove }) => isAbove && type === 'vlan')?.node;
  const tag = numberOf(node.metadata.Vlan);
  if (below === undefined || tag === undefined)
    return unknown([], 'below', `what ${nameOf(node)} runs on is not in the graph`);
  return yield* outOf(walker, below, `with VLAN ${tag}`, { ...frame, tags: [tag, ...frame.tags] }, trip);
}

/** Devices on the same parent reach each other directly in mode bridge; else only the outside. */
function* intoShared(walker: Walker, node: GraphNode, links: readonly Link[], frame: Frame, trip: Trip): Way {
  const below = links.find(({ type, isAbove }) => isAbove && SHARING.has(type))?.node;
  if (below === undefined) return unknown([], 'below', `what ${nameOf(node)} runs on is not in the graph`);
  const mode = node.metadata.Mode;
  if (mode === 'bridge' || typeOf(node).startsWith('ipv'))
    for (const { node: other, isAbove } of walker.atlas.links(below)) {
      if (isAbove || other.id === node.id || typeOf(other) !== typeOf(node) || !isMeant(other, frame)) continue;
      return yield* into(
        walker,
        other,
        { kind: 'in', text: `shares ${nameOf(below)} with ${nameOf(node)}` },
        frame,
        trip,
      );
    }
  if (isMeant(below, frame) && frame.targetMac !== undefined)
    return stopped([], 'macvlan', `${nameOf(node)} and ${nameOf(below)}, which it runs on, do not hear each other`);
  return yield* outOf(walker, below, `${nameOf(node)} runs on it`, frame, trip);
}

function* intoBond(walker: Walker, node: GraphNode, links: readonly Link[], frame: Frame, trip: Trip): Way {
  const slaves = links.filter(({ isAbove, type }) => !isAbove && type === '').map((link) => link.node);
  const working = slaves.filter((slave) => downOf(slave) === undefined && slaveState(slave) !== 'BACKUP');
  const [slave] = working;
  if (slave === undefined) return stopped([], 'down', `no part of ${nameOf(node)} is up`);
  const which = working.length === 1 ? 'its active part' : `one of its ${working.length} parts that are up`;
  return yield* outOf(walker, slave, which, frame, trip);
}

function slaveState({ metadata }: GraphNode): unknown {
  const { BondSlave } = metadata;
  return typeof BondSlave === 'object' && BondSlave !== null && 'State' in BondSlave ? BondSlave.State : undefined;
}

function* outOf(walker: Walker, node: GraphNode, text: string, frame: Frame, trip: Trip, kind: HowKind = 'out'): Way {
  const hop = interfaceHop(node, { kind, text }, trip.depth);
  if (hop.issues.length > 0 && trip.isLenient !== true)
    return { hops: [hop], end: { kind: 'stopped', code: 'down', reason: downText(hop) } };
  return prefixed([hop], yield* walker.transmit(node, frame, trip));
}

function downText({ issues }: Hop): string {
  return issues[0]?.text ?? '';
}

/** Links to other hosts are known where somebody told of them: peering, LLDP, or a description of the fabric. */
function* ontoWire(walker: Walker, node: GraphNode, links: readonly Link[], frame: Frame, trip: Trip): Way {
  const { atlas } = walker;
  const own = atlas.namespace(node);
  let best: Outcome | undefined;
  for (const { node: other, type } of links) {
    if (type === 'vlan' || SHARING.has(type) || typeOf(other) === 'ovsport' || atlas.namespace(other)?.id === own?.id)
      continue;
    const known = { kind: 'wire', text: `on one wire with ${nameOf(node)}` } as const;
    const outcome = yield* into(walker, other, known, frame, trip);
    if (outcome.end.kind === 'arrived') return outcome;
    best ??= outcome;
  }
  const whose = frame.targetMac === undefined ? atlas.holders(frame.target) : atlas.withMac(frame.targetMac);
  for (const other of whose) {
    if (other.host === node.host || typeOf(other) !== 'device') continue;
    const text = `has ${frame.targetMac ?? frame.target}`;
    const hop = interfaceHop(other, { kind: 'wire', text }, trip.depth, [
      {
        code: 'wire',
        text: `that it is on one wire with ${nameOf(node)} is taken from its address`,
        weight: 'assumed',
      },
    ]);
    return prefixed([hop], yield* walker.receive(other, frame, trip));
  }
  if (best !== undefined) return best;
  const to = frame.target === frame.packet.destination ? frame.target : `the next hop ${frame.target}`;
  return leaving('leaves', `it leaves what the graph knows by ${nameOf(node)}, for ${to}`, node, frame);
}
