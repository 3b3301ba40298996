/** Any value that messages can hold, as they are after reading: elements as references. */
import fc from 'fast-check';
import {
  type Argument,
  Bytecode,
  CardinalityValue,
  type Instruction,
  Lambda,
  Strategy,
} from '../../../src/query/gremlin/bytecode.ts';
import { GMap, GSet } from '../../../src/query/gremlin/value/collections.ts';
import { decimalText } from '../../../src/query/gremlin/value/decimal.ts';
import { double, int, long, num } from '../../../src/query/gremlin/value/num.ts';
import { Predicate } from '../../../src/query/gremlin/value/predicate.ts';
import { Reference } from '../../../src/query/gremlin/value/reference.ts';
import { tokens } from '../../../src/query/gremlin/value/token.ts';
import {
  Binary,
  BulkSet,
  ClassName,
  DateTime,
  Duration,
  type GValue,
  Path,
  type StepMetrics,
  TraversalMetrics,
  Tree,
  Uuid,
} from '../../../src/query/gremlin/value/value.ts';

const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({ minLength: 60, maxLength: 90 }),
);
// Objects of JavaScript have keys that look like numbers before all others.
const name = fc.string({ maxLength: 6 }).map((rest) => `n${rest}`);
const nanos = fc.integer({ min: 0, max: 999_999_999 });

const number: fc.Arbitrary<GValue> = fc.oneof(
  fc.integer().map(int),
  fc.maxSafeInteger().map(long),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(long),
  fc.double().map(double),
  fc.float().map((value) => num('float', value)),
  fc.integer({ min: -128, max: 127 }).map((value) => num('byte', value)),
  fc.integer({ min: -32_768, max: 32_767 }).map((value) => num('short', value)),
  fc.bigInt({ min: -(2n ** 130n), max: 2n ** 130n }).map((value) => num('bigint', value)),
  fc
    .record({ unscaled: fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), scale: fc.integer({ min: -30, max: 30 }) })
    .map((decimal) => num('bigdecimal', decimalText(decimal))),
);

const scalar: fc.Arbitrary<GValue> = fc.oneof(
  { arbitrary: text, weight: 4 },
  { arbitrary: number, weight: 4 },
  fc.constant(null),
  fc.boolean(),
  fc.uuid().map((value) => new Uuid(value)),
  fc
    .tuple(fc.integer({ min: -(10 ** 11), max: 10 ** 11 }), nanos, fc.integer({ min: -64_800, max: 64_800 }))
    .map(([seconds, rest, offset]) => new DateTime(seconds, rest, offset)),
  fc
    .tuple(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), nanos)
    .map(([seconds, rest]) => new Duration(seconds, rest)),
  fc.uint8Array({ maxLength: 12 }).map((bytes) => new Binary(bytes)),
  name.map((value) => new ClassName(`org.${value}`)),
  fc.constantFrom(...Object.values(tokens).flatMap((each) => Object.values(each))),
);

function instructions(argument: fc.Arbitrary<Argument>): fc.Arbitrary<Instruction[]> {
  return fc.array(
    fc.tuple(name, fc.array(argument, { maxLength: 3 })).map(([of, args]) => ({ name: of, args })),
    { maxLength: 3 },
  );
}

const predicate: fc.Arbitrary<Predicate> = fc.oneof(
  fc.tuple(fc.constantFrom('eq', 'neq', 'gt', 'lte'), scalar).map(([of, arg]) => new Predicate(of, [arg])),
  fc
    .tuple(fc.constantFrom('within', 'without'), fc.array(scalar, { maxLength: 3 }))
    .map(([of, args]) => new Predicate(of, [args])),
  fc.tuple(fc.constantFrom('between', 'inside'), number, number).map(([of, ...args]) => new Predicate(of, args)),
  text.map((arg) => new Predicate('startingWith', [arg], true)),
  fc
    .tuple(number, number)
    .map(([a, b]) => new Predicate('or', [new Predicate('gt', [a]), new Predicate('not', [new Predicate('eq', [b])])])),
);

function reference(any: fc.Arbitrary<GValue>): fc.Arbitrary<Reference> {
  const id = fc.oneof(number, text);
  const property = fc
    .tuple(name, any)
    .map(([label, each]) => new Reference('property', { id: null, label, value: each }));
  const byName = { selector: ({ label }: Reference) => label, maxLength: 2 };
  const end = fc.tuple(id, name).map(([of, label]) => new Reference('vertex', { id: of, label }));
  const vertexProperty = fc
    .tuple(id, name, any, fc.uniqueArray(property, byName))
    .map(
      ([of, label, each, properties]) => new Reference('vertexProperty', { id: of, label, value: each, properties }),
    );
  return fc.oneof(
    property,
    vertexProperty,
    fc
      .tuple(id, name, fc.uniqueArray(vertexProperty, byName))
      .map(([of, label, properties]) => new Reference('vertex', { id: of, label, properties })),
    fc
      .tuple(id, name, end, end, fc.uniqueArray(property, byName))
      .map(
        ([of, label, outV, inV, properties]) =>
          new Reference('edge', { id: of, label, ends: { outV, inV }, properties }),
      ),
  );
}

const step = (nested: readonly StepMetrics[]): fc.Arbitrary<StepMetrics> =>
  fc
    .tuple(name, name, fc.nat(), fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true }))
    .map(([id, of, took, count, share]) => ({
      id,
      name: of,
      durationNanos: took,
      counts: new Map([['traverserCount', count] as const, ['elementCount', count] as const]),
      annotations: new Map([['percentDur', double(share)]]),
      nested,
    }));

const metrics: fc.Arbitrary<TraversalMetrics> = step([])
  .chain((inner) => step([inner]))
  .chain((outer) => fc.nat().map((took) => new TraversalMetrics(took, [outer])));

export const { value } = fc.letrec<{ value: GValue; argument: Argument; bytecode: Bytecode; tree: Tree }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { arbitrary: scalar, weight: 6 },
    { arbitrary: fc.array(tie('value'), { maxLength: 4 }), weight: 2 },
    fc.array(tie('value'), { maxLength: 4 }).map((items) => new GSet(items)),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((entries) => new GMap(entries)),
    fc.array(fc.tuple(tie('value'), fc.nat()), { maxLength: 3 }).map((counts) => new BulkSet(new GMap(counts))),
    fc.array(fc.tuple(tie('value'), fc.uniqueArray(name, { maxLength: 2 })), { maxLength: 3 }).map(
      (steps) =>
        new Path(
          steps.map(([at]) => at),
          steps.map(([, labels]) => labels),
        ),
    ),
    tie('tree'),
    tie('bytecode'),
    reference(tie('value')),
    predicate,
    metrics,
  ),
  tree: fc
    .array(fc.tuple(tie('value'), fc.oneof({ maxDepth: 2 }, fc.constant(new Tree(new GMap())), tie('tree'))), {
      maxLength: 2,
    })
    .map((entries) => new Tree(new GMap(entries))),
  argument: fc.oneof(
    { maxDepth: 3 },
    tie('value'),
    fc
      .tuple(fc.constantFrom('single' as const, 'list' as const, 'set' as const), tie('value'))
      .map((args) => new CardinalityValue(...args)),
    name.map((language) => new Lambda(language)),
    fc
      .tuple(
        fc.constantFrom('SubgraphStrategy', 'OptionsStrategy'),
        fc.array(fc.tuple(name, tie('argument')), { maxLength: 2 }),
      )
      .map(([strategy, entries]) => new Strategy(strategy, new Map(entries))),
  ),
  bytecode: fc
    .tuple(instructions(tie('argument')), instructions(tie('argument')))
    .map(([source, steps]) => new Bytecode(source, steps)),
}));
