/** What is said between `g` and the first step: `withSideEffect`, `withSack`, `withStrategies`, `with('at', '-5m')`. */
import { didYouMean } from '../../../std/nearest.ts';
import type { Faults } from '../../faults.ts';
import { type Argument, type Bytecode, type Instruction, Strategy } from '../bytecode.ts';
import { Token } from '../value/token.ts';
import { ClassName, type GValue } from '../value/value.ts';
import { placeOf } from './calls.ts';

export interface SourceOptions {
  readonly sideEffects: readonly { readonly name: string; readonly value: GValue; readonly join: Token | undefined }[];
  readonly sack: { readonly value: GValue; readonly merge: Token | undefined } | undefined;
  readonly isBulked: boolean;
  readonly keepsPath: boolean;
  /** By their names without package. */
  readonly strategies: ReadonlyMap<string, Strategy>;
  readonly without: ReadonlySet<string>;
  /** `with(key, value)` and OptionsStrategy: 'at', 'evaluationTimeout'… A key without a value is true. */
  readonly settings: ReadonlyMap<string, Argument>;
}

export function readOptions(bytecode: Bytecode, faults: Faults): SourceOptions {
  const sideEffects: { name: string; value: GValue; join: Token | undefined }[] = [];
  const strategies = new Map<string, Strategy>();
  const without = new Set<string>();
  const settings = new Map<string, Argument>();
  let sack: SourceOptions['sack'];
  let isBulked = true;
  let keepsPath = false;
  for (const instruction of bytecode.source) {
    const { args } = instruction;
    switch (instruction.name) {
      case 'withSideEffect': {
        const [name, value, join] = args;
        if (typeof name !== 'string') wrong(instruction, 'withSideEffect takes a name and a value', faults);
        else sideEffects.push({ name, value: value as GValue, join: join instanceof Token ? join : undefined });
        break;
      }
      case 'withSack': {
        const merge = args.find((arg, at) => at > 0 && arg instanceof Token);
        sack = { value: args[0] as GValue, merge: merge as Token | undefined };
        break;
      }
      case 'withBulk':
        isBulked = args[0] !== false;
        break;
      case 'withPath':
        keepsPath = true;
        break;
      case 'withStrategies':
        for (const strategy of args) {
          if (strategy instanceof Strategy) {
            strategies.set(strategy.name, strategy);
            if (strategy.name === 'OptionsStrategy')
              for (const [key, value] of strategy.configuration) settings.set(key, value);
          } else if (strategy instanceof ClassName) {
            const name = bare(strategy.name);
            strategies.set(name, new Strategy(name, new Map()));
          } else wrong(instruction, 'withStrategies takes strategies', faults);
        }
        break;
      case 'withoutStrategies':
        for (const strategy of args) {
          if (strategy instanceof ClassName) without.add(bare(strategy.name));
          else if (strategy instanceof Strategy) without.add(strategy.name);
          else if (typeof strategy === 'string') without.add(bare(strategy));
        }
        break;
      case 'with':
        if (typeof args[0] !== 'string') wrong(instruction, 'with takes the name of an option', faults);
        else settings.set(args[0], args.length > 1 ? (args[1] as Argument) : true);
        break;
      case 'withComputer':
        // What needs a computer elsewhere runs without one here.
        break;
      default:
        wrong(instruction, `${instruction.name} is no setting of a traversal source`, faults);
    }
  }
  for (const name of without) strategies.delete(name);
  refuseMistyped(settings, faults);
  return { sideEffects, sack, isBulked, keepsPath, strategies, without, settings };
}

/** What these mean is told in docs/gremlin.md; the others are what drivers send of themselves. */
const KNOWN: readonly string[] = [
  'at',
  'between',
  'evaluationTimeout',
  'batchSize',
  'materializeProperties',
  'requestId',
  'userAgent',
  'scriptEvaluationTimeout',
  'language',
];

/** Any name may be set, but one that is nearly a known one would be passed over, and the answer be of another time. */
function refuseMistyped(settings: ReadonlyMap<string, Argument>, faults: Faults): void {
  for (const name of settings.keys()) {
    const hint = KNOWN.includes(name) ? undefined : didYouMean(name, KNOWN);
    if (hint !== undefined) faults.add('gremlin.setting', `there is no setting "${name}"`, { from: 0, to: 0 }, hint);
  }
}

function wrong(instruction: Instruction, message: string, faults: Faults): void {
  faults.add('gremlin.source', message, placeOf(instruction));
}

/** Java's class names come with their package, and inner ones with a dollar. */
function bare(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
}
