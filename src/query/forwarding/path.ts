/**
 * The way of a packet from one end to another: hop by hop, with route, rule and MTU, and where it stops. Computed from
 * one view of the graph alone; nothing is sent.
 */
import type { GraphNode } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import { contains, parseAddress, parsePrefix } from '../../std/address.ts';
import { Mistake, mistake } from '../../std/mistake.ts';
import type { Budget } from '../limits.ts';
import { originOf } from '../origin.ts';
import { routeOf } from '../routing.ts';
import { Atlas, canonical, nameOf, prefixesOf, typeOf } from './atlas.ts';
import { carry } from './carry.ts';
import { ambiguous, type EndPoint, endPoint, holdersOf, type ProcessPlaces } from './ends.ts';
import { type Entrance, enter, entranceOf, homeBy } from './entrance.ts';
import { Tracking } from './filters/tracking.ts';
import type { Walker } from './frame.ts';
import { type Hop, type Outcome, stopped } from './hop.ts';
import { measured } from './mtu.ts';
import { answerOf, type Packet } from './packet.ts';
import { beginningSeen } from './seen-at.ts';
import { isUnspecified, sourceFor } from './source-address.ts';
import { receive, take, transmit } from './wires.ts';

export interface PathQuestion {
  readonly from: string;
  readonly to: string;
  /** Instead of the address that the route prefers. */
  readonly fromAddress?: string | undefined;
  /** IANA number; ICMP when left out, unless a process says otherwise. */
  readonly protocol?: number | undefined;
  readonly port?: number | undefined;
  readonly sourcePort?: number | undefined;
  /** The way back too. */
  readonly isBoth?: boolean | undefined;
  readonly places?: ProcessPlaces | undefined;
  /** TIDs of nodes that saw its packets: of several that have the address it begins at the one whose packets pass these. */
  readonly seenAt?: readonly string[] | undefined;
  /** Where packets of `from`, an address beyond what is watched, come in; found out when left out. */
  readonly entrance?: Entrance | undefined;
}

export interface PathAnswer {
  readonly from: EndPoint;
  readonly to: EndPoint;
  readonly packet: Packet;
  readonly there: Travel;
  readonly back: Travel | undefined;
  /** Of an address beyond what is watched: where its packets come in. */
  readonly entrance?: Entrance | undefined;
}

export interface Travel {
  readonly reaches: 'yes' | 'no' | 'unknown';
  /** Why not, and at which node. */
  readonly code: string | undefined;
  readonly reason: string | undefined;
  readonly at: GraphNode | undefined;
  /** Largest packet that passes whole. Bytes. */
  readonly mtu: number | undefined;
  readonly hops: readonly Hop[];
  /** What has to hold besides, and is not in the graph. */
  readonly assumed: readonly string[];
}

/** Throws a Mistake for ends that are not there, or not one; gives `undefined` when it is time to breathe. */
export function* forwardingPath(
  question: PathQuestion,
  view: GraphView,
  budget: Budget,
): Generator<undefined, PathAnswer> {
  const atlas = new Atlas(view, budget);
  yield* atlas.read();
  return yield* pathIn(question, atlas);
}

/** The same in an atlas that has been read: many questions about one moment share it. */
export function* pathIn(question: PathQuestion, atlas: Atlas): Generator<undefined, PathAnswer> {
  const { places } = question;
  const from = yield* beginning(question, atlas);
  const to = yield* endPoint(atlas, question.to, { isStart: false, places });
  // Undefined: beyond what is watched.
  const start = from.namespace;
  const packet = packetFor(atlas, question, from, to, start);
  const walker = walkerOn(atlas);
  const entrance = start === undefined ? yield* entranceFor(atlas, question, to, packet) : undefined;
  const outcome = yield* start === undefined
    ? enter(walker, entrance as Entrance, packet)
    : walker.carry(start, packet, 0);
  const there = travelled(outcome, from, to, packet);
  const found = { from, to, packet, there, ...(entrance && { entrance }) };
  // Without a route there is no source that an answer could go to.
  if (question.isBoth !== true || isUnspecified(packet.source)) return { ...found, back: undefined };
  // As it arrived: addresses may have been translated on the way, and with them who answers.
  const { end } = outcome;
  walker.tracking.isAnswer = end.kind === 'arrived';
  const answer = answerOf((end.kind === 'arrived' ? end.packet : undefined) ?? packet);
  const begins = end.kind === 'arrived' ? atlas.namespace(end.at) : to.namespace;
  if (begins === undefined) return { ...found, back: undefined };
  const carried = yield* walker.carry(begins, answer, 0);
  const returned = entrance === undefined ? carried : homeBy(entrance, carried);
  const answering = begins.id === to.namespace?.id ? to : { ...to, node: undefined };
  const back = travelled(strangersOut(returned, answerOf(packet)), answering, from, answer);
  return { ...found, back };
}

function* beginning(question: PathQuestion, atlas: Atlas): Generator<undefined, EndPoint> {
  const { from: text, places, seenAt = [], entrance } = question;
  if (entrance !== undefined) return { text, node: undefined, namespace: undefined, addresses: [] };
  const seen = yield* beginningSeen({ text, seenAt, atlas }, (start) => hopsFrom(start, question, atlas));
  const found = yield* endPoint(atlas, seen?.id ?? text, { isStart: true, isOutside: true, places });
  return { ...found, text };
}

function* entranceFor(
  atlas: Atlas,
  { entrance, seenAt = [], from }: PathQuestion,
  to: EndPoint,
  packet: Packet,
): Generator<undefined, Entrance> {
  if (entrance !== undefined) return entrance;
  const holders = holdersOf(atlas, packet.destination).map(({ namespace }) => [namespace.id, namespace] as const);
  const ends = to.namespace === undefined ? [...new Map(holders).values()] : [to.namespace];
  const answer = yield* entranceOf(walkerOn(atlas, true), packet, { ends, seenAt });
  const [first, other] = answer.found;
  if (first !== undefined && other === undefined) return first;
  if (first !== undefined) throw ambiguous(atlas, to.text, holdersOf(atlas, packet.destination));
  throw new Mistake([
    {
      code: 'path.unknown',
      message: `nobody in the graph has ${from}, and where its packets come in is not known: ${answer.why}`,
      hint: 'a path begins at something that is watched, or beyond that, where answers go out',
    },
  ]);
}

function* hopsFrom(start: GraphNode, question: PathQuestion, atlas: Atlas): Generator<undefined, readonly Hop[]> {
  const fromAddress = question.fromAddress ?? question.from;
  const there = { ...question, from: start.id, fromAddress, seenAt: [], isBoth: false };
  return (yield* pathIn(there, atlas)).there.hops;
}

/** Whoever asked takes an answer from nobody else than whom it asked. */
function strangersOut(outcome: Outcome, expected: Packet): Outcome {
  const { end, hops } = outcome;
  if (end.kind !== 'arrived' || end.packet === undefined) return outcome;
  const { source, sourcePort } = end.packet;
  if (source === expected.source && sourcePort === expected.sourcePort) return outcome;
  const text = (address: string, port: number | undefined) =>
    port === undefined ? address : `${address} port ${port}`;
  const reason = `the answer comes from ${text(source, sourcePort)}, and not from ${text(expected.source, expected.sourcePort)}, which was asked: nobody translates it back`;
  return stopped(hops, 'nat-mismatch', reason);
}

function walkerOn(atlas: Atlas, isUnfiltered = false): Walker {
  const walker: Walker = {
    ...{ atlas, isUnfiltered },
    tracking: new Tracking(),
    transmit: (node, frame, trip) => transmit(walker, node, frame, trip),
    receive: (node, frame, trip) => receive(walker, node, frame, trip),
    take: (node, frame, trip) => take(walker, node, frame, trip),
    carry: (namespace, packet, depth, came) => carry(walker, namespace, packet, depth, came),
  };
  return walker;
}

const ICMP = 1;
const ICMPV6 = 58;

/** `start`: the namespace it begins in; undefined beyond what is watched. */
function packetFor(
  atlas: Atlas,
  question: PathQuestion,
  from: EndPoint,
  to: EndPoint,
  start: GraphNode | undefined,
): Packet {
  const given = question.fromAddress === undefined ? undefined : canonical(question.fromAddress);
  if (question.fromAddress !== undefined && given === undefined)
    throw mistake('path.address', `"${question.fromAddress}" is no address`, 'such as 10.0.0.1 or fd00::1');
  const own = from.node === undefined || from.node.id === start?.id ? [] : from.addresses;
  // What is asked for by its address starts with that.
  const bound = given ?? (canonical(from.text) !== undefined ? canonical(from.text) : undefined);
  const destinations = bound === undefined ? to.addresses : to.addresses.filter((one) => isV4(one) === isV4(bound));
  const destination = start === undefined ? destinations[0] : likeliest(atlas, start, destinations);
  if (destination === undefined)
    throw new Mistake([
      {
        code: 'path.no-address',
        message:
          to.addresses.length > 0
            ? `${question.to} has no address of the family of ${bound}`
            : `${question.to} has no address that a packet could be sent to`,
        hint: 'name an address',
      },
    ]);
  const preferred = start && sourceFor(atlas, start, destination)?.address;
  const owned = own.filter((one) => isV4(one) === isV4(destination));
  const source =
    bound ?? (preferred !== undefined && owned.includes(preferred) ? preferred : undefined) ?? preferred ?? owned[0];
  const family = isV4(destination) ? 4 : 6;
  const protocol = question.protocol ?? to.service?.protocol ?? (family === 4 ? ICMP : ICMPV6);
  return {
    source: source ?? (family === 4 ? '0.0.0.0' : '::'),
    destination,
    family,
    protocol: protocol === ICMP && family === 6 ? ICMPV6 : protocol,
    sourcePort: question.sourcePort,
    destinationPort: question.port ?? (question.protocol === undefined ? to.service?.port : undefined),
  };
}

/** On the link of an interface of the start before others; else the one with the longest prefix of a route. */
function likeliest(atlas: Atlas, start: GraphNode, addresses: readonly string[]): string | undefined {
  if (addresses.length <= 1) return addresses[0];
  const origin = originOf(start, atlas.view);
  const links = [...atlas.interfaces(start)]
    .flatMap(({ metadata }) => prefixesOf(metadata))
    .flatMap((text) => parsePrefix(text) ?? []);
  const worth = (text: string): number => {
    const address = parseAddress(text);
    if (address === undefined) return -1;
    if (links.some((prefix) => contains(prefix, address))) return 1000;
    const way = routeOf({ text, address }, origin);
    return way.kind === 'found' ? way.length : -1;
  };
  let best: { readonly text: string; readonly worth: number } | undefined;
  for (const text of addresses.slice(0, ADDRESSES_MAX)) {
    const one = { text, worth: worth(text) };
    if (best === undefined || one.worth > best.worth) best = one;
  }
  return best?.text;
}

/** Of one end that are looked at. */
const ADDRESSES_MAX = 256;

/** What is assumed of these may be just what is asked for. */
const DECISIVE = new Set(['rules', 'bucket', 'filter-unknown']);

function travelled(outcome: Outcome, from: EndPoint, to: EndPoint, packet: Packet): Travel {
  const { hops: measuredHops, mtu } = measured(outcome.hops);
  const start: Hop[] = from.node === undefined ? [] : [startHop(from.node, packet)];
  const { end } = outcome;
  const hops = [...start, ...measuredHops];
  const issues = hops.flatMap((hop) => hop.issues.map((issue) => ({ issue, hop })));
  const assumed = [...new Set(issues.filter(({ issue }) => issue.weight === 'assumed').map(({ issue }) => issue.text))];
  const last = hops.at(-1);
  const told = { mtu, assumed };
  if (end.kind !== 'arrived')
    return {
      ...told,
      hops,
      reaches: end.kind === 'stopped' ? 'no' : 'unknown',
      code: end.code,
      reason: end.reason,
      at: last?.node,
    };
  const where = last?.node;
  // An address may stand for others, which is what it is translated for.
  const nat = hops.find(({ how, depth }) => depth === 0 && how.nat?.isBack !== true && how.nat?.to !== how.nat?.newTo);
  const isMeant = nat !== undefined && canonical(to.text) !== undefined;
  if (to.namespace !== undefined && where !== undefined && to.namespace.id !== where.id && !isMeant) {
    const reason =
      nat === undefined
        ? `${nameOf(where)} has ${packet.destination} too: it arrives there, and not at ${calledOf(to)}`
        : `${nameOf(nat.node)} translates it: it arrives at ${nameOf(where)}, and not at ${calledOf(to)}`;
    return { ...told, hops, reaches: 'no', code: 'elsewhere', reason, at: where };
  }
  const arrival =
    to.node !== undefined && to.node.id !== where?.id && typeOf(to.node) === 'container' ? [insideHop(to.node)] : [];
  const decisive = issues.find(({ issue }) => issue.weight === 'assumed' && DECISIVE.has(issue.code));
  const all = { ...told, hops: [...hops, ...arrival] };
  if (decisive === undefined) return { ...all, reaches: 'yes', code: undefined, reason: undefined, at: undefined };
  return { ...all, reaches: 'unknown', code: decisive.issue.code, reason: decisive.issue.text, at: decisive.hop.node };
}

/** As people call it: it may have been asked for by its id. */
function calledOf({ text, node }: EndPoint): string {
  return node?.id === text ? nameOf(node) : text;
}

function startHop(node: GraphNode, { source, destination }: Packet): Hop {
  const text = isUnspecified(source) ? `to ${destination}` : `from ${source} to ${destination}`;
  return { depth: 0, node, how: { kind: 'start', text }, issues: [] };
}

function insideHop(node: GraphNode): Hop {
  return { depth: 0, node, how: { kind: 'deliver', text: 'is in it' }, issues: [] };
}

function isV4(address: string): boolean {
  return !address.includes(':');
}
