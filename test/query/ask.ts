/** Queries against a graph given as text, the way tests, step examples and the corpus ask them. */
import type { Graph } from '../../src/graph/graph.ts';
import { readGraph } from '../../src/graph/text.ts';
import type { Timeline } from '../../src/graph/view.ts';
import type { Answer } from '../../src/query/answer.ts';
import type { Limits } from '../../src/query/limits.ts';
import { QueryEngine } from '../../src/query/query.ts';
import type { Context } from '../../src/query/run.ts';
import type { PacketTest } from '../../src/query/step.ts';
import { Mistake } from '../../src/std/mistake.ts';
import { flowList } from './flow-list.ts';
import { readFlows } from './flow-text.ts';

export const NOW = 1_000_000;

export const engine = new QueryEngine({ keys: () => [] });

/** The graph may be a text that has flows in it. */
export function ask(on: Graph | string, text: string, more: Partial<Context> = {}): Answer | Promise<Answer> {
  return engine.run(engine.prepare(text), { ...worldOf(on), ...more });
}

/** All there is to ask about. */
export function worldOf(on: Graph | string): Context {
  if (typeof on !== 'string') return stillContext(timelineOf(on));
  const { flows, graph } = readFlows(on);
  return { ...stillContext(timelineOf(readGraph(graph))), flows: flowList(flows), matchFilter };
}

/** One word of the language of pcap. */
function matchFilter(expression: string): PacketTest {
  const [, least] = /^greater (\d+)$/.exec(expression) ?? [];
  if (least !== undefined) return ({ length }) => length >= Number(least);
  throw new Mistake([{ code: 'filter.syntax', message: 'only "greater" is understood', from: 0, to: 3 }]);
}

/** Gives what it was given: a node of that name. */
async function workflow(name: string, [said]: readonly unknown[]): Promise<unknown> {
  if (name !== 'Echo') throw new Mistake([{ code: 'workflow.unknown', message: `Unknown workflow '${name}'` }]);
  return { nodes: { 1: { ID: '1', Host: 'h', Metadata: { Type: 'host', Name: said } } }, edges: {} };
}

/** What answers within the call: everything that reads the graph of now. */
export function askNow(graph: Graph | string, text: string, limits: Partial<Limits> = {}): Answer {
  const answer = ask(graph, text, { limits });
  if (answer instanceof Promise) throw new Error(`${text} had to wait`);
  return answer;
}

/** Time stands still, so nothing ever pauses. */
export function stillContext(timeline: Timeline): Context {
  return { timeline, nowMs: NOW, elapsed: () => 0, turn: async () => undefined, workflow };
}

/** The live graph as the timeline of everything. */
export function timelineOf(graph: Graph): Timeline {
  return {
    now: () => graph.now(),
    at: (time) => graph.at(time),
    between: (span) => graph.between(span),
    history: async (ids, span) => graph.history(ids, span),
    diff: async (span) => graph.diff(span),
    samples: async (ids, series, span) => graph.samples(ids, series, span),
    timeOf: (revision) => graph.timeOf(revision),
    range: () => graph.range(),
  };
}

/** One line for each thing in the answer: ids of elements, JSON of anything else. */
export function lines(answer: Answer): string[] {
  switch (answer.kind) {
    case 'graph':
      return [...answer.nodes, ...answer.edges].map(({ id }) => id);
    case 'nodes':
      return answer.nodes.map(({ id }) => id);
    case 'edges':
      return answer.edges.map(({ id }) => id);
    case 'history':
      return answer.elements.map(({ id, revision }) => `${id} ${revision}`);
    case 'paths':
      return answer.paths.map((path) => path.map(({ id }) => id).join(' '));
    case 'values':
      return answer.values.map((value) => JSON.stringify(value));
    case 'maps':
      return answer.maps.map((map) => JSON.stringify(map));
    case 'value':
      return [JSON.stringify(answer.value)];
    case 'metrics':
      return [...answer.groups].map(([id, samples]) => `${id} ${JSON.stringify(samples)}`);
    case 'metric':
      return answer.sample ? [JSON.stringify(answer.sample)] : [];
    case 'nexthops':
      return answer.hops.map(({ id, hop }) => `${id} ${JSON.stringify(hop)}`);
    case 'differences':
      return answer.differences.map(({ kind, before, after }) => `${kind} ${(after ?? before)?.id}`);
    case 'flows':
      return answer.flows.map(({ UUID }) => UUID);
    case 'flowgroups':
      return answer.flowGroups.map(({ id, flows }) => [id, ...flows.map(({ UUID }) => UUID)].join(' '));
    case 'packets':
      return answer.packets.map(({ id, packets }) => [id, ...packets.map(({ length }) => length)].join(' '));
    case 'sockets':
      return answer.sockets.map(({ id, sockets }) => `${id} ${JSON.stringify(sockets)}`);
    case 'plan':
      return answer.plan.stages.map(({ steps }) => steps);
    case 'profile':
      return answer.profile.stages.map(({ steps }) => steps);
  }
}
