/** What `call('name', parameters)` reaches: how standard traversals ask for what is not in the standard. */
import type { Run } from './run/run.ts';
import type { GMap } from './value/collections.ts';
import type { GValue } from './value/value.ts';

export interface Service {
  readonly name: string;
  readonly doc: string;
  /** Of each parameter: what it is, for `call()` and the reference. */
  readonly parameters: Readonly<Record<string, string>>;
  /** At the start of a traversal, on each that comes, or either. */
  readonly place: 'start' | 'streaming' | 'either';
  /**
   * What it gives for one value (undefined at the start); `undefined` among it is a breath, as in `Items`: it is passed on,
   * and lasts until what `run.wait` was given is done. Throws a Mistake for parameters that make no sense.
   */
  call(value: GValue | undefined, parameters: GMap, run: Run): Iterable<GValue | undefined>;
}
