/** A packet from namespace to namespace: route, neighbour, layer 2, and again, until it is where it is meant for. */
import type { GraphNode, Metadata } from '../../graph/element.ts';
import { parseAddress } from '../../std/address.ts';
import { isList } from '../key.ts';
import { originOf } from '../origin.ts';
import { type Origin, type RouteFound, routeOf } from '../routing.ts';
import { arrivalIssues } from './arrival.ts';
import { addressesOf, canonical, nameOf, numberOf, textOf, textsIn, typeOf } from './atlas.ts';
import { Gate, type HookName, type Passage, type Through } from './filters/gate.ts';
import type { Frame, Packet, Walker, Way } from './frame.ts';
import { best, type Hop, type Issue, type Outcome, prefixed, type RouteTaken, stopped, unknown } from './hop.ts';
import { downOf, interfaceHop } from './interface.ts';
import { notPassedOn, passesOn, wrongSide } from './passing-on.ts';

/** Hops of layer 3, as a packet with the usual TTL has. */
const TTL = 64;
/** Interfaces that are tried, where several have the next hop's address. */
const HOLDERS_MAX = 16;

/** `came`: the interface that it has come in by; undefined of what begins here. */
export function* carry(walker: Walker, start: GraphNode, packet: Packet, depth: number, came?: GraphNode): Way {
  const hops: Hop[] = [];
  const been = new Set<string>();
  let [at, now, iif]: [GraphNode, Packet, GraphNode | undefined] = [start, packet, came];
  for (let ttl = TTL; ttl > 0; ttl--) {
    if (walker.atlas.budget.spend()) yield undefined;
    const origin = originOf(at, walker.atlas.view);
    const gate = new Gate(walker, at, depth);
    let isStopped: Passage['stop'];
    const through = function* (hook: HookName, how: Through): Generator<undefined, boolean> {
      const passed = yield* gate.pass(hook, now, how);
      hops.push(...passed.hops);
      [now, isStopped] = [passed.packet, passed.stop];
      return passed.stop === undefined;
    };
    const dropped = () => stopped(hops, isStopped?.code ?? '', isStopped?.reason ?? '');
    if (iif !== undefined && !(yield* through('prerouting', { iif, oif: undefined }))) return dropped();
    let way = lookUp(now, origin, iif, gate.mark);
    if (way === undefined) return stopped(hops, 'address', `${now.destination} is no address`);
    if (iif === undefined && way.kind === 'found') {
      const before = `${now.destination} ${gate.mark ?? ''}`;
      if (!(yield* through('output', { iif, oif: outOf(way, origin) }))) return dropped();
      // The packet is another one: so may be its way.
      if (before !== `${now.destination} ${gate.mark ?? ''}`) way = lookUp(now, origin, iif, gate.mark) ?? way;
    }
    const wrong = iif === undefined ? undefined : wrongSide(at, iif, now, origin);
    if (wrong !== undefined) return stopped([...hops, routeHop(at, iif, undefined, wrong, depth)], 'rp-filter', wrong);
    const holder = holderIn(walker, at, now.destination);
    const isLocal = way.kind === 'found' ? way.type === 'local' : false;
    // Where nobody tells of the table of local addresses, the interfaces do.
    if (isLocal || (holder !== undefined && !origin.tables.some(({ ID }) => ID === 255))) {
      if (iif === undefined) {
        const lo = origin.interfaceBy('lo');
        const down = lo && downOf(lo);
        if (lo !== undefined && down !== undefined) {
          const hop = interfaceHop(lo, { kind: 'out', text: `to ${now.destination}` }, depth);
          return { hops: [...hops, hop], end: { kind: 'stopped', code: 'down', reason: down } };
        }
        if (!(yield* through('postrouting', { iif: undefined, oif: lo }))) return dropped();
        if (!(yield* through('prerouting', { iif: lo, oif: undefined, isLooped: true }))) return dropped();
        if (!(yield* through('input', { iif: lo, oif: undefined, isLooped: true }))) return dropped();
      } else if (!(yield* through('input', { iif, oif: undefined }))) return dropped();
      hops.push(delivery(at, now, depth, iif === undefined, gate.issues()));
      return { hops, end: { kind: 'arrived', at: holder ?? at, packet: now } };
    }
    const key = `${at.id} ${iif?.id ?? ''} ${now.source} ${now.destination}`;
    if (been.has(key))
      return stopped(hops, 'loop', `it comes back to ${nameOf(at)}, and goes round until its TTL is used up`);
    been.add(key);
    if (iif !== undefined && passesOn(at, iif, now.family) === false) {
      const reason = notPassedOn(at, iif, now.family);
      return stopped([...hops, routeHop(at, iif, undefined, reason, depth)], 'no-forwarding', reason);
    }
    if (way.kind === 'refused')
      return stopped(
        [...hops, routeHop(at, iif, undefined, refusal(at, now, way), depth)],
        'no-route',
        refusal(at, now, way),
      );
    const taken = takenOf(way, origin, iif);
    const text = routeText(taken);
    const issues = [...multipath(way), ...forwarding(at, iif, now, gate)];
    hops.push(routeHop(at, iif, taken, text, depth, issues));
    const out = outOf(way, origin);
    if (way.type !== 'unicast') return unknown(hops, way.type, `${now.destination} is for many (${way.type})`);
    const encap = textOf(way.hop.Encap) ?? textOf(way.route.Encap);
    if (encap !== undefined)
      return unknown(hops, 'encap', `the route wraps the packet (${encap}), which is not followed here`);
    if (out === undefined)
      return unknown(hops, 'device', `the interface it leaves ${nameOf(at)} by is not in the graph`);
    if (iif !== undefined && !(yield* through('forward', { iif, oif: out }))) return dropped();
    const nextHop = way.gateway ?? now.destination;
    if (!(yield* through('postrouting', { iif, oif: out, nextHop }))) return dropped();
    const outcome: Outcome = yield* link(walker, out, now, way, depth, origin);
    hops.push(...outcome.hops);
    if (outcome.end.kind !== 'arrived') return { hops, end: outcome.end };
    const next = walker.atlas.namespace(outcome.end.at);
    if (next === undefined)
      return unknown(hops, 'namespace', `the namespace of ${nameOf(outcome.end.at)} is not in the graph`);
    [at, iif, now] = [next, outcome.end.at, outcome.end.packet ?? now];
  }
  return stopped(hops, 'ttl', `it has passed ${TTL} routers: its TTL is used up`);
}

/** Undefined of what is no address. */
function lookUp(packet: Packet, origin: Origin, iif: GraphNode | undefined, mark: number | undefined) {
  const address = parseAddress(packet.destination);
  if (address === undefined) return undefined;
  return routeOf({ text: packet.destination, address }, origin, {
    source: parseAddress(packet.source),
    iif: iif === undefined ? undefined : nameOf(iif),
    protocol: packet.protocol,
    sourcePort: packet.sourcePort,
    destinationPort: packet.destinationPort,
    ...(mark !== undefined && mark !== 0 && { mark }),
  });
}

function outOf({ ifIndex }: RouteFound, origin: Origin): GraphNode | undefined {
  return ifIndex === undefined ? undefined : origin.interfaceBy(ifIndex);
}

/** Out of the interface, to whoever has the next hop's address. */
function* link(walker: Walker, out: GraphNode, packet: Packet, way: RouteFound, depth: number, origin: Origin): Way {
  const target = canonical(way.gateway ?? packet.destination) ?? packet.destination;
  const entry = origin.neighbours.find(
    ({ IP, IfIndex }) => typeof IP === 'string' && canonical(IP) === target && (IfIndex ?? way.ifIndex) === way.ifIndex,
  );
  const isResolved = hasAddresses(out.metadata);
  const states = textsIn(entry?.State);
  const isLost = states.includes('NUD_FAILED') || states.includes('NUD_INCOMPLETE');
  const issues: Issue[] = [];
  const known = isLost ? undefined : textOf(entry?.MAC);
  if (isResolved && isLost)
    issues.push({
      code: 'neighbour',
      text: `nobody answered who has ${target} (${states.join(', ')})`,
      weight: 'warns',
    });
  const mute = known === undefined ? muteMac(out) : undefined;
  if (mute !== undefined) {
    const text = `${nameOf(out)} asks nobody who has ${target} (arp off): what it sends has its own address, ${mute}`;
    issues.push({ code: 'neighbour', text, weight: 'warns' });
  }
  const how = { kind: 'out', text: known === undefined ? `to ${target}` : `to ${target} (${known})` } as const;
  const hop = interfaceHop(out, how, depth, issues);
  const down = downOf(out);
  if (down !== undefined) return { hops: [hop], end: { kind: 'stopped', code: 'down', reason: down } };
  const send = (targetMac: string | undefined) => {
    const frame: Frame = {
      packet,
      sourceMac: isResolved || mute !== undefined ? textOf(out.metadata.MAC) : undefined,
      targetMac,
      target,
      tags: [],
    };
    return walker.transmit(out, frame, { depth, seen: new Set() });
  };
  const joined = (outcome: Outcome): Outcome => prefixed([hop], outcome);
  if (mute !== undefined) return joined(yield* send(mute));
  if (!isResolved) return joined(yield* send(undefined));
  if (known !== undefined) return joined(yield* send(known));
  const macs = new Set(walker.atlas.holders(target).flatMap(({ metadata }) => textOf(metadata.MAC) ?? []));
  const outcomes: Outcome[] = [];
  for (const mac of [...macs].slice(0, HOLDERS_MAX)) {
    const outcome = yield* send(mac);
    outcomes.push(outcome);
    if (outcome.end.kind === 'arrived') break;
  }
  // Somebody may answer for those who cannot be reached.
  if (outcomes.every(({ end }) => end.kind === 'stopped' && UNANSWERED.has(end.code)))
    outcomes.push(yield* send(undefined));
  const { hops, end } = best(outcomes) as Outcome;
  // Nobody has said that he is it: whoever hears the question and is somebody else is not where it stops.
  if (end.kind === 'stopped' && end.code === 'not-for-it')
    return stopped([hop], 'nobody', `nobody that ${nameOf(out)} is linked to answers for ${target}`);
  return joined({ hops, end });
}

const UNANSWERED = new Set(['not-for-it', 'nobody']);

/** Links on which who has an address has to be asked first. */
function hasAddresses({ LinkFlags, EncapType, MAC }: Metadata): boolean {
  if (isList(LinkFlags) && LinkFlags.includes('NOARP')) return false;
  if (EncapType !== undefined && EncapType !== 'ether') return false;
  return typeof MAC === 'string' && MAC !== '';
}

/**
 * Where nobody is asked, on a link whose frames have addresses, a neighbour is given the device's own (arp_constructor(),
 * ndisc_constructor()). Devices that are made so have no use for addresses, or find the other end by themselves.
 */
function muteMac({ metadata }: GraphNode): string | undefined {
  const isMute = isList(metadata.LinkFlags) && metadata.LinkFlags.includes('NOARP');
  return isMute && ASKING.has(textOf(metadata.Type) ?? '') ? textOf(metadata.MAC) : undefined;
}

const ASKING = new Set(['veth', 'bridge', 'vlan', 'macvlan', 'bond']);

function holderIn(walker: Walker, namespace: GraphNode, address: string): GraphNode | undefined {
  return walker.atlas.holders(address).find((node) => {
    walker.atlas.budget.spend();
    return walker.atlas.namespace(node)?.id === namespace.id && addressesOf(node.metadata).includes(address);
  });
}

function delivery(at: GraphNode, packet: Packet, depth: number, isSent: boolean, more: readonly Issue[]): Hop {
  // What is around a tunnel is taken by the tunnel, and not by a process.
  const issues = [...more, ...(depth === 0 ? arrivalIssues(at, packet, isSent) : [])];
  return { depth, node: at, how: { kind: 'deliver', text: `has ${packet.destination}` }, issues };
}

function routeHop(
  at: GraphNode,
  iif: GraphNode | undefined,
  route: RouteTaken | undefined,
  text: string,
  depth: number,
  issues: readonly Issue[] = [],
): Hop {
  const said = iif === undefined || route === undefined ? text : `passes it on: ${text}`;
  return { depth, node: at, how: { kind: 'route', text: said, ...(route && { route }) }, issues };
}

/** What is passed on has its source already. */
function takenOf(way: RouteFound, origin: Origin, iif: GraphNode | undefined): RouteTaken {
  const device = way.ifIndex === undefined ? undefined : origin.interfaceBy(way.ifIndex);
  const rule = numberOf(way.rule?.Priority);
  const prefix = textOf(way.route.Prefix);
  return {
    table: way.table,
    ...(rule !== undefined && { rule }),
    prefix: prefix === undefined || way.length === 0 ? 'default' : prefix,
    ...(way.gateway !== undefined && { gateway: way.gateway }),
    ...(device && { device: nameOf(device) }),
    ...(way.metric !== 0 && { metric: way.metric }),
    ...(iif === undefined && way.source !== undefined && { source: way.source }),
    ...(way.mtu !== undefined && { mtu: way.mtu }),
  };
}

function routeText({ prefix, gateway, device, table, rule, metric }: RouteTaken): string {
  const via = gateway === undefined ? '' : ` via ${gateway}`;
  const dev = device === undefined ? '' : ` dev ${device}`;
  const by = rule === undefined ? '' : `, rule ${rule}`;
  return `${prefix}${via}${dev}${metric === undefined ? '' : ` metric ${metric}`} (table ${table}${by})`;
}

function refusal(at: GraphNode, { destination }: Packet, way: Exclude<ReturnType<typeof routeOf>, RouteFound>): string {
  const { reason, route, rule, table } = way;
  if (reason === 'no route') return `${nameOf(at)} has no route to ${destination}`;
  const where = table === undefined ? '' : ` in table ${table}`;
  const what =
    route === undefined ? `rule ${String(rule?.Priority ?? '')}` : `route ${textOf(route.Prefix) ?? 'default'}${where}`;
  return `${nameOf(at)}: ${what} is ${reason} for ${destination}`;
}

function multipath({ hops }: RouteFound): Issue[] {
  if (hops.length < 2) return [];
  const ways = hops.map(({ IP, IfIndex }) => textOf(IP) ?? `interface ${String(IfIndex ?? '')}`);
  return [
    {
      code: 'multipath',
      text: `a hash takes one of ${hops.length} equal ways (${ways.join(', ')}); one is shown`,
      weight: 'assumed',
    },
  ];
}

/** What nobody reads is taken for granted. */
function forwarding(at: GraphNode, iif: GraphNode | undefined, { family }: Packet, gate: Gate): Issue[] {
  if (iif === undefined || typeOf(at) === '') return gate.issues();
  const isSure = passesOn(at, iif, family) !== undefined;
  if (isSure && gate.isKnown) return gate.issues();
  const forwards = `${nameOf(at)} forwards IPv${family}`;
  const filters = `no filter or NAT of ${isSure ? nameOf(at) : 'it'} stands against that`;
  const text = isSure ? filters : gate.isKnown ? forwards : `${forwards}, and ${filters}`;
  return [{ code: 'forwarding', text, weight: 'assumed' }, ...gate.issues()];
}
