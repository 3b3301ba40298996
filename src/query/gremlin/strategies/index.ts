/** What strategies make of a traversal before it is built: the list, in the order in which they are applied. */
import type { Faults } from '../../faults.ts';
import type { Bytecode } from '../bytecode.ts';
import type { SourceOptions } from '../options.ts';

export interface Rewritten {
  readonly bytecode: Bytecode;
  readonly randomOf?: (() => () => number) | undefined;
  readonly isProductive?: ((key: string) => boolean) | undefined;
}

export function rewritten(bytecode: Bytecode, _options: SourceOptions, _faults: Faults): Rewritten {
  return { bytecode };
}
