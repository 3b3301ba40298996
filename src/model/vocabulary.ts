/** The vocabulary: every type of node and every key it may carry, declared once, where it is born. */
import * as z from 'zod';

export interface FieldWords {
  readonly doc: string;
  readonly example: unknown;
  /** e.g. 'bytes', 'ms', 'Mbit/s'. */
  readonly unit?: string;
  /** Keep an index on it: queries look elements up by this key. */
  readonly index?: boolean;
}

/** What zod cannot know of a field: the words and the example shown to people. */
export const fieldWords = z.registry<FieldWords>();

export interface NodeType<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string;
  readonly doc: string;
  readonly fields: z.ZodObject<Shape>;
}

export function nodeType<Shape extends z.ZodRawShape>(name: string, doc: string, shape: Shape): NodeType<Shape> {
  return { name, doc, fields: z.object(shape) };
}

/** Attaches the words of a field to its schema: `field(z.string(), { doc, example })`. */
export function field<S extends z.ZodType>(schema: S, words: FieldWords): S {
  // A clone, so that two fields built from one schema keep words of their own.
  const own = schema.clone() as S;
  fieldWords.add(own, words);
  return own;
}

/** All keys of all types, sorted: what completion offers after `Has(`. */
export function keysOf(types: readonly NodeType[]): string[] {
  return [...new Set(types.flatMap((type) => Object.keys(type.fields.shape)))].sort();
}

/** Several may say something of one type: one type for each name, with the fields of all, and the words of the first. */
export function mergedTypes(types: readonly NodeType[]): NodeType[] {
  const byName = new Map<string, [NodeType, ...NodeType[]]>();
  for (const type of types) {
    const known = byName.get(type.name);
    if (known) known.push(type);
    else byName.set(type.name, [type]);
  }
  return [...byName.values()].map(([first, ...others]) => {
    if (others.length === 0) return first;
    // Put together once: to extend one schema after the other costs a start ten milliseconds.
    const shapes = [first, ...others].map(({ fields }) => fields.shape).reverse();
    return { ...first, fields: z.object(Object.assign({}, ...shapes)) };
  });
}

/** Keys that queries look elements up by: those declared with `index`. */
export function indexedKeysOf(types: readonly NodeType[]): string[] {
  const keys = types.flatMap((type) =>
    Object.entries(type.fields.shape).flatMap(([key, schema]) =>
      fieldWords.get(schema as z.ZodType)?.index ? [key] : [],
    ),
  );
  return [...new Set(keys)];
}
