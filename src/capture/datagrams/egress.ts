/**
 * Switches export a packet where it comes in and again where it goes out. Of a direction of a conversation that the same
 * exporter tells at an ingress, what it tells at an egress is the same packets once more. Some exporters however use the
 * two words for the two directions of a connection; those are kept, since they are told once only.
 */
import { Bounded } from './bounded.ts';
import type { ExportedFlow } from './exported-flow.ts';

/** Directions of conversations of one exporter that are remembered. */
export const ingressMax = 65_536;
/** Records that wait for the end of the batch. */
export const waitingMax = 8_192;

export class EgressFilter {
  readonly #ingress = new Bounded<string, true>(ingressMax);
  #waiting: { key: string; flow: ExportedFlow }[] = [];

  /** Those to be counted now. */
  take(flow: ExportedFlow): readonly ExportedFlow[] {
    if (flow.direction === undefined) return [flow];
    const key = keyOf(flow);
    if (flow.direction === 'ingress') {
      this.#ingress.get(key, () => true);
      return [flow];
    }
    if (this.#ingress.peek(key)) return [];
    this.#waiting.push({ key, flow });
    return this.#waiting.length > waitingMax ? this.flush() : [];
  }

  /** Of those that waited the ones that no ingress told meanwhile. */
  flush(): readonly ExportedFlow[] {
    if (this.#waiting.length === 0) return [];
    const waited = this.#waiting;
    this.#waiting = [];
    return waited.filter(({ key }) => !this.#ingress.peek(key)).map(({ flow }) => flow);
  }
}

function keyOf({ from, to, protocol, etherType, icmp }: ExportedFlow): string {
  const [one, other] = from.ip ? [from.ip, to.ip] : [from.mac, to.mac];
  const inner = icmp ? `${icmp.type}/${icmp.code}` : `${from.port}/${to.port}`;
  return `${one} ${other} ${protocol} ${etherType} ${inner}`;
}
