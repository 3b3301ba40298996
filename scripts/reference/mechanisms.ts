/** docs/reference/mechanisms.md: the ways of capturing, from their list. */
import { mechanisms } from '../../src/capture/index.ts';
import type { Mechanism } from '../../src/capture/mechanism.ts';
import { code, madeFrom, table } from './table.ts';

export function mechanismsPage(): string {
  const all = mechanisms({ ports: { from: 8100, to: 8132 }, ovs: { databases: [], host: '' } });
  const ladder = all.filter(({ rank }) => rank !== undefined).sort((a, b) => (b.rank as number) - (a.rank as number));
  return `${madeFrom('the list of mechanisms')}

# Ways of capturing

A capture that names no \`Type\` takes, on each node, the first of these that can what it asks and that starts there: ${ladder.map(({ type }) => code(type)).join(', ')}.
Why no better one was taken is said on the node, in \`Captures.Why\`.

${table(
  ['Type', 'What it is', 'can'],
  all.map((one) => [code(one.type), one.doc, abilities(one).join(', ')]),
)}

## Where they run

${table(
  ['Type', 'types of nodes'],
  all.map(({ type, nodeTypes }) => [code(type), nodeTypes.toSorted().map(code).join(' ')]),
)}
`;
}

function abilities({ can }: Mechanism): string[] {
  return [
    can.filter ? 'filter (`BPFFilter`)' : '',
    can.rawPackets ? 'keep packets (`RawPacketLimit`)' : '',
    can.tcpMetric ? 'measure TCP (`ExtraTCPMetric`)' : '',
    can.reassembly ? 'reassemble TCP (`ReassembleTCP`)' : '',
    can.defragmentation ? 'put fragments together (`IPDefrag`)' : '',
    can.layerKeyL2 ? 'tell by MACs (`LayerKeyMode` L2)' : '',
    can.several ? 'run several times on a node' : '',
  ].filter((one) => one !== '');
}
