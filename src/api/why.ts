/** `/api/why`: which change broke it. */
import { schemaVersion } from '../contract/element.ts';
import type { WhyReply, WhyRequest } from '../contract/why.ts';
import type { Flow, FlowMetric } from '../flow/flow.ts';
import type { FlowView, Span } from '../flow/view.ts';
import { momentHint, momentOfNumber, parseMoment, resolveMoment } from '../query/times.ts';
import { mistake } from '../std/mistake.ts';
import type { WhyAnswer, WhyQuestion, WhyVerdict } from '../why/question.ts';
import { why } from '../why/why.ts';
import type { PathParts } from './path.ts';
import { stoppedOf } from './why-stopped.ts';
import { whyWorld } from './why-world.ts';

export interface WhyParts extends PathParts {
  /** Absent: there are no conversations to name. */
  readonly flows?: FlowView | undefined;
}

/** Each looks at the past several times. */
const RUNNING_MAX = 4;

export class Whys {
  readonly #parts: WhyParts;
  #running = 0;

  constructor(parts: WhyParts) {
    this.#parts = parts;
  }

  /** Rejects with a Mistake that says what would do. */
  async find(asked: WhyRequest, signal?: AbortSignal): Promise<WhyReply> {
    if (this.#running >= RUNNING_MAX)
      throw mistake(
        'query.busy',
        `${this.#running} such questions are being answered already`,
        'try again in a moment',
      );
    this.#running++;
    try {
      return await this.#find(asked, signal);
    } finally {
      this.#running--;
    }
  }

  async #find(asked: WhyRequest, signal: AbortSignal | undefined): Promise<WhyReply> {
    const { timeline, clock, limits, sockets } = this.#parts;
    const question = await this.#question(asked, signal);
    const world = whyWorld({ timeline, clock, timeMs: limits.queryMs, sockets }, question);
    const answer = await why(question, world, signal);
    return whyReply(asked.from ?? question.from, asked.to ?? question.to, answer);
  }

  async #question(asked: WhyRequest, signal: AbortSignal | undefined): Promise<WhyQuestion> {
    const { fromAddress, port, sourcePort, limit } = asked;
    const times = {
      good: this.#timeOf(asked.good),
      failed: this.#timeOf(asked.at),
      since: this.#timeOf(asked.since),
      limit,
    };
    this.#inOrder(times);
    if (asked.tracking !== undefined) return { ...(await this.#conversation(asked.tracking, times)), limit };
    const protocol = asked.protocol === undefined ? undefined : { icmp: 1, tcp: 6, udp: 17 }[asked.protocol];
    const ends = { from: asked.from ?? '', to: asked.to ?? '' };
    const [from, to] = [await this.#end(ends.from, times, signal), await this.#end(ends.to, times, signal)];
    return { from, to, fromAddress, protocol, port, sourcePort, ...times };
  }

  #inOrder({ good, failed, since }: Times): void {
    const end = failed ?? this.#parts.clock.now();
    const late = good !== undefined && good >= end ? good : since !== undefined && since >= end ? since : undefined;
    if (late === undefined) return;
    const texts = [late, end].map((moment) => new Date(moment).toISOString());
    throw mistake(
      'query.time',
      `${texts[0]} is not before ${texts[1]}, when it failed`,
      'first it worked, and then it failed: good and since are before at',
    );
  }

  #timeOf(at: WhyRequest['at']): number | undefined {
    if (at === undefined) return undefined;
    const moment = typeof at === 'number' ? momentOfNumber(at) : parseMoment(at);
    if (moment === undefined) throw mistake('query.time', `"${at}" is no time`, momentHint);
    return resolveMoment(moment, this.#parts.clock.now(), this.#parts.timeline);
  }

  /** A query stands for the one node that it gives, at the moment of the failure or when all was well. */
  async #end(text: string, { good, failed }: Times, signal: AbortSignal | undefined): Promise<string> {
    if (!/^\s*[Gg]\s*\./.test(text)) return text.trim();
    const { queries } = this.#parts;
    let found = 0;
    for (const time of [failed, good]) {
      const timeline = time === undefined ? undefined : await queries.timelineAt(time);
      const answer = await queries.ask(text, { ...(signal && { signal }), ...(timeline && { timeline }) });
      const nodes = answer.kind === 'nodes' ? answer.nodes : [];
      const [node] = nodes;
      if (node !== undefined && nodes.length === 1) return node.id;
      found = nodes.length;
    }
    throw mistake('path.query', `the query gives ${found} nodes, and an end is one`, 'narrow it, or add .Limit(1)');
  }

  /** The ends of a conversation, and when its packets stopped to come as far as they had come. */
  async #conversation(tracking: string, { good, failed, since }: Times): Promise<WhyQuestion> {
    const { flows, clock, timeline } = this.#parts;
    if (flows === undefined) throw mistake('why.no-flows', 'no flows are known here');
    const to = failed ?? clock.now();
    const time = { from: since ?? Math.max(timeline.range().from, to - BACK_MS), to };
    const where = [
      { anyOf: [{ field: 'TrackingID', test: (value: unknown) => value === tracking, equals: [tracking] }] },
    ];
    const found = new Map<string, Flow>();
    for (const one of [{ where }, { where, time }])
      for await (const batch of flows.find(one))
        for (const flow of batch) if (found.size < FLOWS_MAX) found.set(flow.UUID, flow);
    const [first] = found.values();
    if (first?.Network === undefined)
      throw mistake(
        'why.unknown-flow',
        `no conversation ${tracking} is known in this time`,
        'skein flows lists them; --since looks further back',
      );
    const stopped = stoppedOf(await pointsOf([...found.values()], flows, time));
    const { Network, Transport } = first;
    const protocol = Transport && { TCP: 6, UDP: 17, SCTP: 132 }[Transport.Protocol];
    return {
      from: Network.A,
      to: Network.B,
      fromAddress: Network.A,
      seenAt: [...new Set([...found.values()].map(({ NodeTID }) => NodeTID))],
      protocol,
      port: Transport?.B,
      sourcePort: Transport?.A,
      good: good ?? stopped?.good,
      failed: failed ?? (stopped && Math.min(to, stopped.last + AFTER_MS)),
      since,
    };
  }
}

/** By place: a conversation that was silent for a while is another flow there. Of each the points, oldest first. */
async function pointsOf(found: readonly Flow[], flows: FlowView, time: Span): Promise<FlowMetric[][]> {
  const points = await flows.metrics(
    found.map(({ UUID }) => UUID),
    time,
  );
  const places = new Map<string, FlowMetric[]>();
  for (const { UUID, NodeTID, CaptureID, ParentUUID } of found) {
    const place = `${NodeTID} ${CaptureID} ${ParentUUID}`;
    const of = places.get(place) ?? [];
    of.push(...(points.get(UUID) ?? []));
    places.set(place, of);
  }
  return [...places.values()].map((of) => of.toSorted((a, b) => a.Start - b.Start));
}

type Times = Pick<WhyQuestion, 'good' | 'failed' | 'since'>;

/** Flows of one conversation that are looked at: one for each place that saw it. */
const FLOWS_MAX = 1_000;
const BACK_MS = 3_600_000;
/** A change takes effect about when the last packet came; it is told a little later. */
const AFTER_MS = 15_000;

export function whyReply(from: string, to: string, answer: WhyAnswer): WhyReply {
  const { before, after, culprits, window, goodBy, looked, unwatched, notes, tookMs } = answer;
  return {
    schema: schemaVersion,
    kind: 'why',
    from,
    to,
    window: { ...window },
    goodBy,
    before: verdictShown(before),
    after: verdictShown(after),
    culprits: culprits.map(
      ({ element: { namespace, ...element }, key, reasons, consequences, from, to, ...culprit }) => ({
        ...culprit,
        element: { ...element, ...(namespace !== undefined && { namespace }) },
        ...(key !== undefined && { key }),
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
        reasons: reasons.map((reason) => ({ ...reason })),
        consequences: [...consequences],
      }),
    ),
    looked: { ...looked },
    unwatched: unwatched.map((gap) => ({ ...gap })),
    notes: [...notes],
    tookMs,
  };
}

function verdictShown({ time, reaches, code, reason, at, mtu }: WhyVerdict): WhyReply['before'] {
  return {
    time,
    reaches,
    ...(code !== undefined && { code }),
    ...(reason !== undefined && { reason }),
    ...(at !== undefined && { at }),
    ...(mtu !== undefined && { mtu }),
  };
}
