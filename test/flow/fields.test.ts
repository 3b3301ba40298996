import type { LookUpEnds } from '../../src/flow/ends.ts';
import { canonicalField, fieldValue, flowFields, isFlowField } from '../../src/flow/fields.ts';
import { layerFields } from '../../src/flow/layer-fields.ts';
import { rowFields } from '../../src/flow/row-fields.ts';
import { client, observations, place, tableOf } from './seen.ts';

const decode = () => ({
  name: 'DNS',
  path: ['DNS'],
  layers: { DNS: { ID: 7, questions: [{ name: 'a.example', type: 'A' }, { name: 'b.example' }], answers: [] } },
});

const lookUpEnds: LookUpEnds = () => ({
  Process: { A: 'curl', B: 'nginx' },
  Pid: { A: 7, B: 8 },
  ContainerID: { A: 'a'.repeat(64), B: 'b'.repeat(64) },
  Service: 'nginx',
  NAT: {
    Type: 'SNAT',
    A: '192.0.2.1',
    B: '10.0.0.2',
    APort: 40_000,
    BPort: 443,
    IsTranslated: false,
    Node: 'router',
    Zone: 0,
  },
});

/** One flow that has everything. */
function everything() {
  const { table, all } = tableOf({ decode, lookUpEnds }, place({ layers: new Set(['DNS']), hasTcpMetric: true }));
  table.observe(
    observations({
      tcp: { from: { retransmissions: 1, rstMs: 1 }, smoothedRttNs: 9 },
      rttNs: 5,
      fragments: { count: 1, errors: 1 },
      sampling: 2,
      drops: [[3, 1]],
      payloads: [{ ms: 1, bytes: new Uint8Array([1]) }],
    }),
    0,
  );
  table.tick(10_000);
  const icmp = tableOf();
  icmp.table.observe(
    observations({ protocol: 1, icmp: { class: 2, code: 1, id: 3 }, layers: ['Ethernet', 'IPv4', 'ICMPv4'] }),
    0,
  );
  return [...all(), ...icmp.all()];
}

test('every declared field is there in a flow that has everything, and is what it is declared to be', () => {
  const flows = everything();
  const layers = new Set(layerFields);
  for (const field of flowFields) {
    if (layers.has(field)) continue;
    const { name, type } = field;
    const value = flows.map((flow) => fieldValue(flow, name)).find((found) => found !== undefined);
    const plain = Array.isArray(value) ? value[0] : value;
    expect([name, typeof plain]).toEqual([name, type === 'integer' ? 'number' : type]);
    if (type === 'integer') expect(Number.isInteger(plain)).toBe(true);
  }
});

test('every field of such a flow is declared', () => {
  const names = (value: object, prefix: string): string[] =>
    Object.entries(value).flatMap(([key, child]) =>
      typeof child === 'object' && !Array.isArray(child) ? names(child, `${prefix}${key}.`) : [prefix + key],
    );
  for (const flow of everything())
    for (const name of names(flow, '')) expect([name, isFlowField(name)]).toEqual([name, true]);
});

test('what scans read from rows is declared', () => {
  for (const name of rowFields.keys()) expect(flowFields.map((field) => field.name)).toContain(name);
});

test("Skydive's names of layers stand for ours", () => {
  expect(['ETHERNET.A', 'IPV4', 'IPV6.B', 'SCTP.ID', 'Metric.RTT', 'TCPMetric.ABSynTTL'].map(canonicalField)).toEqual([
    'Link.A',
    'Network',
    'Network.B',
    'Transport.ID',
    'Metric.RTT',
    'TCPMetric.ABSynTTL',
  ]);
});

test('both ends, lists inside of layers, and what is not there', () => {
  const [flow] = everything();
  if (!flow) throw new Error('there is a flow');
  expect(fieldValue(flow, 'UDP')).toEqual([40_000, 443]);
  expect(fieldValue(flow, 'DNS.questions.name')).toEqual(['a.example', 'b.example']);
  expect(fieldValue(flow, 'DNS.questions.type')).toEqual(['A']);
  expect(fieldValue(flow, 'DNS.answers.name')).toBeUndefined();
  expect(fieldValue(flow, 'ICMP.Type')).toBeUndefined();
  expect(fieldValue(flow, 'ICMP')).toBeUndefined();
  expect(fieldValue(flow, 'UUID.length')).toBeUndefined();
  expect(fieldValue(flow, 'constructor.name')).toBeUndefined();
  expect(isFlowField('Netwrok.A')).toBe(false);
  expect(client.port).toBe(40_000);
});
