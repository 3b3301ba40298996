/** How the items of a kind are asked for a key: what Dedup, Sort, Values and the like share. */
import type { Flow } from '../flow/flow.ts';
import type { Element, Value } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { flowKey } from './flowkey.ts';
import type { Key } from './key.ts';
import type { Kind } from './kind.ts';
import type { Item } from './step.ts';

export type Reader = (item: Item) => Value | undefined;

export function readerOf(key: Key, takes: Kind): (view: GraphView) => Reader {
  switch (takes) {
    case 'values':
    case 'maps':
      return () => (item) => key.find(item as Value);
    case 'flows': {
      const { read } = flowKey(key.text);
      return () => (item) => read(item as Flow);
    }
    default:
      return (view) => (item) => key.read(item as Element, view);
  }
}
