/** What goes between the thread that reads suites and who asked for them. */
import type { Fault } from '../../std/mistake.ts';
import type { SuiteFault } from '../suite/faults.ts';
import type { SourceFile, Variables } from '../suite/parse.ts';
import type { Check, Suite } from '../suite/suite.ts';

export interface ParserWork extends Pick<Variables, 'vars' | 'env'> {
  readonly files: readonly SourceFile[];
  readonly allowed: readonly string[];
}

/** Checks come in pieces, each of which is answered with a word; `faults` or `done` is the last. */
export type FromParser =
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] }
  | { readonly kind: 'checks'; readonly suite: number; readonly checks: readonly Check[] }
  | {
      readonly kind: 'done';
      readonly suites: readonly Omit<Suite, 'checks'>[];
      readonly warnings: readonly SuiteFault[];
    };
