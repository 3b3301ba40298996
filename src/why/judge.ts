/** What the model says of a conversation at one moment, and by how much that is worse than it was. */
import type { GraphNode } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { isServed } from '../query/forwarding/arrival.ts';
import { Atlas, nameOf } from '../query/forwarding/atlas.ts';
import type { Entrance } from '../query/forwarding/entrance.ts';
import type { Hop } from '../query/forwarding/hop.ts';
import { type PathAnswer, type PathQuestion, pathIn, type Travel } from '../query/forwarding/path.ts';
import { isUnspecified } from '../query/forwarding/source-address.ts';
import type { Budget } from '../query/limits.ts';
import { Mistake, mistake } from '../std/mistake.ts';

/** A conversation whose two ends are settled: whatever happens to them, it is asked about these. */
export interface Conversation {
  /** Id of the namespace it starts in, or comes into. */
  readonly start: string;
  /** Where it comes in, when it starts beyond what is watched. */
  readonly entrance?: Entrance | undefined;
  /** Id of the namespace that it arrived in; undefined beyond what is watched. */
  readonly end: string | undefined;
  readonly source: string;
  readonly destination: string;
  readonly protocol: number | undefined;
  readonly sourcePort: number | undefined;
  readonly port: number | undefined;
}

export interface Judgement {
  readonly there: Way;
  /** Undefined: nobody knows where it would begin. */
  readonly back: Way | undefined;
}

export interface Way {
  readonly reaches: 'yes' | 'no' | 'unknown';
  readonly code: string | undefined;
  readonly reason: string | undefined;
  readonly at: GraphNode | undefined;
  readonly mtu: number | undefined;
  readonly hops: readonly Hop[];
  /** What should be known besides: `code text`. */
  readonly warnings: readonly string[];
  /** What has to hold besides, and is not in the graph. */
  readonly assumed: readonly string[];
}

function conversationOf({ from, to, packet, there, entrance }: PathAnswer, atlas: Atlas): Conversation | undefined {
  const last = there.reaches === 'yes' ? there.hops.at(-1)?.node : undefined;
  const start = entrance === undefined ? from.namespace : atlas.node(entrance.by);
  const namespace = start && atlas.namespace(start);
  if (namespace === undefined) return undefined;
  return {
    start: namespace.id,
    entrance,
    // Where addresses are translated it arrives elsewhere than it was sent to.
    end: (last && atlas.namespace(last)?.id) ?? to.namespace?.id,
    source: packet.source,
    destination: packet.destination,
    protocol: packet.protocol,
    sourcePort: packet.sourcePort,
    port: packet.destinationPort,
  };
}

export function* readAtlas(view: GraphView, budget: Budget): Generator<undefined, Atlas> {
  const atlas = new Atlas(view, budget);
  yield* atlas.read();
  return atlas;
}

export function* judge(
  { start, entrance, end, source, destination, protocol, sourcePort, port }: Conversation,
  atlas: Atlas,
): Generator<undefined, Judgement> {
  // It is known by its id alone, which is no name for people.
  if (atlas.node(start) === undefined) return { there: nowhere(mistake('path.unknown', NOT_THERE)), back: undefined };
  // Where nothing led on nobody knows which address it would have had.
  const fromAddress = isUnspecified(source) ? undefined : source;
  const from = entrance === undefined ? { from: start, fromAddress } : { from: source, entrance };
  const question = { ...from, to: destination, protocol, sourcePort, port, isBoth: true };
  const answer = yield* answerOf(question, atlas);
  if (answer instanceof Mistake) return { there: nowhere(answer), back: undefined };
  const there = arrivedAt(end, answer, atlas);
  // Who is not reached does not answer.
  return { there, back: there.reaches === 'yes' && answer.back !== undefined ? waysOf(answer.back) : undefined };
}

/** What people ask, at a moment: the conversation that it is, if both of its ends are there. */
export function* asked(
  question: PathQuestion,
  atlas: Atlas,
): Generator<
  undefined,
  { readonly there: Way; readonly conversation: Conversation | undefined; readonly mistake?: Mistake }
> {
  const answer = yield* answerOf(question, atlas);
  if (answer instanceof Mistake) return { there: nowhere(answer), conversation: undefined, mistake: answer };
  return { there: waysOf(answer.there), conversation: conversationOf(answer, atlas) };
}

/** Who was spoken to hears nothing: another has the address, or it is translated to that of another. */
function arrivedAt(end: string | undefined, { there, packet }: PathAnswer, atlas: Atlas): Way {
  const way = waysOf(there);
  const arrived = there.hops.at(-1);
  if (way.reaches !== 'yes' || end === undefined || arrived === undefined) return way;
  const where = atlas.namespace(arrived.node);
  if (where === undefined || where.id === end) return way;
  const nat = there.hops.find(({ how }) => how.nat !== undefined && how.nat.to !== how.nat.newTo);
  const before = atlas.node(end);
  // An address may have come to stand for another, who serves what nobody did.
  const isHeard = !arrived.issues.some(({ code }) => code === 'nobody-listens' || code === 'listening');
  if (nat !== undefined && isHeard && packet.destinationPort !== undefined && !(before && isServed(before, packet)))
    return way;
  const reason =
    nat === undefined
      ? `it arrives at ${nameOf(where)}, which has ${packet.destination} too`
      : `${nameOf(nat.node)} translates it: it arrives at ${nameOf(where)}`;
  return { ...way, reaches: 'no', code: 'elsewhere', reason, at: where };
}

function* answerOf(question: PathQuestion, atlas: Atlas): Generator<undefined, PathAnswer | Mistake> {
  try {
    return yield* pathIn(question, atlas);
  } catch (error) {
    // An end that is not there is an answer here; a limit that was met is none.
    if (error instanceof Mistake && error.faults.every(({ code }) => code.startsWith('path.'))) return error;
    throw error;
  }
}

function waysOf({ reaches, code, reason, at, mtu, hops, assumed }: Travel): Way {
  const warnings = hops.flatMap(({ issues, node }) =>
    issues.filter(({ weight }) => weight === 'warns').map((issue) => `${issue.code} ${node.id} ${issue.text}`),
  );
  return { reaches, code, reason, at, mtu, hops, warnings, assumed };
}

const NOT_THERE = 'the namespace where it begins is not there';

function nowhere(mistake: Mistake): Way {
  const [fault] = mistake.faults;
  return {
    reaches: 'no',
    code: fault?.code,
    reason: fault?.message,
    at: undefined,
    mtu: undefined,
    hops: [],
    warnings: [],
    assumed: [],
  };
}
