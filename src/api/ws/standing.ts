/**
 * A standing query: asked again when the graph has changed, of which only the differences are sent. A client that does
 * not keep up misses states in between, never the last one, and costs nothing meanwhile.
 */
import type { Commit, GraphEvent } from '../../graph/change.ts';
import type { Element } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import type { Answer, PreparedQuery } from '../../query/query.ts';
import { mistake } from '../../std/mistake.ts';
import type { ApiLimits } from '../limits.ts';
import type { ApiGraph } from '../parts.ts';
import type { Queries } from '../queries.ts';
import { eventText } from './envelope.ts';
import type { EventSource } from './outbox.ts';

export interface Shown {
  readonly nodes: ReadonlyMap<string, Element>;
  readonly edges: ReadonlyMap<string, Element>;
  readonly view: GraphView;
  readonly logRevision: number;
}

export class StandingQuery implements EventSource {
  readonly text: string;
  readonly #prepared: PreparedQuery;
  readonly #parts: { graph: ApiGraph; queries: Queries; limits: ApiLimits };
  readonly #isPartial: boolean;
  readonly #wake: () => void;
  readonly #failed: (error: unknown) => void;
  #shown: Shown | undefined;
  /** What is still to be sent; only then it is asked again. */
  #differences: Iterator<GraphEvent> | undefined;
  /** Elements shown that have ended since: their last word says when. */
  readonly #ended = new Map<string, Element>();
  #isDirty = false;
  #asking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #clock: NodeJS.Timeout | undefined;
  #isEnded = false;

  /** Throws a Mistake when the text is wrong. */
  constructor(
    text: string,
    parts: { graph: ApiGraph; queries: Queries; limits: ApiLimits },
    options: { isPartial: boolean; wake: () => void; failed: (error: unknown) => void },
  ) {
    this.text = text;
    this.#prepared = parts.queries.prepare(text);
    this.#parts = parts;
    this.#isPartial = options.isPartial;
    this.#wake = options.wake;
    this.#failed = options.failed;
    // What speaks of a moment moves on also when nothing changes.
    if (speaksOfTime.test(text)) this.#clock = setInterval(() => this.#changed(), everyMs).unref();
  }

  /** Asks anew; from now on differences are to this. */
  async start(): Promise<Shown> {
    await this.#asking;
    this.#differences = undefined;
    return await this.#ask();
  }

  async #ask(): Promise<Shown> {
    const logRevision = this.#parts.graph.revision;
    this.#shown = shownIn(this.text, await this.#parts.queries.run(this.#prepared), logRevision);
    return this.#shown;
  }

  /** The graph has changed. */
  changed(commit: Commit): void {
    for (const { kind, element } of commit.events) {
      if (kind !== 'removed') continue;
      const shown = element.kind === 'node' ? this.#shown?.nodes : this.#shown?.edges;
      if (shown?.has(element.id)) this.#ended.set(`${element.kind} ${element.id}`, element);
    }
    this.#changed();
  }

  next(): string | undefined {
    const next = this.#differences?.next();
    if (next && !next.done) return eventText(next.value, this.#isPartial, this.#parts.graph.now());
    this.#differences = undefined;
    if (this.#isDirty) this.#changed();
    return undefined;
  }

  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    clearInterval(this.#clock);
  }

  #changed(): void {
    this.#isDirty = true;
    if (this.#timer !== undefined || this.#isEnded || this.#asking || this.#differences !== undefined) return;
    this.#timer = setTimeout(() => this.#again(), this.#parts.limits.standingQueryMs).unref();
  }

  #again(): void {
    this.#timer = undefined;
    const before = this.#shown;
    if (this.#isEnded || before === undefined) return;
    this.#isDirty = false;
    this.#asking = this.#ask()
      .then((after) => {
        this.#differences = differences(before, after, new Map(this.#ended));
        this.#ended.clear();
      })
      .catch((error) => this.#failed(error))
      .finally(() => {
        this.#asking = undefined;
        this.#wake();
      });
  }
}

const speaksOfTime = /\b(at|context|between|diff|history)\s*\(/i;
const everyMs = 1_000;

function shownIn(text: string, answer: Answer, logRevision: number): Shown {
  if (answer.kind !== 'graph' && answer.kind !== 'nodes') {
    throw mistake('filter.no-graph', `Gremlin query '${text}' did not return a graph`, 'end it with .SubGraph()');
  }
  const nodes = new Map<string, Element>();
  const edges = new Map<string, Element>();
  for (const node of answer.nodes) nodes.set(node.id, node);
  if (answer.kind === 'graph') for (const edge of answer.edges) edges.set(edge.id, edge);
  return { nodes, edges, view: answer.view, logRevision };
}

/** In an order in which they can be followed: edges go before nodes, nodes come before edges. */
function* differences(before: Shown, after: Shown, ended: ReadonlyMap<string, Element>): Generator<GraphEvent> {
  const revision = after.logRevision;
  yield* gone(before.edges, after.edges, ended, revision);
  yield* gone(before.nodes, after.nodes, ended, revision);
  yield* come(before.nodes, after.nodes, revision);
  yield* come(before.edges, after.edges, revision);
}

function* gone(
  before: ReadonlyMap<string, Element>,
  after: ReadonlyMap<string, Element>,
  ended: ReadonlyMap<string, Element>,
  revision: number,
): Generator<GraphEvent> {
  for (const [id, element] of before) {
    if (isSameLife(element, after.get(id))) continue;
    // What only left the answer is still alive: no time of an end.
    yield { revision, kind: 'removed', element: ended.get(`${element.kind} ${id}`) ?? element, before: element };
  }
}

function* come(
  before: ReadonlyMap<string, Element>,
  after: ReadonlyMap<string, Element>,
  revision: number,
): Generator<GraphEvent> {
  for (const [id, element] of after) {
    const old = before.get(id);
    if (!isSameLife(element, old)) yield { revision, kind: 'added', element, before: undefined };
    else if (old?.revision !== element.revision) yield { revision, kind: 'updated', element, before: old };
  }
}

function isSameLife(element: Element, other: Element | undefined): boolean {
  return other !== undefined && other.createdAt === element.createdAt;
}
