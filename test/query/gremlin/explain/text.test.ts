/** What is written as text of standard Gremlin is read back as it was. */
import fc from 'fast-check';
import {
  type Argument,
  Bytecode,
  CardinalityValue,
  type Instruction,
  Lambda,
  Strategy,
} from '../../../../src/query/gremlin/bytecode.ts';
import { bytecodeText, valueText } from '../../../../src/query/gremlin/explain/text.ts';
import { parseGremlin } from '../../../../src/query/gremlin/parse/parse.ts';
import { GMap, GSet } from '../../../../src/query/gremlin/value/collections.ts';
import { type AnyNumber, Num, num } from '../../../../src/query/gremlin/value/num.ts';
import { Predicate } from '../../../../src/query/gremlin/value/predicate.ts';
import { Reference } from '../../../../src/query/gremlin/value/reference.ts';
import { tokens } from '../../../../src/query/gremlin/value/token.ts';
import {
  Binary,
  ClassName,
  DateTime,
  Duration,
  type GValue,
  Path,
  Uuid,
} from '../../../../src/query/gremlin/value/value.ts';

const RUNS = 500;

test('a traversal is read back from its text', () => {
  fc.assert(
    fc.property(traversal, (bytecode) => {
      const text = bytecodeText(bytecode);
      const { statements, faults } = parseGremlin(text);
      expect(faults).toEqual([]);
      expect(statements.map(({ source, terminal }) => [source, terminal])).toEqual([['g', undefined]]);
      expect(bare(statements[0]?.bytecode as Bytecode)).toEqual(bare(bytecode));
    }),
    { numRuns: RUNS },
  );
});

test.each<[GValue, string]>([
  ['it\'s\n"x"\\', '"it\'s\\n\\"x\\"\\\\"'],
  [new Num('byte', 1), '1b'],
  [new Num('long', 5), '5L'],
  [5_000_000_000, '5000000000L'],
  [new Num('double', 5), '5.0'],
  [-0, '-0.0'],
  [1e21, '1.0E21'],
  [num('float', Math.fround(0.1)), '0.1f'],
  [new Num('bigdecimal', '1.50'), '1.50m'],
  [new Num('bigint', 7n), '7n'],
  [Number.NaN, 'NaN'],
  [new Num('float', Number.NEGATIVE_INFINITY), '(float) -Infinity'],
  [
    new GMap([
      [tokens.T.id, 1],
      ['T.id', 2],
    ]),
    '[(T.id): 1, "T.id": 2]',
  ],
  [new GMap(), '[:]'],
  [new DateTime(0, 500_000_000, 3600), 'datetime("1970-01-01T01:00:00.5+01:00")'],
  [new Reference('vertex', { id: 1, label: 'person' }), 'new Vertex(1, "person")'],
])('the text of %j', (value, text) => {
  expect(valueText(value)).toBe(text);
});

test('what text has no words for is named all the same', () => {
  const things: Argument[] = [
    new Duration(90, 0),
    new Binary(new Uint8Array(3)),
    new Path([1, 'a'], [[], []]),
    new Lambda('groovy'),
  ];
  expect(things.map(valueText)).toEqual(['Duration("PT1M30S")', 'Binary(3 bytes)', 'path[1, "a"]', 'Lambda("groovy")']);
});

test('a transaction is written as it is called', () => {
  expect(bytecodeText(new Bytecode([{ name: 'tx', args: ['commit'] }], []))).toBe('g.tx().commit()');
});

/** Without places, and with collections that a matcher can look into. */
function bare(value: Argument): unknown {
  if (value instanceof Bytecode)
    return { source: value.source.map(bareInstruction), steps: value.steps.map(bareInstruction) };
  if (value instanceof GSet) return { set: [...value].map(bare) };
  if (value instanceof GMap) return { map: Array.from(value, ([key, item]) => [bare(key), bare(item)]) };
  if (value instanceof Predicate) return { predicate: value.name, args: value.args.map(bare), isText: value.isText };
  if (value instanceof CardinalityValue) return { cardinality: value.cardinality, value: bare(value.value) };
  if (value instanceof Strategy)
    return { strategy: value.name, settings: Array.from(value.configuration, ([key, item]) => [key, bare(item)]) };
  if (Array.isArray(value)) return value.map(bare);
  return value;
}

function bareInstruction({ name, args }: Instruction): unknown {
  return [name, args.map(bare)];
}

const name = fc.constantFrom('V', 'out', 'has', 'where', 'by', 'option', 'as', 'in', 'not', 'and', 'is', 'mine');

const number: fc.Arbitrary<AnyNumber> = fc.oneof(
  fc.integer({ min: -128, max: 127 }).map((value) => num('byte', value)),
  fc.integer({ min: -32768, max: 32767 }).map((value) => num('short', value)),
  fc.integer().map((value) => num('int', value)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => num('long', value)),
  fc.integer().map((value) => num('long', value)),
  fc.bigInt().map((value) => num('bigint', value)),
  fc.double().map((value) => num('double', value)),
  fc.float().map((value) => num('float', value)),
  fc
    .tuple(fc.integer(), fc.integer({ min: 0, max: 999 }))
    .map(([whole, part]) => num('bigdecimal', `${whole}.${String(part).padStart(3, '0')}`)),
);

const plain: fc.Arbitrary<GValue> = fc.oneof(
  number,
  fc.string({ unit: 'binary' }),
  fc.constantFrom(null, true, false),
  fc.constantFrom(...Object.values(tokens).flatMap((named) => Object.values(named))),
  fc.uuid().map((value) => new Uuid(value)),
  fc
    .tuple(
      fc.integer({ min: -60_000_000_000, max: 200_000_000_000 }),
      fc.nat(999_999_999),
      fc.integer({ min: -64_800, max: 64_800 }),
    )
    .map((parts) => new DateTime(...parts)),
  fc.tuple(number, fc.string()).map(([id, label]) => new Reference('vertex', { id, label })),
);

const { traversal } = fc.letrec<{
  value: GValue;
  predicate: Predicate;
  argument: Argument;
  nested: Bytecode;
  traversal: Bytecode;
}>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    plain,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(tie('value'), { maxLength: 4 }).map((values) => new GSet(values)),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((entries) => new GMap(entries)),
    tie('predicate'),
    tie('nested'),
    fc
      .tuple(fc.constantFrom('single', 'list', 'set'), tie('value'))
      .map(([kind, value]) => new CardinalityValue(kind, value)),
  ),
  predicate: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(fc.constantFrom('eq', 'neq', 'gt'), tie('value')).map(([kind, value]) => new Predicate(kind, [value])),
    fc.tuple(tie('value'), tie('value')).map((values) => new Predicate('between', values)),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => new Predicate('within', [values])),
    fc.string().map((text) => new Predicate('containing', [text], true)),
    tie('predicate').map((inner) => new Predicate('not', [inner])),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('predicate'), { minLength: 2, maxLength: 3 }))
      // Those of one kind within one another are one.
      .map(
        ([kind, parts]) =>
          new Predicate(
            kind,
            parts.flatMap((part) => (part.name === kind ? part.args : [part])),
          ),
      ),
  ),
  argument: tie('value'),
  nested: fc
    .array(fc.record({ name, args: fc.array(tie('argument'), { maxLength: 3 }) }), { maxLength: 3 })
    .map((steps) => new Bytecode([], steps)),
  traversal: fc
    .tuple(
      fc.array(
        fc.oneof(
          fc.record({
            name: fc.constantFrom('with', 'withSack', 'withSideEffect'),
            args: fc.array(tie('value'), { maxLength: 3 }),
          }),
          fc
            .tuple(
              fc.constantFrom('SubgraphStrategy', 'OptionsStrategy'),
              fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
            )
            .map(([kind, settings]) => ({
              name: 'withStrategies',
              args: [new Strategy(kind, new Map(Object.entries(settings)))],
            })),
          fc.constant({ name: 'withoutStrategies', args: [new ClassName('a.b.ReadOnlyStrategy')] }),
        ),
        { maxLength: 2 },
      ),
      fc.array(fc.record({ name, args: fc.array(tie('argument'), { maxLength: 3 }) }), { minLength: 1, maxLength: 5 }),
    )
    .map(([source, steps]) => new Bytecode(source, steps)),
}));
