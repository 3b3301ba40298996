/** What an exporter sent and did not arrive, by its own numbers (32 bits, which wrap). */

/** Something so far ahead or behind is an exporter that began anew. */
const jumpMax = 1_000_000;
const lateMax = 1_000;

export class Sequence {
  #last: { readonly value: number; readonly units: number } | undefined;

  /**
   * How many units are missing before this datagram, whose number is `value` and which has `units` of them. The number
   * stands for what was sent before it; some exporters count the datagram itself too, so both are taken as in order. One
   * that comes late has been counted as missing, and stays so.
   */
  missing(value: number, units: number): number {
    const last = this.#last;
    if (!last) {
      this.#last = { value, units };
      return 0;
    }
    const ahead = (value - last.value - last.units) | 0;
    const aheadOfItself = (value - last.value - units) | 0;
    if (ahead < 0 && ahead >= -lateMax && aheadOfItself < 0) return 0;
    this.#last = { value, units };
    if (aheadOfItself === 0 || ahead <= 0 || ahead > jumpMax) return 0;
    return ahead;
  }

  /** How many units there were is not known. */
  forget(): void {
    this.#last = undefined;
  }
}
