/** `by(…)`: what a step looks at of each value that comes. */

import { readValue } from '../read/value.ts';
import type { Run } from '../run/run.ts';
import type { Traverser } from '../run/traverser.ts';
import { NOTHING, type Nothing } from '../step.ts';
import type { Token } from '../value/token.ts';
import type { GValue } from '../value/value.ts';
import type { Child } from './child.ts';

export interface By {
  /** The value without a breath, when it can be had so. */
  readonly direct: ((traverser: Traverser, run: Run) => GValue | Nothing) | undefined;
  value(traverser: Traverser, run: Run): Generator<undefined, GValue | Nothing>;
  /** `by('name', desc)`, `by(desc)`. */
  readonly order: Token | undefined;
  /** The property it reads, when it reads but one. */
  readonly key: string | undefined;
  readonly child: Child | undefined;
  /** `by()`, or no `by` at all. */
  readonly isIdentity: boolean;
}

export function identityBy(order?: Token): By {
  return directBy((traverser) => traverser.value, { order, isIdentity: true });
}

export function keyBy(key: string, order?: Token): By {
  return directBy((traverser, run) => readValue(traverser.value, key, run), { order, key });
}

export function childBy(child: Child, order?: Token): By {
  return {
    direct: child.direct,
    value: (traverser, run) => child.first(traverser, run),
    order,
    key: undefined,
    child,
    isIdentity: false,
  };
}

export function directBy(
  direct: (traverser: Traverser, run: Run) => GValue | Nothing,
  {
    order,
    key,
    isIdentity = false,
  }: { order?: Token | undefined; key?: string | undefined; isIdentity?: boolean } = {},
): By {
  // biome-ignore lint/correctness/useYield: it never has to wait.
  const value = function* (traverser: Traverser, run: Run) {
    return direct(traverser, run);
  };
  return { direct, value, order, key, child: undefined, isIdentity };
}

export { NOTHING };
