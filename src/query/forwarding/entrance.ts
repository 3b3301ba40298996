/** Packets of an address that nobody has who is watched: by which interface they come in, and how they go on from there. */
import type { GraphNode } from '../../graph/element.ts';
import { addressesOf, nameOf, textOf } from './atlas.ts';
import type { Frame, Walker, Way } from './frame.ts';
import { type Hop, type Outcome, prefixed, stopped, unknown } from './hop.ts';
import { downOf, interfaceHop } from './interface.ts';
import { answerOf, type Packet } from './packet.ts';

/** Plain data: it stays the same when the graph changes. */
export interface Entrance {
  /** Id of the interface. */
  readonly by: string;
  /** Who is looked for there: an address of the interface that answers are routed out of, in its one spelling. */
  readonly target: string;
  /** Whether frames have hardware addresses there. */
  readonly hasMacs: boolean;
  /** VLAN IDs, the outermost first. */
  readonly tags: readonly number[];
}

/** Of those that have the packet's destination; the others are not tried. */
const HOLDERS_MAX = 16;

/**
 * Where answers to the packet go out, whatever packet filters say, and why that is not known where it is nowhere.
 * `ends`: namespaces in which its destination may be; of several only those count whose answers pass the most of the nodes
 * with these TIDs.
 */
export function* entranceOf(
  walker: Walker,
  packet: Packet,
  { ends, seenAt }: { readonly ends: readonly GraphNode[]; readonly seenAt: readonly string[] },
): Generator<undefined, { readonly found: readonly Entrance[]; readonly why: string }> {
  let best: { found: Entrance[]; readonly passed: number } = { found: [], passed: 0 };
  let why = `nobody in the graph has ${packet.destination} either`;
  for (const end of ends.slice(0, HOLDERS_MAX)) {
    const outcome = yield* walker.carry(end, answerOf(packet), 0);
    const found = leftBy(outcome, packet);
    const passed = passedBy(outcome.hops, seenAt);
    if (found === undefined && outcome.end.kind !== 'arrived')
      why = `answers to it do not leave: ${outcome.end.reason}`;
    if (found === undefined || passed < best.passed) continue;
    best = passed > best.passed ? { found: [found], passed } : { found: [...best.found, found], passed };
  }
  return { found: best.found, why };
}

/** How many of the places (TIDs) a way passes. */
export function passedBy(hops: readonly Hop[], seenAt: readonly string[]): number {
  if (seenAt.length === 0) return 0;
  const places = new Set(seenAt);
  const tids = hops.flatMap(({ node }) => textOf(node.metadata.TID) ?? []);
  return new Set(tids.filter((tid) => places.has(tid))).size;
}

function leftBy({ hops, end }: Outcome, packet: Packet): Entrance | undefined {
  if (end.kind !== 'unknown' || end.left === undefined) return undefined;
  const { by, sourceMac, tags } = end.left;
  const routed = hops.findLastIndex(({ how, depth }) => how.kind === 'route' && depth === 0);
  const out = hops.slice(routed + 1).find(({ how, depth }) => how.kind === 'out' && depth === 0)?.node;
  const target = out && addressesOf(out.metadata).find((one) => one.includes(':') === (packet.family === 6));
  return { by: by.id, target: target ?? packet.destination, hasMacs: sourceMac !== undefined, tags };
}

/** On from the entrance, with what filters say. */
export function* enter(walker: Walker, { by, target, hasMacs, tags }: Entrance, packet: Packet): Way {
  const { atlas } = walker;
  const node = atlas.node(by);
  if (node === undefined) return stopped([], 'entrance', 'the interface by which it comes in is not there');
  const text = `packets of ${packet.source} come in by ${nameOf(node)}, where answers to them go out`;
  const hop = interfaceHop(node, { kind: 'in', text: 'from where nobody watches' }, 0, [
    { code: 'entrance', text, weight: 'assumed' },
  ]);
  const down = downOf(node);
  if (down !== undefined) return { hops: [hop], end: { kind: 'stopped', code: 'down', reason: down } };
  // Its MAC is not known, but that it has one.
  const frame: Frame = { packet, sourceMac: hasMacs ? '' : undefined, targetMac: undefined, target, tags };
  const arrived = prefixed([hop], yield* walker.receive(node, frame, { depth: 0, seen: new Set() }));
  if (arrived.end.kind !== 'arrived') return arrived;
  const { at, packet: now = packet } = arrived.end;
  const namespace = atlas.namespace(at);
  if (namespace === undefined)
    return unknown(arrived.hops, 'namespace', `the namespace of ${nameOf(at)} is not in the graph`);
  return prefixed(arrived.hops, yield* walker.carry(namespace, now, 0, at));
}

/** An answer that leaves where the packet came in has got as far as anybody watches. */
export function homeBy(entrance: Entrance, outcome: Outcome): Outcome {
  const { hops, end } = outcome;
  if (end.kind !== 'unknown' || end.left?.by.id !== entrance.by) return outcome;
  const { by, packet } = end.left;
  const last = hops.at(-1);
  const text = `from ${nameOf(by)}, where packets came in, it finds its way`;
  const home = last && {
    ...last,
    issues: [
      ...last.issues.filter(({ code }) => code !== end.code),
      { code: 'entrance', text, weight: 'assumed' as const },
    ],
  };
  return { hops: home === undefined ? hops : [...hops.slice(0, -1), home], end: { kind: 'arrived', at: by, packet } };
}
