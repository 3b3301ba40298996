/**
 * Traversals that the table of steps allows, by what its `args` say (`'[scope, ]low, high'`), with arguments of all types;
 * now and then one of another kind than is asked for.
 */
import type { Modulator } from '../../../../src/query/gremlin/step.ts';
import { traversalSteps } from '../../../../src/query/gremlin/steps/index.ts';
import { type TokenType, tokenNames } from '../../../../src/query/gremlin/value/token.ts';
import { type Dice, pick } from '../../../dice.ts';

/** A text that parses; most of them compile. */
export function composed(random: Dice): string {
  const settings = random(8) === 0 ? pick(random, sources) : '';
  return `g${settings}${chain(random, 'start', 1 + random(7), 3)}`;
}

function chain(random: Dice, place: 'start' | 'step', length: number, depth: number): string {
  let text = '';
  for (let at = 0; at < length; at++) {
    const step = place === 'start' && at === 0 ? pick(random, starts) : pick(random, inner);
    text += `.${step.name}(${args(random, step.args, depth)})`;
    for (let more = pick(random, [0, 1, 1, 1, 2]); more > 0 && step.modulators !== undefined; more--)
      text += modulation(random, step.name, pick(random, step.modulators), depth);
    if (random(7) === 0) text += `.as('${pick(random, names)}')`;
  }
  return text;
}

/** Of `'[label, ]key[, value or predicate]'`: what stands in brackets sometimes, `…` several times. */
function args(random: Dice, shape: string, depth: number): string {
  const chosen = shape.replace(/\[([^[\]]*(?:\[[^\]]*\])?[^[\]]*)\]/g, (_all, inside: string) =>
    random(2) === 0 ? '' : inside.replace(/[[\]]/g, ''),
  );
  const words = chosen
    .split(/,| or a /)
    .map((word) => word.trim())
    .filter((word) => word !== '');
  return words
    .flatMap((word, at) => {
      const kind = word === '…' ? (words[at - 1] as string) : word;
      const count = word === '…' ? random(3) : 1;
      return Array.from({ length: count }, () => argument(random, kind, depth));
    })
    .join(', ');
}

function argument(random: Dice, kinds: string, depth: number): string {
  if (random(30) === 0) return value(random, 2);
  const kind = pick(random, kinds.split(' or '));
  switch (kind) {
    case 'traversal':
    case 'pattern':
      return child(random, depth);
    case 'predicate':
      return predicate(random, 2);
    case 'key':
      return quoted(pick(random, keys));
    case 'label':
    case 'edge label':
      return quoted(pick(random, labels));
    case 'name':
    case 'side-effect':
      return quoted(pick(random, names));
    case 'parameters':
      return map(random, 1);
    case 'old':
    case 'new':
    case 'text':
    case 'separator':
      return quoted(pick(random, texts));
    case 'id':
      return pick(random, ['1', '2', '3', '4', "'1'", '7L', '99']);
    case 'scope':
      return pick(random, ['local', 'local', 'local', 'Scope.global']);
    case 'count':
    case 'low':
    case 'high':
    case 'from':
    case 'milliseconds':
      return pick(random, ['0', '1', '2', '3', '10', '-1', '2147483648', '100L']);
    case 'probability':
      return pick(random, ['0.0', '0.5', '1.0']);
    case 'expression':
      return quoted(pick(random, expressions));
    case 'type':
      return `GType.${pick(random, tokenNames.GType)}`;
    case 'direction':
      return `Direction.${pick(random, tokenNames.Direction)}`;
    case 'token':
      return `T.${pick(random, tokenNames.T)}`;
    case 'pop':
      return pick(random, tokenNames.Pop);
    case 'column':
      return pick(random, tokenNames.Column);
    case 'operator':
      return `Operator.${pick(random, tokenNames.Operator)}`;
    case 'unit':
      return `DT.${pick(random, tokenNames.DT)}`;
    case 'cardinality':
      return pick(random, tokenNames.Cardinality);
    case 'list':
      return list(random, 2);
    case 'map':
      return map(random, 2);
    default:
      return random(2) === 0 ? quoted(pick(random, texts)) : value(random, 3);
  }
}

function child(random: Dice, depth: number): string {
  if (depth === 0) return pick(random, ['out()', "values('age')", '__.identity()', "has('name')", 'count()']);
  const begin = random(5) === 0 ? `.as('${pick(random, names)}')` : '';
  return `__${begin}${chain(random, 'step', 1 + random(3), depth - 1)}`;
}

function modulation(random: Dice, step: string, modulator: Modulator, depth: number): string {
  const traversal = () => child(random, depth === 0 ? 0 : depth - 1);
  switch (modulator) {
    case 'by':
      return `.by(${pick(random, [
        () => '',
        () => quoted(pick(random, keys)),
        () => `T.${pick(random, tokenNames.T)}`,
        traversal,
        () => pick(random, ['keys', 'values', 'desc', 'asc', 'Order.shuffle']),
        () => `${traversal()}, desc`,
      ])()})`;
    case 'times':
      return `.times(${random(4)})`;
    case 'until':
    case 'emit':
      return `.${modulator}(${random(3) === 0 ? predicateOrNothing(random, modulator) : traversal()})`;
    case 'from':
    case 'to':
      return `.${modulator}(${random(2) === 0 ? quoted(pick(random, names)) : traversal()})`;
    case 'option':
      return `.option(${pick(random, ['any', 'none', '1', "'person'", 'gt(30)', 'onCreate', 'onMatch'])}, ${random(3) === 0 ? map(random, 1) : traversal()})`;
    case 'with':
      return `.with(${pick(random, withs[step] ?? ["'limit', 3"])})`;
    case 'property':
      return `.property(${quoted(pick(random, keys))}, ${value(random, 2)})`;
    case 'read':
    case 'write':
      return `.${modulator}()`;
  }
}

function predicateOrNothing(random: Dice, modulator: 'until' | 'emit'): string {
  return modulator === 'emit' && random(2) === 0 ? '' : predicate(random, 1);
}

function predicate(random: Dice, depth: number): string {
  const one = () => value(random, 1);
  switch (random(depth === 0 ? 4 : 6)) {
    case 0:
      return `${pick(random, ['eq', 'neq', 'gt', 'gte', 'lt', 'lte'])}(${one()})`;
    case 1:
      return `${pick(random, ['between', 'inside', 'outside'])}(${one()}, ${one()})`;
    case 2:
      return `${pick(random, ['within', 'without'])}(${[one(), one(), one()].slice(random(4)).join(', ')})`;
    case 3:
      return pick(random, [
        "startingWith('m')",
        "endingWith('o')",
        "containing('a')",
        "notContaining('x')",
        "regex('^[a-m]+')",
        "TextP.notRegex('(a|b)*c')",
        'typeOf(GType.INT)',
        "eq('a')",
      ]);
    case 4:
      return `${predicate(random, depth - 1)}.${pick(random, ['and', 'or'])}(${predicate(random, depth - 1)})`;
    default:
      return `not(${predicate(random, depth - 1)})`;
  }
}

function value(random: Dice, depth: number): string {
  switch (random(depth === 0 ? 7 : 10)) {
    case 0:
      return pick(random, keys.map(quoted));
    case 1:
    case 2:
      return pick(random, numbers);
    case 3:
      return quoted(pick(random, texts));
    case 4:
      return pick(random, others);
    case 5: {
      const type = pick(random, Object.keys(tokenNames) as TokenType[]);
      return type === 'Barrier' ? 'Barrier.normSack' : `${type}.${pick(random, tokenNames[type])}`;
    }
    case 6:
      return quoted(pick(random, names));
    case 7:
      return list(random, depth - 1);
    case 8:
      return `{${members(random, depth - 1)}}`;
    default:
      return map(random, depth - 1);
  }
}

const members = (random: Dice, depth: number) =>
  Array.from({ length: random(4) }, () => value(random, depth)).join(', ');
const list = (random: Dice, depth: number) => `[${members(random, depth)}]`;

function map(random: Dice, depth: number): string {
  const entries = Array.from({ length: random(4) }, () => {
    const key = pick(random, [...keys.slice(0, 4), '(T.id)', '(T.label)', '(Direction.OUT)', '(Direction.IN)', '(1)']);
    return `${key}: ${value(random, depth)}`;
  });
  return entries.length === 0 ? '[:]' : `[${entries.join(', ')}]`;
}

const quoted = (text: string) => `'${text}'`;

const keys = ['name', 'age', 'lang', 'weight', 'nothing', ''];
const labels = ['person', 'software', 'knows', 'created', 'nobody'];
const names = ['a', 'b', 'c', 'x'];
const texts = [
  '',
  'marko',
  'a b c',
  '%{name} is %{_}',
  '2023-08-02T00:00:00Z',
  '12',
  '1.5',
  '\\u00e9\\uD83D\\uDE00',
  ',',
];
const expressions = ['_ + 1', 'a * b', '(_ ^ 2) / 0', 'sin(_) - a', '_ % 3', 'log(_) * abs(x)'];
const numbers = [
  '0',
  '1',
  '-1',
  '29',
  '127b',
  '-5s',
  '2147483647',
  '9223372036854775807L',
  '-9223372036854775808L',
  '123456789012345678901234567890n',
  '0.5',
  '1.5f',
  '-0.0',
  '8.50m',
  '1e-300m',
  'NaN',
  'Infinity',
  '-Infinity',
];
const others = [
  'null',
  'true',
  'false',
  "datetime('2023-08-02T00:00:00Z')",
  "datetime('0001-01-01')",
  "UUID('f47af10b-58cc-4372-a567-0f02b2f3d479')",
  '1..4',
  "new Vertex(1, 'person')",
];
const withs: Readonly<Record<string, readonly string[]>> = {
  valueMap: ['WithOptions.tokens', 'WithOptions.tokens, WithOptions.ids'],
  index: ['WithOptions.indexer, WithOptions.map', 'WithOptions.indexer, WithOptions.list'],
  pageRank: ["'~tinkerpop.pageRank.times', 3", "'~tinkerpop.pageRank.propertyName', 'age'"],
  peerPressure: ["'~tinkerpop.peerPressure.times', 3", "'~tinkerpop.peerPressure.propertyName', 'x'"],
  connectedComponent: ["'~tinkerpop.connectedComponent.propertyName', 'x'"],
  shortestPath: [
    "'~tinkerpop.shortestPath.target', __.has('name', 'lop')",
    "'~tinkerpop.shortestPath.maxDistance', 2",
    "'~tinkerpop.shortestPath.includeEdges', true",
  ],
};
const sources = [
  '.withSack(1)',
  '.withSack(1.0, sum)',
  ".withSideEffect('x', {1}, addAll)",
  ".withSideEffect('a', [1, 2])",
  '.withPath()',
  '.withBulk(false)',
  '.withStrategies(ReadOnlyStrategy)',
  ".withStrategies(new SubgraphStrategy(vertices: __.hasLabel('person')))",
  ".withStrategies(new PartitionStrategy(partitionKey: 'p', writePartition: 'a', readPartitions: {'a'}))",
  '.withStrategies(new SeedStrategy(seed: 5))',
  ".with('at', '-5m')",
];

const starts = [
  ...traversalSteps.filter(({ place }) => place?.includes('start')),
  ...Array.from(
    { length: 40 },
    (_, at) => traversalSteps.filter(({ name }) => ['V', 'E', 'inject'].includes(name))[at % 3],
  ),
].filter((step) => step !== undefined);
const inner = traversalSteps.filter(({ name, place = ['step'] }) => place.includes('step') && name !== 'profile');
