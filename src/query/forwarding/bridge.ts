/** A Linux bridge: VLANs, what it has learned, and where it floods (net/bridge/br_forward.c, br_vlan.c). */
import type { GraphNode, Metadata } from '../../graph/element.ts';
import { objectsIn } from '../routing.ts';
import { type Atlas, nameOf, numberOf, objectOf, textsIn, typeOf } from './atlas.ts';
import { type LinkPassage, throughBridge } from './filters/link-gate.ts';
import { type Frame, seenKey, type Trip, type Walker, type Way } from './frame.ts';
import { best, type ForwardingEntry, type Hop, type Outcome, prefixed, stopped } from './hop.ts';
import { blockOf, interfaceHop } from './interface.ts';
import { freely, isIdle } from './lenient.ts';
import { isMeant, nobody } from './meant.ts';

/** `from` is the port it came in by; undefined: the host sends it through the bridge itself. */
export function* forward(
  walker: Walker,
  bridge: GraphNode,
  from: GraphNode | undefined,
  frame: Frame,
  trip: Trip,
): Way {
  const { atlas } = walker;
  const key = seenKey(bridge, from?.id ?? 'self', frame);
  if (trip.seen.has(key)) return stopped([], 'loop', `${nameOf(bridge)} has had this frame before`);
  trip.seen.add(key);
  const hopWith = (text: string, fdb?: ForwardingEntry): Hop =>
    interfaceHop(bridge, { kind: 'bridge', text, ...(fdb && { fdb }) }, trip.depth);
  const admitted = admit(bridge, from ?? bridge, frame);
  if (typeof admitted === 'string') return stopped([hopWith('forwards')], 'vlan', admitted);
  const state = from && objectOf(from.metadata.BridgePort).State;
  if (state !== undefined && state !== 'FORWARDING')
    return stopped([hopWith('forwards')], 'stp', `port ${nameOf(from as GraphNode)} of ${nameOf(bridge)} is ${state}`);
  const first = yield* throughBridge(
    walker,
    bridge,
    from === undefined ? 'output' : 'prerouting',
    from === undefined ? {} : { iif: from },
    frame,
    trip,
  );
  if (first.stop !== undefined) return filtered([hopWith('forwards')], first);
  const { vlan, frame: inside } = admitted;
  if (from !== undefined && isLockedOut(from, frame, vlan)) {
    const text = `port ${nameOf(from)} of ${nameOf(bridge)} is locked, and ${frame.sourceMac} is not known to be behind it`;
    return stopped([hopWith('forwards')], 'locked', text);
  }
  const self = isForSelf(atlas, bridge, inside);
  if (self && from !== undefined) {
    const out = expel(bridge, bridge, vlan, inside);
    if (out === undefined) return stopped([hopWith('forwards')], 'vlan', notIn(bridge, bridge, vlan));
    const hop = hopWith('is for the bridge itself');
    const taken = yield* throughBridge(walker, bridge, 'input', { iif: from }, out, trip);
    if (taken.stop !== undefined) return filtered([hop, ...first.hops], taken);
    return prefixed([hop, ...first.hops, ...taken.hops], yield* walker.take(bridge, out, trip));
  }
  const ports = portsOf(atlas, bridge).filter((port) => port.id !== from?.id || isHairpin(port));
  const learned = frame.targetMac === undefined ? undefined : learnedOn(ports, frame.targetMac, vlan);
  if (learned !== undefined) {
    const { port, entry } = learned;
    const hop = hopWith(`${entry.mac} is behind ${nameOf(port)} (${entry.state})`, entry);
    return prefixed([hop, ...first.hops], yield* leave(walker, bridge, { from, to: port, vlan }, inside, trip));
  }
  return prefixed(first.hops, yield* flood(walker, bridge, { from, ports, vlan, hopWith }, inside, trip));
}

/** br_handle_frame_finish(): a locked port takes frames from those alone that are in its forwarding table. */
function isLockedOut(from: GraphNode, { sourceMac }: Frame, vlan: number | undefined): boolean {
  if (objectOf(from.metadata.BridgePort).Locked !== true || !sourceMac) return false;
  return learnedOn([from], sourceMac, vlan) === undefined;
}

interface Flood {
  readonly from: GraphNode | undefined;
  readonly ports: readonly GraphNode[];
  readonly vlan: number | undefined;
  readonly hopWith: (text: string, fdb?: ForwardingEntry) => Hop;
}

function* flood(
  walker: Walker,
  bridge: GraphNode,
  { from, ports, vlan, hopWith }: Flood,
  frame: Frame,
  trip: Trip,
): Way {
  const outcomes: Outcome[] = [];
  const fdb: ForwardingEntry | undefined =
    frame.targetMac === undefined
      ? undefined
      : { mac: frame.targetMac, ...(vlan !== undefined && { vlan }), state: 'flooded' };
  for (const to of ports) {
    if (objectOf(to.metadata.BridgePort).Flood === false) continue;
    const outcome = yield* leave(walker, bridge, { from, to, vlan }, frame, trip);
    const flooded = prefixed([hopWith(`nothing learned: floods, also to ${nameOf(to)}`, fdb)], outcome);
    if (outcome.end.kind === 'arrived') return flooded;
    // Of all that it is flooded to, what hinders it on the way to whom it is meant for is what matters.
    const free = yield* freely(trip, (lenient) => leave(walker, bridge, { from, to, vlan }, frame, lenient));
    if (free?.kind === 'arrived') return flooded;
    if (!isIdle(outcome, free, frame)) outcomes.push(flooded);
  }
  if (from !== undefined && frame.targetMac === undefined && isMeant(bridge, frame)) {
    const out = expel(bridge, bridge, vlan, frame);
    if (out !== undefined)
      outcomes.push(prefixed([hopWith('is for the bridge itself')], yield* walker.take(bridge, out, trip)));
  }
  return best(outcomes) ?? stopped([hopWith('floods')], 'nobody', nobody(bridge, frame));
}

function* leave(
  walker: Walker,
  bridge: GraphNode,
  {
    from,
    to,
    vlan,
  }: { readonly from: GraphNode | undefined; readonly to: GraphNode; readonly vlan: number | undefined },
  frame: Frame,
  trip: Trip,
): Way {
  const port = objectOf(to.metadata.BridgePort);
  const hop = interfaceHop(to, { kind: 'out', text: `port of ${nameOf(bridge)}` }, trip.depth);
  const down = blockOf(to, trip);
  if (down !== undefined) return { hops: [hop], end: { kind: 'stopped', code: 'down', reason: down } };
  if (port.State !== undefined && port.State !== 'FORWARDING')
    return stopped([hop], 'stp', `port ${nameOf(to)} of ${nameOf(bridge)} is ${port.State}`);
  if (port.Isolated === true && from && objectOf(from.metadata.BridgePort).Isolated === true)
    return stopped([hop], 'isolated', `${nameOf(from)} and ${nameOf(to)} are isolated from each other`);
  const out = expel(bridge, to, vlan, frame);
  if (out === undefined && trip.isLenient !== true) return stopped([hop], 'vlan', notIn(bridge, to, vlan));
  const before: Hop[] = [];
  for (const hook of from === undefined ? (['postrouting'] as const) : (['forward', 'postrouting'] as const)) {
    const passed = yield* throughBridge(walker, bridge, hook, { iif: from, oif: to }, frame, trip);
    if (passed.stop !== undefined) return filtered(before, passed);
    before.push(...passed.hops);
  }
  return prefixed([...before, hop], yield* walker.transmit(to, out ?? frame, trip));
}

/** A chain of the family bridge has it. */
function filtered(before: readonly Hop[], { hops, stop }: LinkPassage): Outcome {
  return stopped([...before, ...hops], stop?.code ?? '', stop?.reason ?? '');
}

/** Without VLAN filtering tags are not looked at. */
function admit(
  bridge: GraphNode,
  port: GraphNode,
  frame: Frame,
): { readonly vlan: number | undefined; readonly frame: Frame } | string {
  if (objectOf(bridge.metadata.Bridge).VlanFiltering !== true) return { vlan: undefined, frame };
  const [tag = 0, ...inner] = frame.tags;
  const vlan = tag === 0 ? pvidOf(port) : tag;
  if (vlan === undefined) return `${nameOf(port)} has no VLAN for frames without a tag`;
  if (vlanOf(port, vlan) === undefined) return notIn(bridge, port, vlan);
  return { vlan, frame: { ...frame, tags: inner } };
}

/** The frame as it leaves by the port; undefined where its VLAN does not go. */
function expel(bridge: GraphNode, port: GraphNode, vlan: number | undefined, frame: Frame): Frame | undefined {
  if (objectOf(bridge.metadata.Bridge).VlanFiltering !== true || vlan === undefined) return frame;
  const allowed = vlanOf(port, vlan);
  if (allowed === undefined) return undefined;
  return textsIn(allowed.Flags).includes('UNTAGGED') ? frame : { ...frame, tags: [vlan, ...frame.tags] };
}

function notIn(bridge: GraphNode, port: GraphNode, vlan: number | undefined): string {
  return `VLAN ${vlan} is not on ${port.id === bridge.id ? 'the bridge itself' : `port ${nameOf(port)}`} of ${nameOf(bridge)}`;
}

function vlanOf(port: GraphNode, vlan: number): Metadata | undefined {
  return objectsIn(port.metadata.Vlans).find(({ ID, End }) => {
    const from = numberOf(ID) ?? -1;
    return vlan >= from && vlan <= (numberOf(End) ?? from);
  });
}

function pvidOf(port: GraphNode): number | undefined {
  return numberOf(objectsIn(port.metadata.Vlans).find(({ Flags }) => textsIn(Flags).includes('PVID'))?.ID);
}

function portsOf(atlas: Atlas, bridge: GraphNode): GraphNode[] {
  return [...atlas.links(bridge)]
    .filter(
      ({ node, type, isAbove }) => !isAbove && type === '' && node.metadata.MasterIndex === bridge.metadata.IfIndex,
    )
    .map(({ node }) => node);
}

/** Its own address, and those of its ports. */
function isForSelf(atlas: Atlas, bridge: GraphNode, { targetMac }: Frame): boolean {
  if (targetMac === undefined) return false;
  return bridge.metadata.MAC === targetMac || portsOf(atlas, bridge).some(({ metadata }) => metadata.MAC === targetMac);
}

function isHairpin({ metadata }: GraphNode): boolean {
  return objectOf(metadata.BridgePort).Hairpin === true;
}

function learnedOn(ports: readonly GraphNode[], mac: string, vlan: number | undefined) {
  for (const port of ports)
    for (const { MAC, Vlan, Flags, State } of objectsIn(port.metadata.FDB)) {
      if (MAC !== mac || (vlan !== undefined && Vlan !== undefined && Vlan !== vlan)) continue;
      // Those are the device's own, of which the bridge knows nothing; but what a tunnel has learned is told so too.
      if (textsIn(Flags).includes('NTF_SELF') && typeOf(port) !== 'vxlan') continue;
      if (textsIn(Flags).includes('NTF_SELF') && !textsIn(Flags).includes('NTF_MASTER')) continue;
      const isStatic = textsIn(State).some((state) => state === 'NUD_PERMANENT' || state === 'NUD_NOARP');
      const state = isStatic ? ('static' as const) : ('learned' as const);
      return { port, entry: { mac, ...(vlan !== undefined && { vlan }), state } };
    }
  return undefined;
}
