/** What strategies make of a traversal before it is built: the list, in the order in which they are applied. */
import { didYouMean } from '../../../std/nearest.ts';
import type { Faults } from '../../faults.ts';
import { type Bytecode, Strategy } from '../bytecode.ts';
import type { SourceOptions } from '../compile/options.ts';
import { edgeLabelVerification } from './edge-label-verification.ts';
import { elementId } from './element-id.ts';
import { incidentToAdjacent } from './incident-to-adjacent.ts';
import { partition } from './partition.ts';
import { productiveBy } from './productive-by.ts';
import { readOnly } from './read-only.ts';
import { reservedKeysVerification } from './reserved-keys-verification.ts';
import { seed } from './seed.ts';
import { standardVerification } from './standard-verification.ts';
import { type KnownStrategy, NOWHERE } from './strategy.ts';
import { subgraph } from './subgraph.ts';
import { unseenNames } from './unseen.ts';

export interface Rewritten {
  readonly bytecode: Bytecode;
  readonly randomOf?: (() => () => number) | undefined;
  readonly isProductive?: ((key: string) => boolean) | undefined;
}

/** Those that check come first: they speak of what was written. Those that only make it quicker come last. */
export const strategies: readonly KnownStrategy[] = [
  standardVerification,
  readOnly,
  edgeLabelVerification,
  reservedKeysVerification,
  seed,
  productiveBy,
  elementId,
  partition,
  subgraph,
  incidentToAdjacent,
];

export function rewritten(bytecode: Bytecode, options: SourceOptions, faults: Faults): Rewritten {
  refuseUnknown(options, faults);
  let steps = bytecode;
  let randomOf: Rewritten['randomOf'];
  let isProductive: Rewritten['isProductive'];
  for (const known of strategies) {
    const strategy = named(known, options);
    if (strategy === undefined) continue;
    refuseSettings(known, strategy, faults);
    known.check?.(steps, strategy, faults);
    steps = known.rewrite?.(steps, strategy, faults) ?? steps;
    randomOf = known.randomOf?.(strategy, faults) ?? randomOf;
    isProductive = known.isProductive?.(strategy) ?? isProductive;
  }
  return { bytecode: steps, randomOf, isProductive };
}

function named({ name, isUsual }: KnownStrategy, { strategies: asked, without }: SourceOptions): Strategy | undefined {
  const strategy = asked.get(name);
  if (strategy !== undefined || !isUsual || without.has(name)) return strategy;
  return new Strategy(name, new Map());
}

function refuseUnknown({ strategies: asked, without }: SourceOptions, faults: Faults): void {
  if (asked.size === 0 && without.size === 0) return;
  const known = new Set([...strategies.map(({ name }) => name), ...unseenNames]);
  for (const name of [...asked.keys(), ...without])
    if (!known.has(name))
      faults.add('gremlin.strategy', `no strategy named "${name}"`, NOWHERE, didYouMean(name, known));
}

/** Drivers send their own remarks along, such as the name of the class. */
const REMARKS: ReadonlySet<string> = new Set(['strategy']);

function refuseSettings({ name, settings = [] }: KnownStrategy, strategy: Strategy, faults: Faults): void {
  for (const setting of strategy.configuration.keys())
    if (!settings.includes(setting) && !REMARKS.has(setting)) {
      const what = settings.length === 0 ? 'it has none' : `it has ${settings.join(', ')}`;
      const hint = didYouMean(setting, settings) ?? what;
      faults.add('gremlin.strategy', `${name} has no setting named "${setting}"`, NOWHERE, hint);
    }
}
