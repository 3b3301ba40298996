/** Where in a message its reader is, and how deep: so that what cannot be read is found again. */
import type { Argument } from '../../../query/gremlin/bytecode.ts';
import type { GValue } from '../../../query/gremlin/value/value.ts';
import { badFrame } from '../bad-frame.ts';
import { depthMax, keyDepthMax, keyedMax } from '../codec-limits.ts';

export class GraphsonIn {
  readonly #path: (string | number)[] = [];
  #keyDepth = 0;
  #keyed = 0;
  readonly #read: (json: unknown, from: GraphsonIn) => Argument;

  /** `read`: how a value is read. */
  constructor(read: (json: unknown, from: GraphsonIn) => Argument) {
    this.#read = read;
  }

  value(json: unknown): Argument {
    if (this.#keyDepth > 0) this.#count();
    return this.#read(json, this);
  }

  /** For places where only values can stand. The types of both are told apart by those who take them. */
  gvalue(json: unknown): GValue {
    return this.value(json) as GValue;
  }

  /** A value in a list or an object. */
  child(step: string | number, json: unknown): GValue {
    // What holds nothing is never deeper than what holds it.
    if (typeof json !== 'object' || json === null) return this.gvalue(json);
    return this.within(step, () => this.gvalue(json));
  }

  within<T>(step: string | number, read: () => T): T {
    if (this.#path.length >= depthMax * stepsEach) throw this.bad(`values lie deeper than ${depthMax} levels`);
    this.#path.push(step);
    const value = read();
    this.#path.pop();
    return value;
  }

  /** Around what is a key of a map or in a set. */
  asKey<T>(read: () => T): T {
    if (++this.#keyDepth > keyDepthMax) throw this.bad(`sets and keys lie deeper than ${keyDepthMax} levels`);
    const value = read();
    this.#keyDepth--;
    return value;
  }

  #count(): void {
    this.#keyed += this.#keyDepth;
    if (this.#keyed > keyedMax) throw this.bad('too many values within sets and keys');
  }

  bad(what: string): Error {
    const steps = this.#path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step.slice(0, stepMax)}`));
    const shown = steps.length > stepsMax ? [...steps.slice(0, stepsMax), '…'] : steps;
    return badFrame(what, shown.join('').replace(/^\./, '') || 'the message');
  }
}

/** A traversal in an argument is four steps down: its type, `step`, and two places in lists. */
const stepsEach = 4;

const stepMax = 40;
const stepsMax = 16;
