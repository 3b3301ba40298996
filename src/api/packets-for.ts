/** Flows as one user sees them: what was in packets is shown to who may see it, and it is noted that it was. */
import type { FlowView } from '../flow/view.ts';

/** `look` is called before packets are read; it throws for who may not. */
export function packetsFor(flows: FlowView, look: () => void): FlowView {
  return {
    find: (query) => flows.find(query),
    count: (query) => flows.count(query),
    ...(flows.countParts && { countParts: (query) => flows.countParts?.(query) }),
    metrics: (uuids, span) => flows.metrics(uuids, span),
    rawPackets(uuids, span) {
      look();
      return flows.rawPackets(uuids, span);
    },
    loss: (span) => flows.loss(span),
  };
}
