import fc from 'fast-check';
import { fieldValue } from '../../src/flow/fields.ts';
import type { Flow } from '../../src/flow/flow.ts';
import type { Seen } from '../../src/flow/observation-writer.ts';
import type { FlowTable } from '../../src/flow/table.ts';
import type { FlowCondition, FlowQuery, FlowTest, FlowValue } from '../../src/flow/view.ts';
import { client, end, flowsIn, observations, place, server, tableOf } from './seen.ts';

/** A table with some places, tunnels, applications, ended and evicted flows. */
function tableFrom(seed: readonly number[]): FlowTable {
  const decode = () => ({
    name: 'DNS',
    path: ['DNS'],
    layers: { DNS: { ID: 7, questions: [{ name: 'a' }, { name: 'b' }] } },
  });
  const { table } = tableOf({ decode, flowsMax: 40 }, place({ layers: new Set(['DNS']), hasTcpMetric: true }));
  table.addPlace(place({ node: 'node-2' }));
  table.addPlace(place({ node: 'node-2', capture: 'capture-2' }));
  for (const [i, n] of seed.entries()) table.observe(observations(seenFrom(n, i)), i * 100);
  return table;
}

function seenFrom(n: number, i: number): Partial<Seen> {
  const source = 1 + (n % 3);
  const from = { ...end(`10.0.0.${n % 5}`, 1000 + (n % 7), n % 4), ...(n % 2 && { mac: new Uint8Array(6) }) };
  const times = { firstMs: 1000 + i * 100, lastMs: 1000 + i * 100 + (n % 50), source };
  const sent = { packets: 1 + (n % 9), bytes: n };
  switch (n % 6) {
    case 0:
      return { ...times, from, to: server, sent, tcp: { from: { synMs: times.firstMs, finMs: n % 4 } } };
    case 1:
      return { ...times, from: server, to: from, sent, rttNs: n, sampling: 1 + (n % 3) };
    case 2:
      return {
        ...times,
        from,
        protocol: 1,
        icmp: { class: 2, code: 0, id: n % 4 },
        layers: ['Ethernet', 'IPv4', 'ICMPv4'],
      };
    case 3:
      return {
        ...times,
        from: { mac: from.mac as Uint8Array },
        to: { mac: new Uint8Array(6).fill(9) },
        protocol: 0,
        layers: ['Ethernet', 'ARP'],
      };
    case 4:
      return {
        ...times,
        from,
        protocol: 17,
        layers: ['IPv4', 'UDP'],
        payloads: [{ ms: 1, bytes: new Uint8Array([1]) }],
      };
    default:
      return {
        ...times,
        from: { ...from, ip: new Uint8Array(16).fill(n % 3) },
        to: { ...server, ip: new Uint8Array(16).fill(5) },
        layers: ['Ethernet', 'IPv6', 'TCP'],
      };
  }
}

const fields = [
  'UUID',
  'ParentUUID',
  'TrackingID',
  'L3TrackingID',
  'L2TrackingID',
  'CommunityID',
  'LayersPath',
  'Application',
  'Link',
  'Link.A',
  'ETHERNET.B',
  'Network',
  'IPV4.A',
  'Network.B',
  'Network.Protocol',
  'Transport',
  'TCP.A',
  'UDP.B',
  'Transport.Protocol',
  'ICMP.ID',
  'ICMP.Type',
  'Metric.ABBytes',
  'Metric.BAPackets',
  'Metric.RTT',
  'Start',
  'Last',
  'Sampling',
  'NodeTID',
  'CaptureID',
  'FinishType',
  'RawPacketsCaptured',
  'TCPMetric.ABSynStart',
  'DNS.questions.name',
  'DNS.ID',
  'Nothing',
] as const; // prettier-ignore

const seeds = fc.array(fc.nat(400), { maxLength: 120 });
const pick = fc.nat(1000);

/** Conditions whose values are often those of a flow that is there. */
const condition = fc.array(fc.tuple(fc.constantFrom(...fields), pick, fc.constantFrom('is', 'is', 'not', 'more')), {
  minLength: 1,
  maxLength: 2,
});

const asked = fc.record({
  where: fc.array(condition, { maxLength: 3 }),
  sort: fc.option(fc.record({ field: fc.constantFrom(...fields), isDescending: fc.boolean() }), { nil: undefined }),
  limit: fc.option(fc.nat(12), { nil: undefined }),
  skip: fc.option(fc.nat(12), { nil: undefined }),
  time: fc.option(
    fc.tuple(fc.nat(14_000), fc.nat(5000)).map(([from, size]) => ({ from, to: from + size })),
    { nil: undefined },
  ),
});

test('whatever is asked, the answer is what a plain list of all flows gives', () => {
  fc.assert(
    fc.property(seeds, asked, (seed, { where, ...rest }) => {
      const table = tableFrom(seed);
      const flows = flowsIn(table);
      const query: FlowQuery = {
        ...rest,
        where: where.map((tests) => ({ anyOf: tests.map((each) => testOf(each, flows)) })),
      };
      const found = [...table.find(query)].flat();
      const expected = plain(flows, query);
      const [from, to] = [query.skip ?? 0, (query.skip ?? 0) + (query.limit ?? Number.POSITIVE_INFINITY)];
      expect(table.count(query)).toBe(expected.slice(from, to).length);
      const { sort } = query;
      if (sort) {
        // Equal ones may stand in either order.
        const keys = (list: readonly Flow[]) => list.map((flow) => fieldValue(flow, sort.field));
        expect(keys(found)).toEqual(keys(expected.slice(from, to)));
      } else {
        expect(found.length).toBe(expected.slice(from, to).length);
      }
      const all = new Map(expected.map((flow) => [flow.UUID, flow]));
      for (const flow of found) expect(flow).toEqual(all.get(flow.UUID));
      expect(new Set(found.map(({ UUID }) => UUID)).size).toBe(found.length);
    }),
    { numRuns: 500 },
  );
});

function testOf([field, n, kind]: readonly [string, number, string], flows: readonly Flow[]): FlowTest {
  const some = flows.length === 0 ? undefined : fieldValue(flows[n % flows.length] as Flow, field);
  const value = (Array.isArray(some) ? some[n % 2] : some) ?? n;
  const has = (found: FlowValue | undefined) => (Array.isArray(found) ? found.includes(value) : found === value);
  if (kind === 'is') return { field, test: has, equals: [value as string] };
  if (kind === 'not') return { field, test: (found) => !has(found) };
  return { field, test: (found) => found !== undefined && found !== null && found > value };
}

function plain(flows: readonly Flow[], { where, sort, time }: FlowQuery): Flow[] {
  const passes = ({ anyOf }: FlowCondition, flow: Flow) =>
    anyOf.some(({ field, test }) => test(fieldValue(flow, field)));
  const inTime = ({ Start, Last }: Flow) =>
    !time || (Start <= time.to && Last >= (time.from === time.to ? time.from - 600_000 : time.from));
  const kept = flows.filter((flow) => inTime(flow) && where.every((each) => passes(each, flow)));
  if (!sort) return kept;
  const sign = sort.isDescending ? -1 : 1;
  const text = (value: FlowValue) => (typeof value === 'string' ? value : JSON.stringify(value));
  return kept.sort((x, y) => {
    const [a, b] = [fieldValue(x, sort.field), fieldValue(y, sort.field)];
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    if (typeof a === 'number' && typeof b === 'number') return (a - b) * sign;
    return text(a) < text(b) ? -sign : text(a) > text(b) ? sign : 0;
  });
}

const isNode = (node: string): FlowCondition => ({
  anyOf: [{ field: 'NodeTID', test: (value) => value === node, equals: [node] }],
});

test('a page after the other gives all, while nothing changes', () => {
  const { table } = tableOf({ flowsMax: 5000 });
  for (let i = 0; i < 1000; i++) table.observe(observations({ from: { ...client, port: i } }), 0);
  for (const where of [[], [isNode('node-1')]]) {
    const pages = Array.from({ length: 11 }, (_, i) => [...table.find({ where, skip: i * 100, limit: 100 })].flat());
    expect(pages.map(({ length }) => length)).toEqual([...Array(10).fill(100), 0]);
    expect(new Set(pages.flat().map(({ UUID }) => UUID)).size).toBe(1000);
  }
});

test.each<[string, FlowQuery]>([
  ['all', { where: [] }],
  ['those of a place', { where: [isNode('node-1')] }],
  ['sorted', { where: [], sort: { field: 'Transport.A', isDescending: false } }],
])('flows that end while an answer is read, and others that take their rows, do not disturb it: %s', (_, query) => {
  const { table } = tableOf({ flowsMax: 20_000 });
  const second = table.addPlace(place({ node: 'node-2' }));
  for (let i = 0; i < 1000; i++) table.observe(observations({ from: { ...client, port: i } }), 0);
  const found: Flow[] = [];
  for (const batch of table.find(query)) {
    found.push(...batch);
    if (found.length > 256) continue;
    // Every other one of the rest ends; their rows are taken by flows of another place.
    const half = Array.from({ length: 500 }, (_, i) => ({
      from: { ...client, port: i * 2 },
      tcp: { from: { rstMs: 1 } },
    }));
    table.observe(observations(...half), 1000);
    table.tick(16_000);
    table.observe(observations(...half.map(({ from }) => ({ from, source: second }))), 16_000);
  }
  const ours = found.filter(({ NodeTID }) => NodeTID === 'node-1');
  expect(new Set(ours.map(({ UUID }) => UUID)).size).toBe(ours.length);
  const odd = ours.filter(({ Transport }) => (Transport?.A ?? 0) % 2 === 1);
  expect(odd.length).toBe(500);
  if (query.where.length > 0) expect(found.length).toBe(ours.length);
});

test('an answer comes in batches of a few hundred, with turns where nothing is found for long', () => {
  const { table } = tableOf({ flowsMax: 40_000 });
  for (let i = 0; i < 20_000; i++) table.observe(observations({ from: end(`10.3.${i >>> 8}.${i & 255}`) }), 0);
  const sizes = [...table.find({ where: [] })].map(({ length }) => length);
  expect(Math.max(...sizes)).toBe(256);
  const nothing = { anyOf: [{ field: 'Network.A', test: () => false }] };
  expect([...table.find({ where: [nothing] })]).toEqual([[], [], [], []]);
});

test('a flow that is read in part has of that part what the whole has', () => {
  const table = tableFrom(Array.from({ length: 60 }, (_, i) => i * 7));
  for (const query of [{ where: [] }, { where: [], sort: { field: 'Last', isDescending: true } }]) {
    const whole = [...table.find(query)].flat();
    for (const name of new Set(whole.flatMap((flow) => Object.keys(flow)))) {
      const parts = [...table.find({ ...query, fields: new Set([name]) })].flat();
      const of = (flow: Flow) => [flow.UUID, flow.NodeTID, flow[name as keyof Flow]];
      expect(parts.map(of)).toEqual(whole.map(of));
    }
  }
});

test('where flows have to be made to be looked at, turns come sooner', () => {
  const { table } = tableOf({ flowsMax: 2000 });
  for (let i = 0; i < 2000; i++) table.observe(observations({ from: { ...client, port: i } }), 0);
  let looked = 0;
  const where = [{ anyOf: [{ field: 'CommunityID', test: () => ++looked < 0 }] }];
  const steps: number[] = [];
  for (const part of table.countParts({ where })) {
    steps.push(looked + part);
    looked = 0;
  }
  expect(steps.reduce((sum, step) => sum + step, 0)).toBe(2000);
  expect(Math.max(...steps)).toBeLessThanOrEqual(256);
});

test('many flows of one place come once each, also those that were there before others ended', () => {
  const { table } = tableOf({ flowsMax: 40_000 });
  const second = table.addPlace(place({ node: 'node-2' }));
  for (let i = 0; i < 12_000; i++)
    table.observe(observations({ from: { ...client, port: i } }, { source: second, from: { ...client, port: i } }), 0);
  const found: Flow[] = [];
  for (const batch of table.find({ where: [isNode('node-1')] })) {
    if (found.length === 0)
      table.observe(observations({ from: { ...client, port: 11_000 }, tcp: { to: { rstMs: 1 } } }), 1000);
    while (table.tick(30_000));
    found.push(...batch);
  }
  expect(new Set(found.map(({ UUID }) => UUID)).size).toBe(11_999);
  expect(found.length).toBe(11_999);
  expect(found.every(({ NodeTID }) => NodeTID === 'node-1')).toBe(true);
});

test('a long part of an order comes with turns', () => {
  const { table } = tableOf({ flowsMax: 20_000 });
  for (let i = 0; i < 10_000; i++) table.observe(observations({ from: { ...client, port: (i * 7919) % 10_007 } }), 0);
  const sort = { field: 'Transport.A', isDescending: true };
  const batches = [...table.find({ where: [], sort, skip: 100, limit: 6000 })];
  const ports = batches.flat().map(({ Transport }) => Transport?.A ?? 0);
  const all = Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 10_007).sort((a, b) => b - a);
  expect(ports).toEqual(all.slice(100, 6100));
  // Merged in pieces of a thousand and a few, several times over.
  expect(batches.filter(({ length }) => length === 0).length).toBeGreaterThan(20);
});

describe('metrics', () => {
  test('of a flow are its total before the first update, then its last update', () => {
    const { table, told } = tableOf();
    table.observe(observations({}), 0);
    const [uuid] = flowsIn(table).map(({ UUID }) => UUID) as [string];
    expect(table.metrics([uuid, 'f'.repeat(16), 'x']).get(uuid)).toMatchObject([{ ABPackets: 1 }]);
    table.tick(10_000);
    table.observe(observations({ sent: { packets: 4, bytes: 1 }, firstMs: 5000, lastMs: 6000 }), 10_001);
    expect(table.metrics([uuid]).get(uuid)).toEqual([told[0]?.LastUpdateMetric]);
  });

  test('over a span are what was told last and what came since', () => {
    const { table } = tableOf();
    table.observe(observations({}), 0);
    table.tick(10_000);
    table.observe(observations({ sent: { packets: 4, bytes: 1 }, firstMs: 5000, lastMs: 6000 }), 10_001);
    const [uuid] = flowsIn(table).map(({ UUID }) => UUID) as [string];
    const points = (from: number, to: number) =>
      table
        .metrics([uuid], { from, to })
        .get(uuid)
        ?.map((each) => each.ABPackets);
    expect([points(0, 9000), points(0, 4999), points(5500, 5500), points(7000, 9000)]).toEqual([[1, 4], [1], [4], []]);
  });
});
