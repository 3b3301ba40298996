/** What was lost, the same said several times made one. */
import type { Loss } from '../flow/loss.ts';

/** By place, stage and reason; the oldest first. */
export function lossesTogether(losses: Iterable<Loss>): Loss[] {
  const found = new Map<string, Loss>();
  for (const loss of losses) {
    const key = lossKey(loss);
    const known = found.get(key);
    found.set(key, known ? addLoss(known, loss) : loss);
  }
  return [...found.values()].sort((a, b) => a.from - b.from);
}

export function lossKey({ node, capture, host, stage, reason }: Loss): string {
  return JSON.stringify([node, capture, host, stage, reason]);
}

export function addLoss(a: Loss, b: Loss): Loss {
  return {
    ...a,
    packets: a.packets + b.packets,
    bytes: a.bytes + b.bytes,
    flows: a.flows + b.flows,
    from: Math.min(a.from, b.from),
    to: Math.max(a.to, b.to),
  };
}
