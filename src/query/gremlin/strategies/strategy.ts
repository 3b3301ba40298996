/** What a strategy of the standard dialect is: something that checks or rewrites a traversal before it is built. */
import type { Faults } from '../../faults.ts';
import type { Bytecode, Strategy } from '../bytecode.ts';

export interface KnownStrategy {
  /** As drivers name it, without its package. */
  readonly name: string;
  readonly doc: string;
  /** Names of its settings. */
  readonly settings?: readonly string[];
  /** Unless withoutStrategies says otherwise, it is there without being named. */
  readonly isUsual?: boolean;
  /** Faults of its settings are told. */
  rewrite?(bytecode: Bytecode, strategy: Strategy, faults: Faults): Bytecode;
  check?(bytecode: Bytecode, strategy: Strategy, faults: Faults): void;
  /** Dice for one run; undefined where its settings say none. */
  randomOf?(strategy: Strategy, faults: Faults): (() => () => number) | undefined;
  isProductive?(strategy: Strategy): (key: string) => boolean;
}

export function defineStrategy(strategy: KnownStrategy): KnownStrategy {
  return strategy;
}

/** Strategies have no place in the text of their own. */
export const NOWHERE = { from: 0, to: 0 };
