/** Packets that were kept of flows. */
import type { Flow, RawPacket } from '../flow/flow.ts';
import type { Span } from '../flow/view.ts';
import { awaited } from './awaited.ts';
import { flowBatches } from './flowbatches.ts';
import { flowsOf } from './flowsource.ts';
import type { Items, PacketsOf, World } from './step.ts';

/** Flows asked for at once. */
const BATCH = 200;
/** References that a packet counts for: most are cut to a few hundred bytes. */
const WEIGHT = 16;

export function* packetsOf(input: Items<Flow>, run: World): Generator<PacketsOf | undefined> {
  const view = flowsOf(run);
  for (const batch of flowBatches(input, BATCH, run)) {
    if (batch === undefined || run.budget.look()) yield undefined;
    if (batch === undefined) continue;
    const uuids = batch.map(({ UUID }) => UUID);
    const found: Map<string, RawPacket[]> = yield* awaited(view.rawPackets(uuids, spanOf(run)), run);
    for (const id of uuids) {
      const packets = found.get(id) ?? [];
      run.budget.hold(packets.length * WEIGHT);
      if (packets.length > 0) yield { id, packets };
    }
  }
}

/** At a moment: those until then. */
function spanOf({ time }: World): Span | undefined {
  return time !== undefined && time.from === time.to ? { from: 0, to: time.to } : time;
}
