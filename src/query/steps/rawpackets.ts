import type { Flow, RawPacket } from '../../flow/flow.ts';
import type { Span } from '../../flow/view.ts';
import { nothing } from '../arguments.ts';
import { awaited } from '../awaited.ts';
import { flowsOf } from '../flowsource.ts';
import { defineStep, type PacketsOf, type Run } from '../step.ts';

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
  gather: () => (input: readonly Flow[], run) => packetsOf(input, run),
});

/** Flows asked for at once. */
const BATCH = 200;
/** References that a packet counts for: most are cut to a few hundred bytes. */
const WEIGHT = 16;

function* packetsOf(flows: readonly Flow[], run: Run): Generator<PacketsOf | undefined> {
  const view = flowsOf(run);
  const uuids = [...new Set(flows.map(({ UUID }) => UUID))];
  for (let at = 0; at < uuids.length; at += BATCH) {
    const some = uuids.slice(at, at + BATCH);
    const found: Map<string, RawPacket[]> = yield* awaited(view.rawPackets(some, spanOf(run)), run);
    if (run.budget.look()) yield undefined;
    for (const id of some) {
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
