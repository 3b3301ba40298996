/** Asks a toy graph in standard Gremlin, without a server. */
import { GremlinEngine } from '../../../src/query/gremlin/engine.ts';
import { Execution } from '../../../src/query/gremlin/run/execution.ts';
import type { RunContext } from '../../../src/query/gremlin/run/run-context.ts';
import { ownServices } from '../../../src/query/gremlin/services/own.ts';
import type { TraversalSource } from '../../../src/query/gremlin/source.ts';
import type { GValue } from '../../../src/query/gremlin/value/value.ts';
import { classic, crew, empty, grateful, modern, sink, type Toy } from './toys.ts';

const makers = { modern, classic, crew, sink, grateful, empty };
export type ToyName = keyof typeof makers;

/** Graphs that are only read are made once. */
const made = new Map<ToyName, Toy>();

/** Every result, as often as it came. `on`: a graph to write to, or the name of one. */
export async function ask(
  text: string,
  on: ToyName | Toy | TraversalSource = 'modern',
  more: { bindings?: Record<string, GValue>; context?: Partial<RunContext> } = {},
): Promise<GValue[]> {
  const bindings = new Map(Object.entries(more.bindings ?? {}));
  const all: GValue[] = [];
  for (const { compiled } of new GremlinEngine().prepareText(text, bindings)) {
    all.length = 0;
    const execution = new Execution(compiled, sourceOf(on), { ...context, ...more.context });
    while (!execution.isDone)
      for (const { value, bulk } of await execution.pull(100))
        for (let count = 0; count < bulk; count++) all.push(value);
  }
  return all;
}

/** The first result alone. */
export async function askOne(...question: Parameters<typeof ask>): Promise<GValue | undefined> {
  return (await ask(...question))[0];
}

export function sourceOf(on: ToyName | Toy | TraversalSource): TraversalSource {
  if (typeof on !== 'string')
    return 'services' in on ? on : { name: 'g', services: ownServices, ...on, writer: () => on.writer };
  const toy = made.get(on) ?? makers[on]();
  made.set(on, toy);
  return { name: 'g', services: ownServices, model: toy.model, timeline: toy.timeline };
}

const context: RunContext = {
  nowMs: 1_700_000_000_000,
  elapsed: () => performance.now(),
  turn: () => new Promise((resolve) => setImmediate(resolve)),
  random: Math.random,
};
