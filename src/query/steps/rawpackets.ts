import type { Flow, RawPacket } from '../../flow/flow.ts';
import type { Span } from '../../flow/view.ts';
import { nothing } from '../arguments.ts';
import { awaited } from '../awaited.ts';
import { flowBatches } from '../flowbatches.ts';
import { flowsOf } from '../flowsource.ts';
import { defineStep, type Items, type PacketsOf, type Run } from '../step.ts';

export const rawPackets = defineStep({
  name: 'RawPackets',
  dialect: ['skydive'],
  doc: 'The packets that were kept of each flow (captures keep some when RawPacketLimit says so), by its UUID.',
  args: nothing,
  example: {
    on: `10.0.0.1:40000 -TCP-> 10.0.0.2:80 @eth0 {"Packets":[60,1500]}
      10.0.0.3:5353 -UDP-> 10.0.0.2:53 @eth0`,
    query: 'G.Flows().RawPackets()',
    gives: ['f1 60 1500'],
  },
  gives: { flows: 'packets' },
  flowFields: () => [],
  stream: () => packetsOf,
});

/** Flows asked for at once. */
const BATCH = 200;
/** References that a packet counts for: most are cut to a few hundred bytes. */
const WEIGHT = 16;

function* packetsOf(input: Items<Flow>, run: Run): Generator<PacketsOf | undefined> {
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
function spanOf({ time }: Run): Span | undefined {
  return time !== undefined && time.from === time.to ? { from: 0, to: time.to } : time;
}
