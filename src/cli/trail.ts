/**
 * One conversation along its way: what each place saw of it, in order, and between which of them packets went missing.
 * Pure: what was seen comes in, and what may be concluded goes out, with what speaks against it.
 */
import type { Ways } from './ways.ts';

/** What passed in one direction. */
export interface Count {
  readonly packets: number;
  readonly bytes: number;
}

/** What one place saw. */
export interface Seen {
  /** Of the node in the graph; its TID where the graph does not know it. */
  readonly id: string;
  readonly tid: string;
  /** With its namespace: `blue/eth0`. */
  readonly name: string;
  readonly host: string;
  readonly ab: Count;
  readonly ba: Count;
  /** Epoch ms, whole. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Packets the kernel dropped there, by its reason. */
  readonly drops: Readonly<Record<string, number>>;
  /** One of so many packets was looked at. */
  readonly sampling: number;
  /** From here to B and back, ns: of the handshake or the first echo. */
  readonly rttNs?: number | undefined;
}

/** A place where the same captures run, and that saw nothing of it. */
export type Watched = Pick<Seen, 'id' | 'tid' | 'name' | 'host'>;

export interface TrailParts {
  readonly seen: readonly Seen[];
  readonly watched: readonly Watched[];
  readonly ways: Ways;
  /** Nodes that have the address of an end; several where it is used several times. */
  readonly aNodes: readonly Watched[];
  readonly bNodes: readonly Watched[];
  /** Packets that captures themselves lost, by TID of the node. */
  readonly captureLosses: ReadonlyMap<string, number>;
  /** Epoch ms: when it was asked. */
  readonly atMs: number;
}

export interface Hop extends Seen {
  /** It captures, lies on the way, and saw nothing. */
  readonly isSilent: boolean;
  /** Since the hop before saw its first packet, ms; undefined for the first, and where nothing was seen. */
  readonly delayMs: number | undefined;
  /** From the hop before to here and back, ns: each measured what lies behind it by its own clock, so clocks need not agree. */
  readonly roundTripNs: number | undefined;
}

export interface Fall {
  readonly direction: 'A→B' | 'B→A';
  /** Hop that saw them last, and hop that did not. */
  readonly from: string;
  readonly to: string;
  readonly packets: number;
  readonly bytes: number;
  /** That came so far. */
  readonly of: number;
  /** Why, where the kernel said so at one of the two. */
  readonly drops: Readonly<Record<string, number>>;
  /** What is missing would fit into headers: segments may have been merged, not lost. */
  readonly mayBeMerged: boolean;
  /** None arrive, and yet there are answers: they go on as something else, or another way. */
  readonly isAnswered: boolean;
}

export interface Trail {
  readonly hops: readonly Hop[];
  /** By the graph's way from A to B; by first packets; or the one for those that the graph connects and the other for the rest. */
  readonly orderedBy: 'path' | 'time' | 'both';
  readonly falls: readonly Fall[];
  /** Sentences: what is certain, and what is not. */
  readonly notes: readonly string[];
}

/** Packets may be on their way for so long, until the next reading of counters at least. */
const ON_THE_WAY_MS = 2_000;
/** Whoever sees the first packet so much later was not looking yet. */
const LATE_MS = 1_000;
/** Link, network and transport headers of a segment: about so much goes when two become one. */
const HEADERS_BYTES = 80;

export function trailOf(parts: TrailParts): Trail {
  const { places, orderedBy } = inOrder(parts);
  const hops = places.map((place, at) => ({
    ...place,
    delayMs: delayAt(places, at),
    roundTripNs: roundTripAt(places, at),
  }));
  const falls = [...fallsOf(hops, 'A→B'), ...fallsOf(hops.toReversed(), 'B→A')];
  return { hops, orderedBy, falls, notes: notesOf(hops, falls, parts) };
}

type Place = Omit<Hop, 'delayMs' | 'roundTripNs'>;

function inOrder(parts: TrailParts): { places: Place[]; orderedBy: Trail['orderedBy'] } {
  const { seen, ways } = parts;
  const byTime = seen.toSorted((a, b) => a.firstMs - b.firstMs || (a.name < b.name ? -1 : 1));
  const [first] = byTime;
  if (!first) return { places: [], orderedBy: 'time' };
  const start = endOf(parts.aNodes, first, ways) ?? first;
  const costs = ways.costsFrom(start.id);
  const cost = (id: string) => costs.get(id) ?? Number.POSITIVE_INFINITY;
  const onPath = byTime.filter(({ id }) => costs.has(id)).toSorted((a, b) => cost(a.id) - cost(b.id));
  const places: Place[] = onPath.map((place) => ({ ...place, isSilent: false }));
  // A place that packets went round, since others behind it saw them, has nothing to say.
  const furthest = Math.max(...places.map(({ id }) => cost(id)));
  for (const quiet of silentOn(parts, start.id)) {
    if (cost(quiet.id) <= furthest) continue;
    const after = places.findIndex(({ id }) => cost(id) > cost(quiet.id));
    places.splice(after < 0 ? places.length : after, 0, { ...nothing, ...quiet, isSilent: true });
  }
  // Those that the graph does not connect stand where their first packet puts them.
  const apart = byTime.filter(({ id }) => !costs.has(id));
  for (const place of apart) {
    const after = places.findIndex(({ isSilent, firstMs }) => !isSilent && firstMs > place.firstMs);
    places.splice(after < 0 ? places.length : after, 0, { ...place, isSilent: false });
  }
  const orderedBy = apart.length === 0 ? 'path' : onPath.length > 1 ? 'both' : 'time';
  return { places, orderedBy: seen.length === 1 ? 'path' : orderedBy };
}

const nothing = {
  ab: { packets: 0, bytes: 0 },
  ba: { packets: 0, bytes: 0 },
  firstMs: 0,
  lastMs: 0,
  drops: {},
  sampling: 1,
};

/** Of several nodes with one address the one nearest to who saw it. */
function endOf(nodes: readonly Watched[], seen: Watched, ways: Ways): Watched | undefined {
  const costs = ways.costsFrom(seen.id);
  const reached = nodes.filter(({ id }) => costs.has(id));
  return reached.toSorted((a, b) => (costs.get(a.id) ?? 0) - (costs.get(b.id) ?? 0))[0];
}

function silentOn(parts: TrailParts, start: string): Watched[] {
  const { seen, watched, ways } = parts;
  const last = seen.at(-1);
  const end = last && endOf(parts.bNodes, last, ways);
  const way = new Set(end ? ways.between(start, end.id) : []);
  const known = new Set(seen.map(({ id }) => id));
  return watched.filter(({ id }) => way.has(id) && !known.has(id));
}

function delayAt(places: readonly Place[], at: number): number | undefined {
  const place = places[at];
  const before = places.slice(0, at).findLast(({ isSilent }) => !isSilent);
  return !place || place.isSilent || !before ? undefined : place.firstMs - before.firstMs;
}

function roundTripAt(places: readonly Place[], at: number): number | undefined {
  const here = places[at]?.rttNs;
  const before = places[at - 1]?.rttNs;
  // Two that measured different packets say nothing of the way between them.
  return here === undefined || before === undefined || before < here ? undefined : before - here;
}

/** `hops` in the order in which packets of that direction pass them. */
function fallsOf(hops: readonly Hop[], direction: Fall['direction']): Fall[] {
  const count = (hop: Hop) => (direction === 'A→B' ? hop.ab : hop.ba);
  const falls: Fall[] = [];
  for (const [at, to] of hops.entries()) {
    const from = hops[at - 1];
    // What was counted by samples is too coarse to be compared.
    if (!from || from.sampling > 1 || to.sampling > 1) continue;
    const [before, after] = [count(from), count(to)];
    const [packets, bytes] = [before.packets - after.packets, before.bytes - after.bytes];
    if (packets <= 0 || bytes <= 0) continue;
    falls.push({
      direction,
      from: from.name,
      to: to.name,
      packets,
      bytes,
      of: before.packets,
      drops: { ...from.drops, ...to.drops },
      mayBeMerged: after.packets > 0 && bytes <= packets * HEADERS_BYTES,
      isAnswered: to.isSilent && from.ab.packets > 0 && from.ba.packets > 0 && Object.keys(from.drops).length === 0,
    });
  }
  return falls;
}

function notesOf(hops: readonly Hop[], falls: readonly Fall[], parts: TrailParts): string[] {
  const heard = hops.filter(({ isSilent }) => !isSilent);
  const lastMs = Math.max(...heard.map((hop) => hop.lastMs));
  return [
    ...falls.map((fall) => fallText(fall, hops)),
    ...(falls.length === 0 && heard.length > 1 ? [allText(heard)] : []),
    ...(heard.length > 0 && heard.every(({ ba }) => ba.packets === 0) ? ['nothing comes back from B'] : []),
    ...beyond(hops, parts),
    ...(falls.some(({ isAnswered }) => !isAnswered) && parts.atMs - lastMs < ON_THE_WAY_MS
      ? ['it goes on: what is missing may still be on its way, or not read yet']
      : []),
    ...heard.filter(({ sampling }) => sampling > 1).map(samplingText),
    ...heard.flatMap((hop) => lossText(hop, parts.captureLosses.get(hop.tid) ?? 0)),
    ...heard.filter(({ delayMs = 0 }) => delayMs >= LATE_MS).map(lateText),
    ...clockNotes(heard),
  ];
}

function fallText(fall: Fall, hops: readonly Hop[]): string {
  const { direction, from, to, packets, of, drops, mayBeMerged, isAnswered } = fall;
  if (isAnswered)
    return `${from} saw packets in both directions, and ${to}, which captures, saw none of them: between the two they are given other addresses (NAT), or go another way`;
  const isSilent = hops.some((hop) => hop.name === to && hop.isSilent);
  const what = packets === of ? `all ${of} packets stop` : `${packets} of ${of} packets are missing`;
  const why = Object.entries(drops).map(([reason, count]) => `${count} ${reason}`);
  return [
    `${direction}: ${what} between ${from} and ${to}`,
    isSilent ? ', which captures and saw none of it' : '',
    why.length > 0 ? `; the kernel says it dropped ${why.join(', ')}` : '',
    mayBeMerged ? '; no more bytes than headers are missing, so segments may have been merged (GRO)' : '',
  ].join('');
}

function allText(heard: readonly Hop[]): string {
  return heard.some(({ sampling }) => sampling > 1)
    ? 'what was sampled cannot be compared packet by packet'
    : `no packet is missing between the ${heard.length} places that saw it`;
}

/** Where nothing is known: behind the last hop. */
function beyond(hops: readonly Hop[], { bNodes, ways }: TrailParts): string[] {
  const last = hops.at(-1);
  if (!last || last.isSilent) return [];
  const end = endOf(bNodes, last, ways);
  if (!end) return [`the graph knows no way from ${last.name} to B: what is behind it is not known`];
  if (end.id === last.id) return [];
  return [`behind ${last.name}, on the way to ${end.name} where B is, nothing captures`];
}

function samplingText({ name, sampling }: Hop): string {
  return `${name} saw one of ${sampling} packets: its counts are estimates, and nothing is concluded from them`;
}

function lossText({ name }: Hop, packets: number): string[] {
  return packets > 0 ? [`the capture at ${name} lost ${packets} packets itself: its counts may be too low`] : [];
}

function lateText({ name, delayMs }: Hop): string {
  return `${name} saw its first packet ${delayMs} ms late: it may not have been captured from the beginning`;
}

/** Within a host the clock is one; between hosts a packet that arrives before it left shows how far they are apart. */
function clockNotes(heard: readonly Hop[]): string[] {
  const notes: string[] = [];
  for (const [at, hop] of heard.entries()) {
    const before = heard[at - 1];
    if (!before || before.host === hop.host) continue;
    const { delayMs = 0 } = hop;
    notes.push(
      delayMs < 0
        ? `the clocks of ${before.host} and ${hop.host} differ by ${-delayMs} ms at least`
        : `the delay from ${before.host} to ${hop.host} is as exact as their clocks agree`,
    );
  }
  return [...new Set(notes)];
}
