import type { Faults } from '../../faults.ts';
import { type Argument, Bytecode, type Instruction, type Strategy } from '../bytecode.ts';
import { GMap } from '../value/collections.ts';
import { membersOf } from '../value/members.ts';
import { Predicate } from '../value/predicate.ts';
import { Token, tokens } from '../value/token.ts';
import type { GValue } from '../value/value.ts';
import { anonymous, endOfModulators, everywhere, said } from './everywhere.ts';
import { defineStrategy, NOWHERE } from './strategy.ts';

export const partition = defineStrategy({
  name: 'PartitionStrategy',
  doc: 'Sees only the elements of some partitions, and writes into one: by a property that says which.',
  settings: ['partitionKey', 'writePartition', 'readPartitions', 'includeMetaProperties'],
  rewrite(bytecode, strategy, faults) {
    const wanted = settingsOf(strategy, faults);
    return wanted === undefined ? bytecode : everywhere(bytecode, (steps) => within(steps, wanted));
  },
});

interface Settings {
  readonly key: string;
  readonly write: string | undefined;
  readonly read: Predicate;
  readonly isOfProperties: boolean;
}

function settingsOf({ configuration }: Strategy, faults: Faults): Settings | undefined {
  const key = configuration.get('partitionKey');
  const write = configuration.get('writePartition');
  const read = configuration.get('readPartitions') ?? [];
  if (typeof key !== 'string') {
    faults.add('gremlin.strategy', 'PartitionStrategy takes the name of a property as partitionKey', NOWHERE);
    return undefined;
  }
  const partitions = typeof read === 'string' ? [read] : [...(membersOf(read as GValue) ?? [])];
  return {
    key,
    write: typeof write === 'string' ? write : undefined,
    read: new Predicate('within', [partitions]),
    isOfProperties: configuration.get('includeMetaProperties') === true,
  };
}

/** Steps that come to elements. */
const ARRIVING: ReadonlySet<string> = new Set([
  'V',
  'E',
  'out',
  'in',
  'both',
  'outE',
  'inE',
  'bothE',
  'toE',
  'inV',
  'outV',
  'bothV',
  'otherV',
  'toV',
]);

function within(steps: readonly Instruction[], settings: Settings): Instruction[] {
  const { key, write, read, isOfProperties } = settings;
  const out: Instruction[] = [];
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at] as Instruction;
    const { name, args } = step;
    if (ARRIVING.has(name) || isDirected(step)) out.push(step, said(step, 'has', key, read));
    else if (name === 'addV' || name === 'addE') {
      const end = endOfModulators(steps, at, ['property', 'from', 'to', 'with']);
      out.push(step, ...steps.slice(at + 1, end).map((one) => (name === 'addV' ? marked(one, settings) : one)));
      if (write !== undefined) {
        const mark = said(step, 'property', key, write);
        out.push(name === 'addV' ? marked(mark, settings) : mark);
      }
      at = end - 1;
    } else if ((name === 'mergeV' || name === 'mergeE') && write !== undefined)
      out.push(said(step, name, merged(args, { step, key, write })));
    else if (name === 'property') out.push(marked(step, settings));
    else if (isOfProperties && name === 'properties')
      out.push(step, said(step, 'filter', ofPartition(step, settings)), hidden(step, key));
    else if (isOfProperties && name === 'values')
      out.push(
        said(step, 'properties', ...args),
        said(step, 'filter', ofPartition(step, settings)),
        hidden(step, key),
        said(step, 'value'),
      );
    else if (isOfProperties && isPlainMap(steps, at)) out.push(mapped(step, settings));
    else out.push(step);
  }
  return out;
}

function isDirected({ name, args }: Instruction): boolean {
  const [direction] = args;
  return name === 'to' && direction instanceof Token && direction.type === 'Direction';
}

/** What is merged is looked for, and written, in the partition that is written to. */
function merged(args: readonly Argument[], to: { step: Instruction; key: string; write: string }): Argument {
  const { step, key, write } = to;
  const [map] = args;
  const more = new GMap([[key, write]]);
  if (args.length === 0) return anonymous(said(step, 'merge', more));
  if (map === null) return more;
  if (map instanceof GMap) return new GMap([...map, ...more]);
  if (map instanceof Bytecode) return anonymous(...map.steps, said(step, 'merge', more));
  return map as Argument;
}

/** A property of a vertex says itself to which partition it belongs. */
function marked(step: Instruction, { key, write, isOfProperties }: Settings): Instruction {
  if (!isOfProperties || write === undefined || step.name !== 'property') return step;
  const [first, ...others] = step.args;
  const isCardinality = first instanceof Token && first.type === 'Cardinality';
  if (isCardinality ? others.length < 2 : step.args.length < 2) return step;
  const name = isCardinality ? others[0] : first;
  const isPlain = typeof name === 'string' || name instanceof Bytecode;
  return isPlain ? said(step, 'property', ...step.args, key, write) : step;
}

/** With tokens, or with more said of it, a map is left as it is. */
function isPlainMap(steps: readonly Instruction[], at: number): boolean {
  const { name, args } = steps[at] as Instruction;
  if (name !== 'valueMap' && name !== 'propertyMap') return false;
  return args[0] !== true && !['by', 'with'].includes(steps[at + 1]?.name ?? '');
}

/** Of a vertex a map of those properties that are of the partition; of anything else what it always is. */
function mapped(step: Instruction, settings: Settings): Instruction {
  const isVertex = anonymous(said(step, 'is', new Predicate('typeOf', [tokens.GType.VERTEX])));
  const seen = anonymous(
    said(step, 'properties', ...step.args),
    said(step, 'filter', ofPartition(step, settings)),
    hidden(step, settings.key),
    said(step, 'group'),
    said(step, 'by', tokens.T.key),
    said(step, 'by', ...(step.name === 'valueMap' ? [tokens.T.value] : [])),
  );
  return said(step, 'choose', isVertex, anonymous(said(step, 'local', seen)), anonymous(step));
}

function ofPartition(step: Instruction, { key, read }: Settings): Bytecode {
  const isVertexProperty = new Predicate('typeOf', [tokens.GType.VPROPERTY]);
  return anonymous(
    said(
      step,
      'or',
      anonymous(said(step, 'not', anonymous(said(step, 'is', isVertexProperty)))),
      anonymous(said(step, 'has', key, read)),
    ),
  );
}

function hidden(step: Instruction, key: string): Instruction {
  return said(step, 'filter', anonymous(said(step, 'key'), said(step, 'is', new Predicate('neq', [key]))));
}
