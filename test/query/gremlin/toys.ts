/** TinkerPop's toy graphs, fresh for each test. Their files: test/data/graphs/NOTICE.md. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Timeline } from '../../../src/graph/view.ts';
import { GraphsonReading } from '../../../src/graphfiles/graphson/read.ts';
import { ended } from '../../../src/graphfiles/reading.ts';
import { OwnGraph } from '../../../src/query/gremlin/model/own-graph.ts';
import type { Cardinality, GraphWriter, PropertyModel } from '../../../src/query/gremlin/property-graph.ts';
import { timelineOf } from '../ask.ts';

export interface Toy {
  readonly model: PropertyModel;
  readonly timeline: Timeline;
  readonly writer: GraphWriter;
  /** The clock: one second more with each change. */
  readonly nowMs: () => number;
}

export const modern = (): Toy => toy('tinkerpop-modern');
export const classic = (): Toy => toy('tinkerpop-classic');
export const sink = (): Toy => toy('tinkerpop-sink');
export const grateful = (): Toy => toy('grateful-dead');
/** With properties of properties; several of a key unless said otherwise. */
export const crew = (): Toy => toy('tinkerpop-crew', 'list');
export const empty = (): Toy => toy(undefined);

function toy(name: string | undefined, usual: Cardinality = 'single'): Toy {
  let time = 1_000_000;
  const { graph, model, writer } = new OwnGraph({ usual, nowMs: () => (time += 1000) });
  if (name !== undefined) {
    const reading = new GraphsonReading(writer);
    const path = join(import.meta.dirname, '..', '..', 'data', 'graphs', `${name}.json`);
    for (const line of readFileSync(path, 'utf8').split('\n')) reading.line(line);
    ended(reading.end());
  }
  return { model, timeline: timelineOf(graph), writer, nowMs: () => time };
}
