import type { Element, Value } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import { keys } from '../arguments.ts';
import type { Key } from '../key.ts';
import { defineStep, type Items, type Run } from '../step.ts';

export const dedup = defineStep({
  name: 'Dedup',
  dialect: ['skydive'],
  doc: 'Keeps the first of each: by id, by value, or by the values of the keys; what has none of the keys is kept.',
  args: keys({ least: 0 }),
  example: {
    on: 'host:h1 -ownership-> device:eth0\n host:h2',
    query: "G.V().Dedup('Type')",
    gives: ['host:h1', 'device:eth0'],
  },
  gives: { nodes: 'nodes', edges: 'edges', history: 'history', values: 'values' },
  stream:
    (by, takes) =>
    (input: Items<Element | Value>, run): Items<Element | Value> =>
      takes === 'values'
        ? firsts(
            input as Items<Value>,
            by.length === 0 ? (value) => value : (value) => joined(by.map((key) => key.find(value))),
            run,
          )
        : firsts(input as Items<Element>, by.length === 0 ? (element) => element.id : keysOf(by, run.view), run),
});

function* firsts<T extends Element | Value>(
  input: Items<T>,
  keyOf: (item: T) => Value | undefined,
  { budget }: Run,
): Generator<T | undefined> {
  const seen = new Seen();
  for (const item of input) {
    if (item === undefined) {
      yield undefined;
      continue;
    }
    const key = keyOf(item);
    if (key !== undefined) {
      if (!seen.add(key)) continue;
      budget.hold(1);
    }
    yield item;
  }
}

/** Lists and objects are known by their JSON, apart from texts that read the same. */
class Seen {
  readonly #plain = new Set<Value>();
  readonly #structured = new Set<string>();

  /** Whether it is the first of its kind. */
  add(value: Value): boolean {
    const isStructured = typeof value === 'object' && value !== null;
    return isStructured ? isNew(this.#structured, JSON.stringify(value)) : isNew(this.#plain, value);
  }
}

function isNew<T>(set: Set<T>, value: T): boolean {
  const before = set.size;
  set.add(value);
  return set.size > before;
}

function keysOf(by: readonly Key[], view: GraphView): (element: Element) => Value | undefined {
  const [only] = by;
  if (by.length === 1 && only !== undefined) return (element) => only.read(element, view);
  return (element) => joined(by.map((key) => key.read(element, view)));
}

/** One text for the values together; undefined when there is none. */
function joined(values: readonly (Value | undefined)[]): string | undefined {
  return values.some((value) => value !== undefined) ? JSON.stringify(values) : undefined;
}
