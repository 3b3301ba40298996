import { Mistake, mistake } from '../../std/mistake.ts';
import { packetFilter } from '../arguments.ts';
import { defineStep, type Items, type PacketsOf, type PacketTest, type Run } from '../step.ts';

export const bpf = defineStep({
  name: 'BPF',
  dialect: ['skydive'],
  doc: 'Packets that a filter in the syntax of pcap lets pass; what has none left is left out.',
  args: packetFilter,
  example: {
    on: '10.0.0.1:40000 -TCP-> 10.0.0.2:80 @eth0 {"Packets":[60,1500]}',
    query: "G.Flows().RawPackets().BPF('greater 100')",
    gives: ['f1 1500'],
  },
  gives: { packets: 'packets' },
  stream: (filter) => (input: Items<PacketsOf>, run) => passing(input, testOf(filter, run), run),
});

function* passing(input: Items<PacketsOf>, test: PacketTest, { budget }: Run): Generator<PacketsOf | undefined> {
  for (const item of input) {
    if (item === undefined) {
      yield undefined;
      continue;
    }
    const packets = [];
    for (const packet of item.packets) {
      if (budget.spend()) yield undefined;
      if (test(packet)) packets.push(packet);
    }
    if (packets.length > 0) yield { id: item.id, packets };
  }
}

/** A mistake in the filter lies in the query, behind the quote that opens it. */
function testOf({ expression, from }: { readonly expression: string; readonly from: number }, run: Run): PacketTest {
  if (run.matchFilter === undefined) throw mistake('query.no-filter', 'packet filters are not understood here');
  try {
    return run.matchFilter(expression);
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    const faults = error.faults.map((fault) => ({
      ...fault,
      from: from + (fault.from ?? 0),
      to: from + (fault.to ?? expression.length),
    }));
    throw new Mistake(faults, run.text);
  }
}
