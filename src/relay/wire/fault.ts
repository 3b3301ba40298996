/** Bytes that are none of ours: what was wrong with them, and where. */
import { Mistake } from '../../std/mistake.ts';

export class WireFault extends Mistake {
  /** Byte at which it was noticed. */
  readonly at: number;

  constructor(what: string, at: number) {
    super([{ code: 'relay.wire', message: `${what}, at byte ${at}` }]);
    this.name = 'WireFault';
    this.at = at;
  }
}
