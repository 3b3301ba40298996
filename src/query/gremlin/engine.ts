/** The front of the standard dialect: texts and bytecode to what can be run. Knows no clock and no I/O of its own. */
import { Mistake, mistake } from '../../std/mistake.ts';
import type { Argument, Bytecode } from './bytecode.ts';
import { type Compiled, compile } from './compile/compile.ts';
import { defaultTextLimits, type TextLimits } from './parse/limits.ts';
import { parseGremlin, type Statement, type Terminal } from './parse/parse.ts';
import type { Fresh } from './parse/parser.ts';
import type { GValue } from './value/value.ts';

/** One statement of a text. */
export interface Prepared {
  /** The name of its traversal source: 'g'. */
  readonly source: string;
  readonly compiled: Compiled;
  /** What stands behind the last step: `.next()`, `.toList()`… */
  readonly terminal: Terminal | undefined;
  /** Of the terminal: how many for `next(2)`. */
  readonly args: readonly Argument[];
  /** `.toString()` is what is asked for: its text. */
  readonly isText: boolean;
}

/** About 10 kB each. */
const CACHE_SIZE = 500;

export class GremlinEngine {
  readonly #limits: TextLimits;
  /** Texts without bindings. Least recently used first. */
  readonly #cache = new Map<string, readonly Prepared[]>();

  constructor(limits: Partial<TextLimits> = {}) {
    this.#limits = { ...defaultTextLimits, ...limits };
  }

  /**
   * Throws one Mistake with all that is wrong. A text may hold several statements, and none. `fresh`: what `datetime()` and
   * `UUID()` are; without it they are a mistake.
   */
  prepareText(text: string, bindings: ReadonlyMap<string, GValue>, fresh?: Fresh): readonly Prepared[] {
    const cached = bindings.size === 0 ? this.#cache.get(text) : undefined;
    if (cached !== undefined) {
      this.#cache.delete(text);
      this.#cache.set(text, cached);
      return cached;
    }
    let isNewEachTime = bindings.size > 0;
    const noticed = fresh && {
      now: () => {
        isNewEachTime = true;
        return fresh.now();
      },
      uuid: () => {
        isNewEachTime = true;
        return fresh.uuid();
      },
    };
    const prepared = this.#prepare(text, bindings, noticed);
    if (isNewEachTime) return prepared;
    this.#cache.set(text, prepared);
    if (this.#cache.size > CACHE_SIZE) this.#cache.delete(this.#cache.keys().next().value as string);
    return prepared;
  }

  /** Throws a Mistake. */
  prepareBytecode(bytecode: Bytecode): Compiled {
    refuseTransaction(bytecode);
    return compile(bytecode);
  }

  #prepare(text: string, bindings: ReadonlyMap<string, GValue>, fresh: Fresh | undefined): readonly Prepared[] {
    const { statements, faults } = parseGremlin(text, bindings, this.#limits, fresh);
    if (faults.length > 0) throw new Mistake(faults, text);
    return statements.map(({ source, bytecode, terminal, args, isText }: Statement) => {
      refuseTransaction(bytecode);
      return { source, compiled: compile(bytecode, text), terminal, args, isText };
    });
  }
}

/** Each change is done when its step is: there is nothing to commit, and nothing to take back. */
function refuseTransaction({ source }: Bytecode): void {
  if (source.some(({ name }) => name === 'tx'))
    throw mistake('gremlin.transaction', 'Graph does not support transactions', 'send the traversal without tx()');
}
