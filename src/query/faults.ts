/** Collects what is wrong with a query, so that all of it is told at once. */
import type { Fault } from '../std/mistake.ts';
import type { Vocabulary } from './step.ts';

/** Who has read so many has read enough. */
export const faultsMax = 50;

export class Faults {
  readonly errors: Fault[] = [];
  readonly warnings: Fault[] = [];
  /** Keys of metadata the query speaks of, to be compared with those that are known. */
  readonly keys: KeyPlace[] = [];
  /** The same of flows. */
  readonly flowKeys: KeyPlace[] = [];

  /** Keys from a position on are of another vocabulary than metadata. */
  judge(from: number, vocabulary: Vocabulary): void {
    if (vocabulary === 'metadata') return;
    const others = this.keys.splice(from);
    if (vocabulary === 'flow') this.flowKeys.push(...others);
  }

  add(code: string, message: string, where: { from: number; to: number }, hint?: string): void {
    if (this.errors.length < faultsMax) this.errors.push(fault(code, message, where, hint));
  }

  warn(code: string, message: string, where: { from: number; to: number }, hint?: string): void {
    if (this.warnings.length < faultsMax) this.warnings.push(fault(code, message, where, hint));
  }
}

interface KeyPlace {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

function fault(code: string, message: string, { from, to }: { from: number; to: number }, hint?: string): Fault {
  return hint === undefined ? { code, message, from, to } : { code, message, from, to, hint };
}
