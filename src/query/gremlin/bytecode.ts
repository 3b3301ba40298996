/**
 * A traversal before anyone asks whether it makes sense: what a driver sends, and what a text is parsed to.
 * (TinkerPop's name for it.)
 */
import type { GValue } from './value/value.ts';

/** A traversal; one without a source (`out().count()`) is an argument of another's step. */
export class Bytecode {
  /** `withSideEffect`, `withStrategies`…, which shape the source. */
  readonly source: readonly Instruction[];
  readonly steps: readonly Instruction[];

  constructor(source: readonly Instruction[], steps: readonly Instruction[]) {
    this.source = source;
    this.steps = steps;
  }
}

export interface Instruction {
  readonly name: string;
  readonly args: readonly Argument[];
  /** Where it stands in the text, when there is one: a half-open range, and the end of the name. */
  readonly from?: number;
  readonly to?: number;
  readonly nameTo?: number;
}

export type Argument = GValue | CardinalityValue | Strategy | Lambda;

/** `Cardinality.set('x')`: a value with how it is to be kept. */
export class CardinalityValue {
  readonly cardinality: 'single' | 'list' | 'set';
  readonly value: GValue;

  constructor(cardinality: 'single' | 'list' | 'set', value: GValue) {
    this.cardinality = cardinality;
    this.value = value;
  }
}

/** `new SubgraphStrategy(vertices: hasLabel('person'))`. */
export class Strategy {
  /** Without its package: 'SubgraphStrategy'. */
  readonly name: string;
  readonly configuration: ReadonlyMap<string, Argument>;

  constructor(name: string, configuration: ReadonlyMap<string, Argument>) {
    this.name = name;
    this.configuration = configuration;
  }
}

/** Code in some language. It is refused, wherever it stands. */
export class Lambda {
  readonly language: string;

  constructor(language: string) {
    this.language = language;
  }
}
