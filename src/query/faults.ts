/** Collects what is wrong with a query, so that all of it is told at once. */
import type { Fault } from '../std/mistake.ts';

/** Who has read so many has read enough. */
export const faultsMax = 50;

export class Faults {
  readonly errors: Fault[] = [];
  readonly warnings: Fault[] = [];
  /** Keys of metadata the query speaks of, to be compared with those that are known. */
  readonly keys: { readonly text: string; readonly from: number; readonly to: number }[] = [];

  add(code: string, message: string, where: { from: number; to: number }, hint?: string): void {
    if (this.errors.length < faultsMax) this.errors.push(fault(code, message, where, hint));
  }

  warn(code: string, message: string, where: { from: number; to: number }, hint?: string): void {
    if (this.warnings.length < faultsMax) this.warnings.push(fault(code, message, where, hint));
  }
}

function fault(code: string, message: string, { from, to }: { from: number; to: number }, hint?: string): Fault {
  return hint === undefined ? { code, message, from, to } : { code, message, from, to, hint };
}
