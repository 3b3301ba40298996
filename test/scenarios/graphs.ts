/** The graphs that the suite speaks of, behind the names that requests alias. */

import { ownServices } from '../../src/query/gremlin/services/own.ts';
import type { TraversalSource } from '../../src/query/gremlin/source.ts';
import { classic, crew, empty, grateful, modern, sink, type Toy } from '../query/gremlin/toys.ts';

export interface ToySources {
  readonly sources: Readonly<Record<string, TraversalSource>>;
  /** The graph of a name; 'empty' is emptied. */
  readonly take: (name: string) => Toy | undefined;
}

export function toySources(): ToySources {
  const toys: Record<string, Toy> = {
    modern: modern(),
    classic: classic(),
    crew: crew(),
    grateful: grateful(),
    sink: sink(),
    empty: empty(),
  };
  const sources = Object.fromEntries(
    Object.keys(toys).map((name) => {
      const source: TraversalSource = {
        name,
        services: ownServices,
        get model() {
          return (toys[name] as Toy).model;
        },
        get timeline() {
          return (toys[name] as Toy).timeline;
        },
        writer: () => (toys[name] as Toy).writer,
      };
      return [name, source];
    }),
  );
  return {
    sources,
    take(name) {
      if (name === 'empty') toys.empty = empty();
      return toys[name];
    },
  };
}
