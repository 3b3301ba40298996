/** Queries in standard Gremlin for the doors that are not Gremlin Server's: asked of the network, answered as others are. */
import type { RawPacket } from '../flow/flow.ts';
import type { GraphEdge, GraphNode, Metadata } from '../graph/element.ts';
import type { Result } from '../query/answer.ts';
import { GremlinEngine, type Prepared } from '../query/gremlin/engine.ts';
import { isElement } from '../query/gremlin/read/value.ts';
import { Execution } from '../query/gremlin/run/execution.ts';
import { FlowMap } from '../query/gremlin/services/flow-map.ts';
import { PacketMap } from '../query/gremlin/services/raw-packets.ts';
import type { TraversalSource } from '../query/gremlin/source.ts';
import { unknownKeys } from '../query/gremlin/typing/unknown-keys.ts';
import { GMap } from '../query/gremlin/value/collections.ts';
import {
  GraphResult,
  type GValue,
  Path,
  TraversalExplanation,
  TraversalMetrics,
} from '../query/gremlin/value/value.ts';
import { defaultLimits } from '../query/limits.ts';
import { type Answer, alwaysKnown, type Context } from '../query/query.ts';
import type { PacketsOf } from '../query/step.ts';
import { type Fault, mistake } from '../std/mistake.ts';
import type { GremlinParts } from './gremlin/parts.ts';
import { explanationRows, profileRows } from './gremlin/profile-rows.ts';
import { type Results, TraversalResults } from './gremlin/results.ts';
import { terminated } from './gremlin/terminal.ts';
import { untyped } from './gremlin/untyped.ts';
import { type Guard, guarded } from './guard.ts';
import { sliceMs } from './limits.ts';

/** Results taken at once. */
const PORTION = 1000;

export class StandardQueries {
  readonly #gremlin: Pick<GremlinParts, 'sources' | 'random' | 'traversalLimits'>;
  readonly #engine = new GremlinEngine();

  readonly #keys: (() => readonly string[]) | undefined;

  constructor(
    gremlin: Pick<GremlinParts, 'sources' | 'random' | 'traversalLimits'>,
    keys: (() => readonly string[]) | undefined,
  ) {
    this.#gremlin = gremlin;
    this.#keys = keys;
  }

  /** Of several statements the last one answers. Rejects with a Mistake. */
  async ask(text: string, asked: Context, guard?: Guard): Promise<Answer> {
    const context = { ...asked, limits: { ...this.#gremlin.traversalLimits, ...asked.limits } };
    let answer: Answer | undefined;
    for (const prepared of this.#engine.prepareText(text, new Map()))
      answer = await this.#run(prepared, context, guard);
    if (answer !== undefined) return answer;
    throw mistake('gremlin.empty', 'there is no traversal in it', 'g.V().count()');
  }

  async #run(prepared: Prepared, context: Context, guard: Guard | undefined): Promise<Answer> {
    const { random } = this.#gremlin;
    const source = this.#source(prepared.source, context);
    const execution = new Execution(prepared.compiled, guard ? guarded(source, guard) : source, { ...context, random });
    try {
      const results = new TraversalResults(execution, false);
      const values = await all(
        prepared.terminal === undefined ? results : await terminated(prepared, results),
        context,
      );
      const { view, time } = execution;
      const warnings = [...this.#warningsOf(prepared), ...execution.warnings];
      const loss = await execution.loss();
      return { ...shaped(values, execution), view, time, warnings, ...(loss && { loss }) };
    } finally {
      execution.close();
    }
  }

  #warningsOf({ compiled }: Prepared): readonly Fault[] {
    const known = this.#keys?.() ?? [];
    return known.length === 0 ? [] : unknownKeys(compiled.bytecode, [...known, ...alwaysKnown]);
  }

  #source(name: string, { timeline, flows, sockets }: Context): TraversalSource {
    const sources = this.#gremlin.sources({ name: 'api' });
    const source = sources.get(name);
    if (source !== undefined) return { ...source, timeline, flows, sockets };
    throw mistake('gremlin.source', `there is no traversal source named ${name}`, [...sources.keys()].join(', '));
  }
}

async function all(results: Results, { elapsed, turn, limits }: Context): Promise<readonly GValue[]> {
  const most = limits?.results ?? defaultLimits.results;
  const values: GValue[] = [];
  let start = elapsed();
  for (;;) {
    const batch = await results.next(PORTION);
    for (const value of batch.values) values.push(value);
    if (values.length > most)
      throw mistake('query.limit', `the query was stopped: its answer has more than ${most} items (limit results)`);
    if (batch.isLast) return values;
    if (elapsed() - start < sliceMs) continue;
    await turn();
    start = elapsed();
  }
}

/** What all results are, so that each door can draw it: vertices are nodes, flows are flows, anything else JSON. */
function shaped(values: readonly GValue[], { view }: Execution): Result {
  const [first] = values;
  const json = (value: GValue) => untyped(value, view);
  if (first === undefined) return { kind: 'values', values: [] };
  if (values.length === 1 && first instanceof GraphResult)
    return { kind: 'graph', nodes: first.vertices, edges: first.edges };
  if (values.length === 1 && first instanceof TraversalExplanation)
    return { kind: 'maps', maps: explanationRows(first) };
  if (values.length === 1 && first instanceof TraversalMetrics) return { kind: 'maps', maps: profileRows(first) };
  if (values.every(isNode)) return { kind: 'nodes', nodes: values };
  if (values.every(isEdge)) return { kind: 'edges', edges: values };
  if (values.every((value) => value instanceof FlowMap))
    return { kind: 'flows', flows: values.map(({ flow }) => flow) };
  if (values.every((value) => value instanceof PacketMap)) return { kind: 'packets', packets: byFlow(values) };
  if (values.every(isWay)) return { kind: 'paths', paths: values.map(({ objects }) => objects) };
  if (values.every((value) => value instanceof GMap)) return { kind: 'maps', maps: values.map(json) as Metadata[] };
  return { kind: 'values', values: values.map(json) };
}

/** As the other spelling has them: by flow. */
function byFlow(packets: readonly PacketMap[]): PacketsOf[] {
  const flows = new Map<string, RawPacket[]>();
  for (const { uuid, packet } of packets) {
    const before = flows.get(uuid);
    if (before === undefined) flows.set(uuid, [packet]);
    else before.push(packet);
  }
  return Array.from(flows, ([id, found]) => ({ id, packets: found }));
}

function isNode(value: GValue): value is GraphNode {
  return isElement(value) && value.kind === 'node';
}

function isEdge(value: GValue): value is GraphEdge {
  return isElement(value) && value.kind === 'edge';
}

/** A path of vertices alone. */
function isWay(value: GValue): value is Path & { readonly objects: readonly GraphNode[] } {
  return value instanceof Path && value.objects.every(isNode);
}
