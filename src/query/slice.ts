/** A part of a stream by position. */
import type { Item, Items } from './step.ts';

export function slice(from: number, to: number) {
  return function* <T extends Item>(input: Items<T>): Generator<T | undefined> {
    if (to <= from) return;
    let at = 0;
    for (const item of input) {
      if (item === undefined) yield undefined;
      else {
        if (at >= from) yield item;
        // Before the next is asked for: it may be far away.
        if (++at >= to) return;
      }
    }
  };
}
