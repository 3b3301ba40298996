import type { Element, Value } from '../../graph/element.ts';
import { keys } from '../arguments.ts';
import { topsOf } from '../flowkey.ts';
import { compileKey, type Key } from '../key.ts';
import type { Kind } from '../kind.ts';
import { type Reader, readerOf } from '../reader.ts';
import { defineStep, type Item, type Items, type Run } from '../step.ts';

export const dedup = defineStep({
  name: 'Dedup',
  dialect: ['skydive'],
  doc: 'Keeps the first of each: by id, by value, flows by TrackingID, or by the values of the keys; what has none of the keys is kept.',
  args: keys({ least: 0 }),
  example: {
    on: 'host:h1 -ownership-> device:eth0\n host:h2',
    query: "G.V().Dedup('Type')",
    gives: ['host:h1', 'device:eth0'],
  },
  gives: { nodes: 'nodes', edges: 'edges', history: 'history', values: 'values', flows: 'flows' },
  flowFields: (by) => (by.length === 0 ? ['TrackingID'] : topsOf(by)),
  stream: (by, takes) => {
    const keyOf = keyOfFirsts(by, takes);
    return (input: Items, run) => firsts(input, keyOf(run), run);
  },
});

function keyOfFirsts(by: readonly Key[], takes: Kind): (run: Run) => Reader {
  if (by.length > 0) return joined(by, takes);
  if (takes === 'values') return () => (value) => value as Value;
  return takes === 'flows' ? joined([compileKey('TrackingID')], takes) : () => (element) => (element as Element).id;
}

function* firsts(input: Items, keyOf: Reader, { budget }: Run): Generator<Item | undefined> {
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

/** One key is its value; of several one text for the values together, undefined when there is none. */
function joined(by: readonly Key[], takes: Kind): (run: Run) => Reader {
  const readers = by.map((key) => readerOf(key, takes));
  const [first] = readers;
  if (readers.length === 1 && first !== undefined) return ({ view }) => first(view);
  return ({ view }) => {
    const ready = readers.map((reader) => reader(view));
    return (item) => {
      const values = ready.map((read) => read(item));
      return values.some((value) => value !== undefined) ? JSON.stringify(values) : undefined;
    };
  };
}
