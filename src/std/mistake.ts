/** Someone asked for something that cannot be. All mistakes of one input are reported together, once, at the edge. */
export interface Fault {
  /** Stable, for programs: `query.unknown-step`, `config.unknown-key`. */
  readonly code: string;
  readonly message: string;
  /** Half-open character range in the input, where there is one. */
  readonly from?: number;
  readonly to?: number;
  /** What would do: `did you mean Dedup?` */
  readonly hint?: string;
}

export class Mistake extends Error {
  readonly faults: readonly Fault[];
  /** The text the positions are in. */
  readonly input: string | undefined;

  constructor(faults: readonly Fault[], input?: string) {
    super(faults.map((fault) => fault.message).join('; '));
    this.name = 'Mistake';
    this.faults = faults;
    this.input = input;
  }
}

export function mistake(code: string, message: string, hint?: string): Mistake {
  return new Mistake([hint === undefined ? { code, message } : { code, message, hint }]);
}
