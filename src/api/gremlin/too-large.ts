/** An answer that nobody could read. */
import { type Mistake, mistake } from '../../std/mistake.ts';
import { writtenDepthMax, writtenMax } from './codec-limits.ts';

export function tooLarge(): Mistake {
  return mistake(
    'gremlin.too-large',
    `the answer would have more than ${writtenMax} bytes (limit)`,
    'ask for smaller batches, or for less',
  );
}

export function tooDeep(): Mistake {
  return mistake('gremlin.too-deep', `a value of the answer is nested deeper than ${writtenDepthMax} levels (limit)`);
}
