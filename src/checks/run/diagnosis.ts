/**
 * Why packets did not get there: what was seen at the hops, what the kernels dropped, what came back and what the model
 * says, brought together to one place, one code and one sentence.
 */
import type { GraphNode } from '../../graph/element.ts';
import { type Atlas, nameOf } from '../../query/forwarding/atlas.ts';
import type { PathAnswer } from '../../query/forwarding/path.ts';
import { placeOf, placeText } from '../../query/forwarding/place.ts';
import type { Evidence, PcapngEvidence, ReachCode } from '../result.ts';
import { codeOfDrop, type Fate, fateOfPath, isTranslation } from './codes.ts';
import { countersAlong } from './counters.ts';
import type { Moment } from './moment.ts';
import { changesNear } from './near.ts';
import { closedText } from './reach-model.ts';
import { isWanted, type Run } from './run.ts';
import type { Looked, Sending } from './traffic.ts';
import { deciderOf, type Ending, endingOf, hopsOf, plainReason, type SeenAt } from './way.ts';
import type { DropSeen } from './world.ts';

export interface Diagnosis {
  readonly sending: Sending;
  readonly way: PathAnswer;
  /** As it looks from where it was sent. */
  readonly fate: Fate;
  readonly sentence: string;
  readonly drops: readonly DropSeen[];
  /** Address of who sent an error. */
  readonly refusedBy: string | undefined;
  /** Packets of the way there, at the places that were watched; undefined where none was. */
  readonly seen: SeenAt | undefined;
  /** The same of the answers. */
  readonly answers?: SeenAt | undefined;
  readonly packets: PcapngEvidence | undefined;
  readonly missing: readonly string[];
}

export async function diagnosed(fact: Diagnosis, run: Run, asked: Moment, signal: AbortSignal): Promise<Looked> {
  const { sending, fate, sentence, drops, seen, packets, refusedBy } = fact;
  // As it is now: what the kernel was told meanwhile is in the graph by now.
  const moment = asked.time === undefined ? run.moments.now() : asked;
  const atlas = await moment.atlas(signal);
  const { way } = fact;
  const { there } = way;
  const ending = seen && endingOf(there.hops, seen);
  const { drop, node: dropNode } = furthest(drops, atlas, way);
  const holder = refusedBy === undefined ? undefined : atlas.holders(refusedBy)[0];
  const refuser = holder && (atlas.namespace(holder) ?? holder);
  const verdict = verdictOf({ fact, ending, drop, dropNode, refuser });
  const place = verdict.at && placeOf(verdict.at, atlas);
  const isWell = fate.result === 'delivered';
  const isModelOfIt =
    there.reaches === 'no' && (verdict.at === undefined || isNear(there.at, verdict.at, atlas) || verdict.isByModel);
  const model = isModelOfIt ? deciderOf(there, atlas) : undefined;
  const closed = LISTENING.has(verdict.code) ? listenerText(way, atlas) : undefined;
  const by = model ?? closed;
  // What kept away what gets there and should not may be gone.
  const changes = await changesNear(way, sending, run, moment, signal);
  const missing = [...fact.missing, ...(changes.missing ?? [])];
  const counters = isWanted('path', sending.check, run) ? await countersAlong(there.hops, run) : undefined;
  const reason = isWell
    ? sentence
    : place === undefined
      ? verdict.why
      : `stopped at ${placeText(place)}: ${verdict.why}${by && !verdict.why.includes(by.text) ? ` (${by.text})` : ''}`;
  const evidence: Evidence = {
    ...(isWanted('path', sending.check, run) && {
      hops: hopsOf(there, atlas, {
        ...(seen && { seen }),
        stopsAt: verdict.at?.id,
        ...(counters && { counters }),
      }),
    }),
    ...(place && !isWell && { stopsAt: place }),
    ...(ending?.lostBetween &&
      !isWell && {
        lostBetween: { from: placeOf(ending.lostBetween.from, atlas), to: placeOf(ending.lostBetween.to, atlas) },
      }),
    ...(drop && {
      drop: {
        reason: drop.reason,
        packets: drops.filter(({ reason: its }) => its === drop.reason).length,
        ...(drop.symbol !== undefined && { location: drop.symbol }),
        ...(dropNode && { node: placeOf(dropNode, atlas) }),
      },
    }),
    ...(by && { by }),
    ...(packets && { pcapng: packets }),
    ...changes,
    ...(missing.length > 0 && { missing }),
  };
  return { code: isWell ? fate.code : verdict.code, reason, evidence };
}

/** Codes of those that come to the end: who listens there tells more. */
const LISTENING = new Set<ReachCode>(['PORT_CLOSED', 'RST', 'NO_REPLY']);

interface Verdict {
  readonly code: ReachCode;
  readonly at: GraphNode | undefined;
  readonly why: string;
  readonly isByModel: boolean;
}

interface Facts {
  readonly fact: Diagnosis;
  readonly ending: Ending | undefined;
  readonly drop: DropSeen | undefined;
  readonly dropNode: GraphNode | undefined;
  readonly refuser: GraphNode | undefined;
}

/** Who knows best is asked first: who says so himself, the kernel that dropped it, the model, and then the places. */
function verdictOf({ fact, ending, drop, dropNode, refuser }: Facts): Verdict {
  const { fate, sentence, way } = fact;
  const { there } = way;
  const model = there.reaches === 'no' ? fateOfPath(there.code, there.reason) : undefined;
  const end = way.to.namespace ?? way.to.node ?? there.hops.at(-1)?.node;
  const byModel = (code: ReachCode) => ({ code, at: there.at, why: plainReason(there) ?? code, isByModel: true });
  if (fate.result === 'refused') {
    // A filter that rejects says the same as a port that is closed; the rule tells them apart.
    if (model?.code === 'POLICY_DENY') return byModel('POLICY_DENY');
    const at = refuser ?? (fate.code === 'PORT_CLOSED' || fate.code === 'RST' ? end : (there.at ?? way.from.namespace));
    const isModels = model !== undefined && model.code === fate.code;
    return isModels ? byModel(fate.code) : { code: fate.code, at, why: sentence, isByModel: false };
  }
  const reason = drop && codeOfDrop(drop.reason);
  if (drop !== undefined && reason !== undefined) {
    const isModels = model?.code === reason;
    const function_ = drop.symbol === undefined ? '' : ` in ${drop.symbol}`;
    const why = isModels
      ? `${drop.reason}${function_}: ${plainReason(there)}`
      : `the kernel dropped it: ${drop.reason}${function_}`;
    return { code: reason, at: dropNode ?? (model && there.at), why, isByModel: isModels };
  }
  if (model !== undefined) return byModel(model.code);
  if (drop !== undefined) {
    const why = `the kernel dropped it: ${drop.reason}${drop.symbol === undefined ? '' : ` in ${drop.symbol}`}`;
    return { code: 'LOST_BETWEEN', at: dropNode, why, isByModel: false };
  }
  if (ending === undefined && way.back?.reaches === 'no' && fate.code === 'NO_REPLY') return unanswered(fact, end);
  if (ending === undefined) return { code: fate.code, at: undefined, why: sentence, isByModel: false };
  if (!ending.isSeenAnywhere)
    return {
      code: 'NOT_OBSERVED',
      at: way.from.namespace,
      why: 'it was seen nowhere on its way, not even where it was sent',
      isByModel: false,
    };
  if (ending.isSeenAtEnd) return unanswered(fact, end);
  const { lostBetween, stopsAt } = ending;
  const why =
    lostBetween === undefined
      ? 'it was not seen any further'
      : `seen at ${nameOf(lostBetween.from)}, not at ${nameOf(lostBetween.to)}`;
  return { code: 'LOST_BETWEEN', at: stopsAt ?? lostBetween?.to, why, isByModel: false };
}

/** It came to where it was sent, and no answer came back. */
function unanswered({ way, answers }: Diagnosis, end: GraphNode | undefined): Verdict {
  const { back } = way;
  const wasAnswered = [...(answers?.values() ?? [])].some(({ packets }) => packets > 0);
  if (back?.reaches === 'no')
    return {
      code: isTranslation(back) ? 'NAT_MISMATCH' : 'ASYMMETRIC',
      at: back.at,
      why: `it gets there, the answer does not come back: ${back.reason}`,
      isByModel: false,
    };
  if (wasAnswered && back !== undefined && answers !== undefined) {
    const ending = endingOf(back.hops, answers);
    const at = ending.stopsAt ?? ending.lostBetween?.to;
    return {
      code: 'ASYMMETRIC',
      at,
      why: 'it gets there and is answered; the answer does not come back',
      isByModel: false,
    };
  }
  return { code: 'NO_REPLY', at: end, why: 'it gets there, and nothing answers', isByModel: false };
}

function isNear(one: GraphNode | undefined, other: GraphNode, atlas: Atlas): boolean {
  if (one === undefined) return false;
  return one.id === other.id || atlas.namespace(one)?.id === atlas.namespace(other)?.id;
}

/** Several hosts on one kernel tell of the same drop: it is where the packet came furthest. */
function furthest(drops: readonly DropSeen[], atlas: Atlas, way: PathAnswer) {
  const { hops } = way.there;
  const placed = drops.map((drop) => {
    const node = nodeOfDrop(drop, atlas, way);
    const isThere = ({ node: its }: { readonly node: GraphNode }) =>
      its.id === node?.id || atlas.namespace(its)?.id === node?.id;
    const isAtEnd = node !== undefined && node.id === way.to.namespace?.id;
    return { drop, node, at: isAtEnd ? hops.length : node === undefined ? -2 : hops.findLastIndex(isThere) };
  });
  const [first] = placed.toSorted((a, b) => b.at - a.at);
  return { drop: first?.drop, node: first?.node };
}

/** The namespace, or the interface where it was the link's business. */
function nodeOfDrop(
  { cookie, host, ifIndex, inIfIndex }: DropSeen,
  atlas: Atlas,
  { there }: PathAnswer,
): GraphNode | undefined {
  const onWay = there.hops.map(({ node }) => node);
  const isIt = (node: GraphNode) =>
    cookie !== undefined && String(node.metadata.Cookie ?? '') === cookie && node.host === host;
  for (const node of onWay) {
    const namespace = atlas.namespace(node);
    if (namespace && isIt(namespace)) return namespace;
  }
  for (const node of atlas.view.nodesWith('Type', 'netns') ?? atlas.view.nodes()) if (isIt(node)) return node;
  const index = inIfIndex ?? ifIndex;
  const link = onWay.find(
    (node) => cookie === undefined && node.host === host && node.metadata.IfIndex === index && index !== undefined,
  );
  if (link) return link;
  // No other namespace of that host is it: it is that of the host itself, which has no cookie in the graph.
  for (const node of atlas.view.nodesWith('Type', 'host') ?? []) if (node.host === host) return node;
  return undefined;
}

function listenerText(way: PathAnswer, atlas: Atlas): Evidence['by'] {
  const { to, packet, there } = way;
  const closed = closedText(way);
  const last = there.hops.at(-1)?.node;
  // Behind a translation it is another address, and another port.
  if (closed !== undefined && last) return { type: 'socket', text: closed, node: placeOf(last, atlas) };
  const namespace = to.namespace;
  if (namespace === undefined || packet.destinationPort === undefined) return undefined;
  const services = Array.isArray(namespace.metadata.Services)
    ? (namespace.metadata.Services as readonly { Protocol?: string; Port?: number; Name?: string; Address?: string }[])
    : [];
  const its = services.filter(({ Port }) => Port === packet.destinationPort);
  const said = its.map(
    ({ Name, Address, Protocol }) =>
      `${Name ?? 'a process'} listens at ${Protocol} ${Address}:${packet.destinationPort}`,
  );
  const text =
    said.length > 0 ? said.join(', ') : `nobody listens at port ${packet.destinationPort} of ${nameOf(namespace)}`;
  return { type: 'socket', text, node: placeOf(namespace, atlas) };
}
