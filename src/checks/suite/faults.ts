/** Faults of suite files: each with file, line and column, in the order of the files. */
import type { Fault } from '../../std/mistake.ts';
import { Mistake } from '../../std/mistake.ts';
import { suiteLimits } from './limits.ts';
import type { Position } from './suite.ts';

export interface SuiteFault extends Fault {
  readonly position: Position;
}

export type Report = (code: string, position: Position, message: string, hint?: string) => void;

export class FaultList {
  readonly #faults: SuiteFault[] = [];
  readonly #seen = new Set<string>();
  readonly #unfilled = new Set<string>();

  /** The same fault at the same place (of a value that is used twice) is told once. */
  readonly add: Report = (code, position, message, hint) => {
    const { file, line, column } = position;
    const place = `${file}:${line}:${column}`;
    const whole = `${place}: ${message}`;
    // What else is wrong with a text whose variables are unknown says nothing.
    if (code === 'variable') this.#unfilled.add(place);
    else if (this.#unfilled.has(place)) return;
    if (this.#seen.has(whole)) return;
    this.#seen.add(whole);
    this.#faults.push({ code: `checks.${code}`, message: whole, position, ...(hint !== undefined && { hint }) });
  };

  get length(): number {
    return this.#faults.length;
  }

  /** In the order in which they stand in the files. */
  sorted(files: readonly string[]): SuiteFault[] {
    const order = new Map(files.map((file, index) => [file, index]));
    const place = ({ position: { file } }: SuiteFault) => order.get(file) ?? files.length;
    return this.#faults.toSorted(
      (a, b) => place(a) - place(b) || a.position.line - b.position.line || a.position.column - b.position.column,
    );
  }

  throwIfAny(files: readonly string[]): void {
    const [first, ...more] = this.sorted(files);
    if (first === undefined) return;
    const told: Fault[] = [first, ...more].slice(0, suiteLimits.faults);
    const left = more.length + 1 - told.length;
    if (left > 0) told.push({ code: 'checks.more', message: `and ${left} more mistakes` });
    throw new Mistake(told);
  }
}
