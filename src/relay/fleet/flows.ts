/**
 * The live flows of all agents as one view: each is asked, the answers are put in order and looked at again. An agent that
 * does not answer costs its part of the answer, and that is said (`loss`).
 */
import { FlowCursor } from '../../archive/flow-cursor.ts';
import { BATCH_FLOWS, flowOrder, meets } from '../../archive/flow-query.ts';
import { Heap } from '../../archive/heap.ts';
import type { Flow, FlowMetric, RawPacket } from '../../flow/flow.ts';
import type { Loss } from '../../flow/loss.ts';
import type { FlowCondition, FlowQuery, FlowView, Span } from '../../flow/view.ts';
import type { AwayAgent, Fleet, FleetAgent, ReplyPart } from './fleet.ts';
import type { OfFlows } from './flow-answers.ts';
import { askedOf } from './flow-question.ts';
import { isGoodPart } from './good-part.ts';
import type { HeldFlows } from './held-flows.ts';
import { sideBySide } from './side-by-side.ts';
import { Whose } from './whose.ts';

export interface FleetFlowsParts {
  readonly fleet: Fleet;
  /** Origin of the node with this TID. */
  readonly originOf: (tid: string) => string | undefined;
  /** Told, and not in the archive yet. */
  readonly held: Pick<HeldFlows, 'find' | 'size'>;
  /** Epoch ms. */
  readonly nowMs: () => number;
}

/** Agents that are asked at the same time. */
const ASKED_AT_ONCE = 64;

export class FleetFlows implements FlowView {
  readonly #parts: FleetFlowsParts;
  /** Who told of a flow lately: asked first about the rest of it. */
  readonly #whose = new Whose();
  /** Who did not answer, since when. */
  readonly #silent = new Map<string, AwayAgent>();

  constructor(parts: FleetFlowsParts) {
    this.#parts = parts;
  }

  async *find(query: FlowQuery): AsyncGenerator<readonly Flow[]> {
    const { question } = askedOf(query);
    const { skip = 0, limit = Number.POSITIVE_INFINITY, sort, where } = query;
    const sources = this.#agentsFor(where).map((agent) => () => this.#flowsOf(agent, question));
    // What lives there may be held here too, as it was told last: it comes from there.
    const seen = this.#heldIn(query) ? new Set<string>() : undefined;
    const held = () => fromHere(this.#parts.held.find({ ...query, skip: 0, limit: undefined }));
    const all = seen && sort ? [...sources, held] : sources;
    const found = sort ? this.#inOrder(all, flowOrder(sort)) : sideBySide(all, { most: ASKED_AT_ONCE });
    let [toSkip, left] = [skip, limit];
    for await (const flows of seen && !sort ? oneAfterTheOther(found, held()) : found) {
      const met = flows.filter((flow) => {
        if (!meets(flow, where) || seen?.has(flow.UUID)) return false;
        seen?.add(flow.UUID);
        return true;
      });
      const some = met.slice(toSkip, toSkip + left);
      toSkip = Math.max(0, toSkip - met.length);
      left -= some.length;
      if (some.length > 0) yield some;
      if (left <= 0) return;
    }
  }

  async count(query: FlowQuery): Promise<number> {
    const { skip = 0, limit = Number.POSITIVE_INFINITY } = query;
    const { question, isExact } = askedOf(query);
    let count = 0;
    if (isExact && !this.#heldIn(query)) {
      const { limit: _, sort: __, ...counted } = question;
      for await (const { body } of this.#all(this.#agentsFor(query.where), 'flows.count', counted))
        count += Number(body);
      return Math.max(0, Math.min(limit, count - skip));
    }
    for await (const flows of this.find({ ...query, sort: undefined })) count += flows.length;
    return count;
  }

  async metrics(uuids: readonly string[], span?: Span): Promise<Map<string, FlowMetric[]>> {
    const found = new Map<string, FlowMetric[]>(uuids.map((uuid) => [uuid, []]));
    for await (const { body } of this.#ofFlows('flows.metrics', uuids, span))
      for (const [uuid, points] of body as [string, FlowMetric[]][]) if (found.has(uuid)) found.set(uuid, points);
    return found;
  }

  async rawPackets(uuids: readonly string[], span?: Span): Promise<Map<string, RawPacket[]>> {
    const found = new Map<string, RawPacket[]>(uuids.map((uuid) => [uuid, []]));
    for await (const { body, bytes } of this.#ofFlows('flows.packets', uuids, span)) {
      const { uuid, ...said } = body as Omit<RawPacket, 'data'> & { readonly uuid: string };
      found.get(uuid)?.push({ ...said, data: bytes ?? new Uint8Array() });
    }
    return found;
  }

  /** What agents say they lack, and those that say nothing. */
  async loss(span?: Span): Promise<readonly Loss[]> {
    const found: Loss[] = [];
    for await (const { body } of this.#all(this.#parts.fleet.connected(), 'flows.loss', { span }))
      for (const loss of body as readonly Loss[]) found.push(loss);
    const nowMs = this.#parts.nowMs();
    const missing = new Map([...this.#parts.fleet.away(), ...this.#silent.values()].map((one) => [one.id, one]));
    for (const { host, since } of missing.values())
      if (!span || since <= span.to) found.push(agentLoss(host, since, nowMs));
    return found.sort((a, b) => a.from - b.from);
  }

  /** Only who asks about a time asks about what has ended. */
  #heldIn({ time }: FlowQuery): boolean {
    return time !== undefined && this.#parts.held.size > 0;
  }

  async *#inOrder(
    sources: readonly (() => AsyncIterable<readonly Flow[]>)[],
    order: (a: Flow, b: Flow) => number,
  ): AsyncGenerator<readonly Flow[]> {
    const cursors = sources.map((source) => new FlowCursor(source()));
    const heap = new Heap<FlowCursor>((a, b) => order(a.first as Flow, b.first as Flow));
    const put = async (cursor: FlowCursor) => {
      if (!cursor.first) await cursor.more();
      if (cursor.first) heap.put(cursor);
    };
    let batch: Flow[] = [];
    try {
      await Promise.all(cursors.map(put));
      for (let next = heap.take(); next; next = heap.take()) {
        batch.push(next.first as Flow);
        next.take();
        await put(next);
        if (batch.length < BATCH_FLOWS) continue;
        yield batch;
        batch = [];
      }
      if (batch.length > 0) yield batch;
    } finally {
      await Promise.all(cursors.map((cursor) => cursor.close()));
    }
  }

  async *#flowsOf(agent: FleetAgent, question: unknown): AsyncGenerator<readonly Flow[]> {
    for await (const { flows } of this.#ask(agent, 'flows.find', question)) {
      if (!flows) continue;
      this.#whose.told(agent.id, flows);
      yield flows;
    }
  }

  /** Whoever told of a flow is asked about it; of others everyone. */
  async *#ofFlows(what: string, uuids: readonly string[], span: Span | undefined): AsyncGenerator<ReplyPart> {
    const agents = this.#parts.fleet.connected();
    const { known, unknown } = this.#whose.split(uuids, new Set(agents.map(({ id }) => id)));
    const asks = agents.flatMap((agent) => {
      const its = [...(known.get(agent.id) ?? []), ...unknown];
      return its.length === 0 ? [] : [() => this.#ask(agent, what, { uuids: its, span } satisfies OfFlows)];
    });
    yield* sideBySide(asks, { most: ASKED_AT_ONCE });
  }

  #all(agents: readonly FleetAgent[], what: string, body: unknown): AsyncGenerator<ReplyPart> {
    return sideBySide(
      agents.map((agent) => () => this.#ask(agent, what, body)),
      { most: ASKED_AT_ONCE },
    );
  }

  /** Who cannot answer has no part in it, and is remembered until it does. */
  async *#ask(agent: FleetAgent, what: string, body: unknown): AsyncGenerator<ReplyPart> {
    try {
      for await (const part of agent.ask(what, body)) {
        if (!isGoodPart(what, part)) throw new TypeError(`no answer to ${what}`);
        yield part;
      }
      this.#silent.delete(agent.id);
    } catch {
      const { id, host, origin } = agent;
      if (!this.#silent.has(id)) this.#silent.set(id, { id, host, origin, since: this.#parts.nowMs() });
    }
  }

  /** One agent, where the nodes that are asked for are all its own. */
  #agentsFor(where: readonly FlowCondition[]): readonly FleetAgent[] {
    const agents = this.#parts.fleet.connected();
    for (const { anyOf } of where) {
      if (!anyOf.every(({ field, equals }) => field === 'NodeTID' && equals !== undefined)) continue;
      const tids = anyOf.flatMap(({ equals = [] }) => equals.map(String));
      const origins = new Set(tids.map(this.#parts.originOf));
      if (!origins.has(undefined)) return agents.filter(({ origin }) => origins.has(origin));
    }
    return agents;
  }
}

async function* fromHere(found: Iterable<readonly Flow[]>): AsyncGenerator<readonly Flow[]> {
  yield* found;
}

async function* oneAfterTheOther<T>(first: AsyncIterable<T>, second: AsyncIterable<T>): AsyncGenerator<T> {
  yield* first;
  yield* second;
}

function agentLoss(host: string, since: number, nowMs: number): Loss {
  return {
    node: '',
    capture: '',
    host,
    stage: 'relay',
    reason: `the agent of ${host} does not answer: what is live there is not in this answer`,
    packets: 0,
    bytes: 0,
    flows: 0,
    from: since,
    to: nowMs,
  };
}
