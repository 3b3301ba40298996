/** From what is asked to what a host is told: addresses, ports, interface and next hop, found in one view of the graph. */
import { trackingOf } from '../../flow/tuple-tracking.ts';
import type { GraphNode } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import { Atlas, canonical, nameOf, typeOf } from '../../query/forwarding/atlas.ts';
import { type EndPoint, endPoint, type ProcessPlaces } from '../../query/forwarding/ends.ts';
import type { Budget } from '../../query/limits.ts';
import { mistake } from '../../std/mistake.ts';
import type { MeetBound } from '../bounds.ts';
import type { InjectedPacket, InjectionAsked, InjectionType, InjectionWay } from '../injection.ts';
import { TRACKING_IDS_MAX, WAIT_MS } from '../limits.ts';
import type { Order, Probing } from '../order.ts';
import { conversationAt, protocolOf } from '../packet/series.ts';
import { type Addresses, addressesFor } from './addresses.ts';
import { blank } from './checked.ts';
import { departureOf } from './departure.ts';
import { onItsLink } from './zone.ts';

export interface PlanParts {
  readonly view: GraphView;
  readonly budget: Budget;
  readonly places: ProcessPlaces | undefined;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Random ones. */
  readonly bytes: (count: number) => Uint8Array;
  readonly uuid: string;
  readonly met: MeetBound;
}

export interface Plan {
  readonly order: Order;
  readonly packet: InjectedPacket;
  /** Of the element it is sent from: whose host sends it. */
  readonly origin: string;
  readonly trackingIds: readonly string[];
}

/** Bytes of a payload that nobody named. */
const PAYLOAD_BYTES = 56;
const TTL = 64;

/** `from` and `to` are as `skein path` names ends. Throws a Mistake; gives `undefined` when it is time to breathe. */
export function* planOf(
  asked: InjectionAsked,
  ends: { readonly from: string; readonly to: string | undefined },
  parts: PlanParts,
): Generator<undefined, Plan> {
  const { view, budget, places } = parts;
  const atlas = new Atlas(view, budget);
  yield* atlas.read();
  const named = yield* endPoint(atlas, ends.from, { isStart: true, places });
  const to = ends.to === undefined ? undefined : yield* endPoint(atlas, ends.to, { isStart: false, places });
  const { namespace } = named;
  if (namespace === undefined) throw mistake('injection.source', `Not able to find a source node: ${ends.from}`);
  const way = asked.Way ?? usualWay(asked, named);
  if (!blank(asked.Pcap)) return tracePlan(asked, { atlas, from: named, namespace }, parts);
  const from = onItsLink(atlas, named, namespace, [asked.DstIP, to?.text].find((one) => !blank(one)) ?? '');
  const addresses = addressesFor(atlas, asked, { from, to, namespace }, parts.met);
  const departure = departureOf(atlas, asked, { from, namespace, way, addresses });
  const type = typeFor(asked, addresses);
  const probing: Probing = {
    kind: 'packets',
    type,
    ...(departure.link && { link: departure.link }),
    source: addresses.source,
    destination: addresses.destination,
    ...numbersFor(asked, type, to, parts.random),
    sequence: Math.floor(parts.random() * 2 ** 32),
    isRandom: asked.Mode === 'random',
    count: asked.Count || 1,
    ttl: asked.TTL || TTL,
    payload: Buffer.from(payloadFor(asked, type, parts)).toString('base64'),
    incrementBytes: asked.IncrementPayload ?? 0,
    ...(type.startsWith('udp') && blank(asked.Payload) && { isNumbered: true }),
  };
  const order = orderOf(asked, { way: departure.way, namespace, by: departure.by, what: probing, uuid: parts.uuid });
  return {
    order,
    origin: departure.by.origin,
    packet: shown(atlas, order, probing, { by: departure.by, namespace, to }),
    trackingIds: trackingIdsOf(probing, parts.met),
  };
}

/** An interface stands for its link; a namespace, container, process or address for the stack that is there. */
function usualWay({ DstMAC, Pcap, SrcMAC }: InjectionAsked, { node, text }: EndPoint): InjectionWay {
  const isInterface = typeof node?.metadata.IfIndex === 'number' && canonical(text) === undefined;
  const isLink = isInterface || ![DstMAC, Pcap, SrcMAC].every(blank);
  return isLink ? 'link' : 'stack';
}

/** Of a SYN none is usual, and many servers refuse one. */
function payloadFor({ Payload }: InjectionAsked, type: InjectionType, { bytes }: PlanParts): Uint8Array {
  if (!blank(Payload)) return Buffer.from(Payload ?? '', 'utf8');
  return type.startsWith('tcp') ? new Uint8Array(0) : bytes(PAYLOAD_BYTES);
}

function typeFor({ Type }: InjectionAsked, { family }: Addresses): InjectionType {
  return Type ?? (family === 4 ? 'icmp4' : 'icmp6');
}

/** Of those that nobody has an agreement about (RFC 6335 §6), with room for as many conversations as there may be. */
const EPHEMERAL = 49_152;
const EPHEMERAL_COUNT = 8_192;

function numbersFor(asked: InjectionAsked, type: InjectionType, to: EndPoint | undefined, random: () => number) {
  if (type.startsWith('icmp'))
    return { sourcePort: 0, destinationPort: 0, icmpId: asked.ICMPID || 1 + Math.floor(random() * 65_534) };
  const served = to?.service?.protocol === protocolOf(type) ? to.service.port : undefined;
  return {
    sourcePort: asked.SrcPort || EPHEMERAL + Math.floor(random() * EPHEMERAL_COUNT),
    destinationPort: asked.DstPort || served || 0,
    icmpId: 0,
  };
}

function tracePlan(
  asked: InjectionAsked,
  { atlas, from, namespace }: { readonly atlas: Atlas; readonly from: EndPoint; readonly namespace: GraphNode },
  { uuid }: PlanParts,
): Plan {
  const by = from.node;
  if (by === undefined || typeof by.metadata.IfIndex !== 'number')
    throw mistake('injection.pcap', `${from.text} is no interface: frames of a trace are put on one`, 'OWNER/NAME');
  const what = { kind: 'trace', pcap: asked.Pcap ?? '' } as const;
  const order = orderOf(asked, { way: 'link', namespace, by, what, uuid });
  const place = placeShown(atlas, { by, namespace });
  return { order, origin: by.origin, packet: { Type: 'pcap', Way: 'link', ...place }, trackingIds: [] };
}

function orderOf(
  asked: InjectionAsked,
  given: {
    readonly way: InjectionWay;
    readonly namespace: GraphNode;
    readonly by: GraphNode;
    readonly what: Order['what'];
    readonly uuid: string;
  },
): Order {
  const { by, namespace, uuid, way, what } = given;
  return {
    uuid,
    way,
    nodeId: by.id,
    namespaceId: namespace.id,
    interfaceName: nameOf(by),
    ifIndex: typeof by.metadata.IfIndex === 'number' ? by.metadata.IfIndex : 0,
    intervalMs: asked.Interval ?? 0,
    waitMs: asked.Wait ?? WAIT_MS,
    what,
  };
}

function trackingIdsOf(probing: Probing, met: MeetBound): string[] {
  const { source, destination, destinationPort, type, isRandom, count } = probing;
  const found = new Set<string>();
  if (isRandom && count > TRACKING_IDS_MAX) met('tracking-ids');
  for (let index = 0; index < (isRandom ? Math.min(count, TRACKING_IDS_MAX) : 1); index++) {
    const { icmpId, sourcePort } = conversationAt(probing, index);
    const aPort = type.startsWith('icmp') ? icmpId : sourcePort;
    const id = trackingOf({ protocol: protocolOf(type), a: source, b: destination, aPort, bPort: destinationPort });
    if (id !== undefined) found.add(id);
  }
  return [...found];
}

function placeShown(atlas: Atlas, { by, namespace }: { readonly by: GraphNode; readonly namespace: GraphNode }) {
  const isInside = typeOf(namespace) === 'netns';
  const place = { Host: by.host, NodeID: by.id, Name: nameOf(by) };
  return isInside && atlas.namespace(by)?.id === namespace.id ? { ...place, Namespace: nameOf(namespace) } : place;
}

function shown(
  atlas: Atlas,
  { way }: Order,
  probing: Probing,
  { by, namespace, to }: { readonly by: GraphNode; readonly namespace: GraphNode; readonly to: EndPoint | undefined },
): InjectedPacket {
  const { link, type, source, destination, sourcePort, destinationPort, icmpId, ttl } = probing;
  const holders = atlas.holders(destination);
  const whose = to?.node ?? (holders.length === 1 ? holders[0] : undefined);
  return {
    Type: type,
    Way: way,
    ...placeShown(atlas, { by, namespace }),
    SrcIP: source,
    DstIP: destination,
    ...(link && { SrcMAC: link.sourceMac }),
    ...(link?.destinationMac !== undefined && { DstMAC: link.destinationMac }),
    ...(type.startsWith('icmp') ? { ICMPID: icmpId } : { SrcPort: sourcePort, DstPort: destinationPort }),
    TTL: ttl,
    ...(whose && { DstNodeID: whose.id }),
  };
}
