/** Whether a text is a query, in either dialect; what is wrong with it otherwise. */
import { dialectOf } from '../../query/dialect.ts';
import { GremlinEngine } from '../../query/gremlin/engine.ts';
import { QueryEngine } from '../../query/query.ts';
import { type Fault, Mistake } from '../../std/mistake.ts';

const skydive = new QueryEngine({ keys: () => [], cacheSize: 1 });
const standard = new GremlinEngine();

export function faultsOfQuery(text: string): readonly Fault[] {
  try {
    if (dialectOf(text) === 'gremlin') standard.prepareText(text, new Map());
    else skydive.prepare(text);
    return [];
  } catch (error) {
    if (error instanceof Mistake) return error.faults;
    throw error;
  }
}
