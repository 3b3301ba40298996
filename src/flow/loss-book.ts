/** Losses, one entry for each place, stage and reason. */
import type { Loss } from './loss.ts';
import type { Span } from './view.ts';

/** Entries kept; reasons and stages are few, so these are some hundred capture points. */
const ENTRIES_MAX = 4096;

export class LossBook {
  readonly #total = new Map<string, Loss>();
  #fresh = new Map<string, Loss>();

  add(lost: Loss): void {
    // Of a packet they may be finer.
    const loss = { ...lost, from: Math.floor(lost.from), to: Math.ceil(lost.to) };
    add(this.#total, loss);
    add(this.#fresh, loss);
  }

  /** Those met within the span, all without one. */
  within(span: Span | undefined): Loss[] {
    return [...this.#total.values()].filter((loss) => !span || (loss.from <= span.to && loss.to >= span.from));
  }

  /** What was added since the last call: for who keeps them. */
  take(): readonly Loss[] {
    const taken = [...this.#fresh.values()];
    this.#fresh = new Map();
    return taken;
  }

  /** Of a capture that is over: what is asked about now is not about it. */
  forget(node: string, capture: string): void {
    for (const [key, loss] of this.#total) {
      if (loss.node === node && loss.capture === capture) this.#total.delete(key);
    }
  }
}

function add(losses: Map<string, Loss>, loss: Loss): void {
  const key = keyOf(loss);
  if (losses.has(key) || losses.size < ENTRIES_MAX) {
    merge(losses, key, loss);
    return;
  }
  // Too many places to tell apart: the stage still is.
  const elsewhere = { ...loss, node: '', capture: '', host: '', reason: 'at other places' };
  merge(losses, keyOf(elsewhere), elsewhere);
}

function keyOf({ node, capture, host, stage, reason }: Loss): string {
  // Often asked for while a table is full; none of them has a line break in it.
  return `${node}\n${capture}\n${host}\n${stage}\n${reason}`;
}

function merge(losses: Map<string, Loss>, key: string, loss: Loss): void {
  const before = losses.get(key);
  if (!before) {
    losses.set(key, loss);
    return;
  }
  losses.set(key, {
    ...before,
    packets: before.packets + loss.packets,
    bytes: before.bytes + loss.bytes,
    flows: before.flows + loss.flows,
    from: Math.min(before.from, loss.from),
    to: Math.max(before.to, loss.to),
  });
}
