/** Queries against a graph given as text, the way tests, step examples and the corpus ask them. */
import type { Graph } from '../../src/graph/graph.ts';
import { readGraph } from '../../src/graph/text.ts';
import type { Timeline } from '../../src/graph/view.ts';
import type { Answer } from '../../src/query/answer.ts';
import type { Limits } from '../../src/query/limits.ts';
import { QueryEngine } from '../../src/query/query.ts';
import type { Context } from '../../src/query/run.ts';

export const NOW = 1_000_000;

export const engine = new QueryEngine({ keys: () => [] });

export function ask(graph: Graph | string, text: string, more: Partial<Context> = {}): Answer | Promise<Answer> {
  const timeline = timelineOf(typeof graph === 'string' ? readGraph(graph) : graph);
  return engine.run(engine.prepare(text), { ...stillContext(timeline), ...more });
}

/** What answers within the call: everything that reads the graph of now. */
export function askNow(graph: Graph | string, text: string, limits: Partial<Limits> = {}): Answer {
  const answer = ask(graph, text, { limits });
  if (answer instanceof Promise) throw new Error(`${text} had to wait`);
  return answer;
}

/** Time stands still, so nothing ever pauses. */
export function stillContext(timeline: Timeline): Context {
  return { timeline, nowMs: NOW, elapsed: () => 0, turn: async () => undefined };
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
    case 'plan':
      return answer.plan.stages.map(({ steps }) => steps);
    case 'profile':
      return answer.profile.stages.map(({ steps }) => steps);
  }
}
