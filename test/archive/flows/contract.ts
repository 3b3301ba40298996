/** What every archive of flows has to keep to, held against a plain list. */
import fc from 'fast-check';
import type { FlowArchive, FlowBatch } from '../../../src/archive/archive.ts';
import { fieldValue } from '../../../src/flow/fields.ts';
import type { Flow, FlowMetric, RawPacket } from '../../../src/flow/flow.ts';
import type { Loss } from '../../../src/flow/loss.ts';
import type { FlowCondition, FlowQuery, FlowValue, FlowView, Span } from '../../../src/flow/view.ts';
import { flowOf, history, idOf, metricOf, T0 } from './made.ts';

export interface Opened extends AsyncDisposable {
  readonly flows: FlowArchive;
}

export const EXPIRE_MS = 60_000;

/** `open` gives an empty one, with EXPIRE_MS. */
export function flowArchiveContract(open: () => Promise<Opened>, few: fc.Parameters<unknown> = {}): void {
  test('what was told of a flow comes back as it was, to the last field', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (updates) => {
        await using opened = await open();
        await appendInBatches(opened.flows, updates, 7);
        const found = await all(opened.flows, { time: ALWAYS, where: [] });
        expect(found).toEqual(newestOf(updates).sort(byStart));
      }),
      few,
    );
  });

  test('a question is answered as a plain list answers it', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.array(question, { minLength: 3, maxLength: 8 }), async (updates, questions) => {
        await using opened = await open();
        await appendInBatches(opened.flows, updates, 11);
        for (const ask of questions) {
          const query = queryOf(ask);
          expect(await all(opened.flows, query)).toEqual(answerOf(updates, query));
          expect(await opened.flows.count(query)).toBe(answerOf(updates, query).length);
        }
      }),
      few,
    );
  });

  test('points of a flow are all that its updates added, or those of a span', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.nat(1_000_000), async (updates, from) => {
        await using opened = await open();
        await appendInBatches(opened.flows, updates, 5);
        const uuids = [...new Set(updates.map(({ UUID }) => UUID)), idOf(99)];
        for (const span of [ALWAYS, { from: T0 + from, to: T0 + from + 60_000 }]) {
          const found = await opened.flows.metrics(uuids, span);
          expect([...found.keys()]).toEqual(uuids);
          for (const uuid of uuids) expect(found.get(uuid)).toEqual(pointsOf(updates, uuid, span));
        }
        const newest = await opened.flows.metrics(uuids);
        for (const uuid of uuids) expect(newest.get(uuid)).toEqual(pointsOf(updates, uuid, ALWAYS).slice(-1));
      }),
      few,
    );
  });

  test('a batch that comes again changes nothing, nor does an earlier one', async () => {
    await using opened = await open();
    const { flows } = opened;
    const loss = lossOf(1, T0);
    const first = batchOf('w-1', [flowOf(1)], { rawPackets: [packetOf(1, 0)], losses: [loss] });
    await flows.append(first);
    await flows.append(
      batchOf('w-2', [flowOf(1, { Last: T0 + 9_000, LastUpdateMetric: metricOf(T0 + 5, T0 + 9_000) })]),
    );
    await flows.append(first);
    expect(await all(flows, { time: ALWAYS, where: [] })).toHaveLength(1);
    expect((await flows.metrics([idOf(1)], ALWAYS)).get(idOf(1))).toHaveLength(2);
    expect((await flows.rawPackets([idOf(1)])).get(idOf(1))).toEqual([packetOf(1, 0).packet]);
    expect(await flows.loss(ALWAYS)).toEqual([loss]);
    expect(await flows.health()).toMatchObject({ flows: 1, points: 2, rawPackets: 1 });
  });

  test('what comes again under another name of its writer changes nothing', async () => {
    await using opened = await open();
    const { flows } = opened;
    const updates = [0, 1, 2].map((n) => {
      const Last = T0 + n * 5_000;
      return flowOf(1, { Start: T0, Last, LastUpdateMetric: metricOf(Last - 5_000, Last) });
    });
    const packet = packetOf(1, 0);
    for (const writer of ['before', 'after'])
      for (const [n, flow] of updates.entries())
        await flows.append(batchOf(`${writer}-${n}`, [flow], n === 0 ? { rawPackets: [packet] } : {}));
    const points = updates.map(({ LastUpdateMetric }) => LastUpdateMetric);
    expect((await flows.metrics([idOf(1)], ALWAYS)).get(idOf(1))).toEqual(points);
    expect((await flows.rawPackets([idOf(1)])).get(idOf(1))).toEqual([packet.packet]);
    expect((await all(flows, { time: ALWAYS, where: [] })).map(({ Last }) => Last)).toEqual([T0 + 10_000]);
  });

  test('at an instant a flow is there from its first packet until it would have expired', async () => {
    await using opened = await open();
    await opened.flows.append(batchOf('w-1', [flowOf(1, { Start: T0, Last: T0 + 1_000 })]));
    const isThere = async (time: number) =>
      (await opened.flows.count({ time: { from: time, to: time }, where: [] })) === 1;
    expect(await isThere(T0 - 1)).toBe(false);
    expect(await isThere(T0)).toBe(true);
    expect(await isThere(T0 + 1_000 + EXPIRE_MS)).toBe(true);
    expect(await isThere(T0 + 1_001 + EXPIRE_MS)).toBe(false);
  });

  test('over a span a flow is there when it overlaps it', async () => {
    await using opened = await open();
    await opened.flows.append(batchOf('w-1', [flowOf(1, { Start: T0, Last: T0 + 1_000 })]));
    const isThere = async (from: number, to: number) =>
      (await opened.flows.count({ time: { from, to }, where: [] })) === 1;
    expect(await isThere(T0 - 9, T0 - 1)).toBe(false);
    expect(await isThere(T0 - 9, T0)).toBe(true);
    expect(await isThere(T0 + 1_000, T0 + 1_009)).toBe(true);
    expect(await isThere(T0 + 1_001, T0 + 1_009)).toBe(false);
  });

  test('two conditions on one field have to be met both', async () => {
    await using opened = await open();
    await opened.flows.append(batchOf('w-1', [flowOf(1, { NodeTID: 'node-1' }), flowOf(2, { NodeTID: 'node-2' })]));
    const on = (...equals: string[]): FlowCondition => ({
      anyOf: [{ field: 'NodeTID', equals, test: (value) => isOneOf(value, equals) }],
    });
    const found = async (...where: FlowCondition[]) =>
      (await all(opened.flows, { time: ALWAYS, where })).map(({ UUID }) => UUID);
    expect(await found(on('node-1'), on('node-2'))).toEqual([]);
    expect(await found(on('node-1', 'node-2'), on('node-2'))).toEqual([idOf(2)]);
    expect(await opened.flows.count({ time: ALWAYS, where: [on('node-1', 'node-2'), on('node-2')] })).toBe(1);
  });

  test('a flow is found by the conversation that it is on the other side of a translation', async () => {
    await using opened = await open();
    const nat = { Type: 'SNAT', A: '192.0.2.1', B: '10.0.0.2', APort: 1, BPort: 2, IsTranslated: true } as const;
    const others = { ...nat, Node: 'router', Zone: 0 };
    const flows = [
      flowOf(1, { NAT: { ...others, TrackingID: idOf(7) } }),
      flowOf(2, { NAT: { ...others, TrackingID: idOf(8) } }),
      flowOf(3, { TLS: { SNI: idOf(7) } }),
      flowOf(4),
    ];
    await opened.flows.append(batchOf('w-1', flows));
    const equals = [idOf(7), 7];
    const where: FlowCondition[] = [
      { anyOf: [{ field: 'NAT.TrackingID', equals, test: (value) => isOneOf(value, equals) }] },
    ];
    const found = await all(opened.flows, { time: ALWAYS, where });
    expect(found.map(({ UUID }) => UUID)).toEqual([idOf(1)]);
    expect(await opened.flows.count({ time: ALWAYS, where })).toBe(1);
  });

  test('without a time it says that it needs one', async () => {
    await using opened = await open();
    await expect(all(opened.flows, { where: [] })).rejects.toMatchObject({
      name: 'Mistake',
      message: 'flows of the past are asked for by time',
    });
  });

  test('many flows come in batches, each once, and a reader may stop', async () => {
    await using opened = await open();
    const many = Array.from({ length: 1_500 }, (_, n) => flowOf(n, { Start: T0 + (n % 7), Last: T0 + n * 13 }));
    await appendInBatches(opened.flows, many, 400);
    const sizes: number[] = [];
    for await (const batch of opened.flows.find({ time: ALWAYS, where: [] })) sizes.push(batch.length);
    expect(sizes.length).toBeGreaterThan(3);
    expect(sizes.reduce((a, b) => a + b)).toBe(1_500);
    for (const field of ['Start', 'Last', 'Metric.ABPackets', 'UUID'])
      for (const isDescending of [false, true]) {
        const query: FlowQuery = { time: ALWAYS, where: [], sort: { field, isDescending }, skip: 300, limit: 700 };
        expect((await all(opened.flows, query)).map(({ UUID }) => UUID)).toEqual(
          answerOf(many, query).map(({ UUID }) => UUID),
        );
      }
    for await (const batch of opened.flows.find({ time: ALWAYS, where: [] })) {
      expect(batch.length).toBeGreaterThan(0);
      break;
    }
    expect(await opened.flows.count({ time: ALWAYS, where: [] })).toBe(1_500);
  });

  test('a start that moves back, over the full hour too, is still the same flow', async () => {
    await using opened = await open();
    const hour = T0 + 60_000;
    await opened.flows.append(batchOf('w-1', [flowOf(1, { Start: hour + 5, Last: hour + 10 })]));
    const later = flowOf(1, { Start: hour - 5, Last: hour + 20 });
    await opened.flows.append(batchOf('w-2', [later]));
    expect(await all(opened.flows, { time: ALWAYS, where: [] })).toEqual([later]);
    expect((await opened.flows.metrics([idOf(1)], ALWAYS)).get(idOf(1))).toHaveLength(2);
    expect(await opened.flows.count({ time: { from: 0, to: hour - 5 }, where: [] })).toBe(1);
  });

  test('packets come back by flow, in order, those of a span only', async () => {
    await using opened = await open();
    const packets = [packetOf(2, 1), packetOf(1, 0), packetOf(2, 0)];
    await opened.flows.append(batchOf('w-1', [flowOf(1)], { rawPackets: packets }));
    expect([...(await opened.flows.rawPackets([idOf(2), idOf(1), idOf(3)]))]).toEqual([
      [idOf(2), [packetOf(2, 0).packet, packetOf(2, 1).packet]],
      [idOf(1), [packetOf(1, 0).packet]],
      [idOf(3), []],
    ]);
    const span = { from: packetOf(2, 1).packet.timestampMs, to: T0 + 60_000 };
    expect((await opened.flows.rawPackets([idOf(2)], span)).get(idOf(2))).toEqual([packetOf(2, 1).packet]);
  });

  test('losses of a span are told, the same place and reason as one', async () => {
    await using opened = await open();
    await opened.flows.append(batchOf('w-1', [], { losses: [lossOf(1, T0), lossOf(2, T0 + 5_000)] }));
    await opened.flows.append(batchOf('w-2', [], { losses: [{ ...lossOf(4, T0 + 90_000), stage: 'socket' }] }));
    expect(await opened.flows.loss({ from: T0, to: T0 + 60_000 })).toEqual([
      { ...lossOf(3, T0), to: T0 + 5_000 + 1_000, bytes: 300, flows: 2 },
    ]);
    expect(await opened.flows.loss({ from: T0 + 60_000, to: T0 + 95_000 })).toHaveLength(1);
    expect(await opened.flows.loss({ from: 0, to: T0 - 1 })).toEqual([]);
    expect(await opened.flows.loss()).toEqual([]);
  });

  test('what ended before is forgotten, what goes on is not', async () => {
    await using opened = await open();
    const { flows } = opened;
    const some = Array.from({ length: 50 }, (_, n) => flowOf(n, { Start: T0, Last: T0 + n * 1_000 }));
    const rawPackets = [packetOf(1, 0), packetOf(1, 30_000)];
    await flows.append(batchOf('w-1', some, { rawPackets, losses: [lossOf(1, T0)] }));
    await flows.prune(T0 + 20_000);
    expect((await all(flows, { time: ALWAYS, where: [] })).map(({ UUID }) => UUID).sort()).toEqual(
      some
        .slice(20)
        .map(({ UUID }) => UUID)
        .sort(),
    );
    const { flows: left, points, rawPackets: packetsLeft, range } = await flows.health();
    expect([left, points, packetsLeft]).toEqual([30, 30, 1]);
    expect(range).toEqual({ from: T0 + 20_000, to: T0 + 49_000 });
    expect(await flows.loss(ALWAYS)).toEqual([]);
  });

  test('of a flow that goes on, points that ended before are forgotten, but for the newest', async () => {
    await using opened = await open();
    const { flows } = opened;
    const points = Array.from({ length: 10 }, (_, i) => metricOf(T0 + i * 1_000, T0 + i * 1_000 + 999));
    for (const [i, point] of points.entries())
      await flows.append(batchOf(`w-${i + 1}`, [flowOf(1, { Start: T0, Last: point.Last, LastUpdateMetric: point })]));
    await flows.prune(T0 + 4_000);
    expect((await flows.metrics([idOf(1)], ALWAYS)).get(idOf(1))).toEqual(points.slice(4));
    await flows.prune(T0 + 60_000);
    expect((await flows.metrics([idOf(1)], ALWAYS)).get(idOf(1))).toEqual(points.slice(9));
    expect(await flows.health()).toMatchObject({ flows: 1, points: 1 });
  });

  test('an empty one answers with nothing', async () => {
    await using opened = await open();
    expect(await all(opened.flows, { time: ALWAYS, where: [] })).toEqual([]);
    expect(await opened.flows.count({ time: ALWAYS, where: [] })).toBe(0);
    expect(await opened.flows.metrics([idOf(1)])).toEqual(new Map([[idOf(1), []]]));
    expect(await opened.flows.health()).toMatchObject({ flows: 0, points: 0, rawPackets: 0, range: undefined });
    await opened.flows.prune(T0);
  });
}

export const ALWAYS: Span = { from: 0, to: T0 * 2 };

export async function all(view: Pick<FlowView, 'find'>, query: FlowQuery): Promise<Flow[]> {
  const found: Flow[] = [];
  for await (const batch of view.find(query)) found.push(...batch);
  return found;
}

export function batchOf(id: string, flows: readonly Flow[], more: Partial<FlowBatch> = {}): FlowBatch {
  return { id, flows, rawPackets: [], losses: [], ...more };
}

export function packetOf(n: number, index: number): { uuid: string; packet: RawPacket } {
  const data = new Uint8Array(60 + n).fill(index + n);
  return { uuid: idOf(n), packet: { timestampMs: T0 + index + 0.25, index, data, length: 1_500, linkType: 1 } };
}

export function lossOf(packets: number, from: number): Loss {
  return {
    node: 'node-1',
    capture: 'capture-1',
    host: 'h',
    stage: 'ring-buffer',
    reason: 'full',
    packets,
    bytes: packets * 100,
    flows: 1,
    from,
    to: from + 1_000,
  };
}

export async function appendInBatches(archive: FlowArchive, flows: readonly Flow[], size: number): Promise<void> {
  for (let at = 0, n = 1; at < flows.length; at += size, n++)
    await archive.append(batchOf(`w-${n}`, flows.slice(at, at + size)));
}

/** Each as it was told last. */
export function newestOf(updates: readonly Flow[]): Flow[] {
  return [...new Map(updates.map((flow) => [flow.UUID, flow])).values()];
}

const byStart = (a: Flow, b: Flow) => a.Start - b.Start || (a.UUID < b.UUID ? -1 : 1);

function pointsOf(updates: readonly Flow[], uuid: string, span: Span): FlowMetric[] {
  return updates
    .flatMap(({ UUID, LastUpdateMetric }) => (UUID === uuid && LastUpdateMetric ? [LastUpdateMetric] : []))
    .filter(({ Start, Last }) => Start <= span.to && Last >= span.from);
}

/** The plain list. */
export function answerOf(updates: readonly Flow[], { time, where, sort, limit, skip = 0 }: FlowQuery): Flow[] {
  const { from, to } = time as Span;
  const since = from === to ? to - EXPIRE_MS : from;
  const found = newestOf(updates).filter(
    (flow) =>
      flow.Start <= to &&
      flow.Last >= since &&
      where.every(({ anyOf }) => anyOf.some(({ field, test }) => test(fieldValue(flow, field)))),
  );
  found.sort(byStart);
  if (sort) {
    const value = (flow: Flow) => fieldValue(flow, sort.field) as number | string;
    const sign = sort.isDescending ? -1 : 1;
    const byUuid = (a: Flow, b: Flow) => (a.UUID < b.UUID ? -1 : 1);
    found.sort((a, b) => (value(a) === value(b) ? byUuid(a, b) : value(a) < value(b) ? -sign : sign));
  }
  return found.slice(skip, limit === undefined ? undefined : skip + limit);
}

export interface Question {
  readonly from: number;
  readonly length: number;
  readonly conditions: readonly (readonly (readonly [
    field: string,
    values: readonly (string | number)[],
    isOpen: boolean,
  ])[])[];
  readonly sort: FlowQuery['sort'];
  readonly limit: number | undefined;
  readonly skip: number | undefined;
}

const fields = {
  UUID: fc.nat(13).map(idOf),
  TrackingID: fc.nat(5).map(idOf),
  NodeTID: fc.constantFrom('node-1', 'node-2', 'node-3', ''),
  CaptureID: fc.constantFrom('capture-1', 'capture-2'),
  Application: fc.constantFrom('TCP', 'DNS', 'nothing'),
  LayersPath: fc.constantFrom('Ethernet/IPv4/TCP', ''),
  Network: fc.constantFrom('10.0.0.1', '2001:db8::1', '010.0.0.1', '2001:DB8::1'),
  'Network.A': fc.constantFrom('10.0.0.1', 'fe80::1:0:0:1', 'not an address'),
  'IPV6.B': fc.constantFrom('::1', '10.0.0.2'),
  Transport: fc.constantFrom(80, 443),
  'Transport.B': fc.constantFrom<string | number>(80, '80', 0),
  'Metric.ABPackets': fc.nat(10),
  'Link.A': fc.constant('02:00:00:00:00:0a'),
  'NAT.TrackingID': fc.constantFrom('9e42a86914a043b8', idOf(1)),
} satisfies Record<string, fc.Arbitrary<string | number>>;

const flowTest = fc.oneof(
  ...Object.entries(fields).map(([field, value]) =>
    fc.tuple(fc.constant(field), fc.array(value as fc.Arbitrary<string | number>, { maxLength: 3 }), fc.boolean()),
  ),
);

export const question: fc.Arbitrary<Question> = fc.record({
  from: fc.integer({ min: -100_000, max: 10_000_000 }),
  length: fc.oneof(fc.constant(0), fc.nat(100_000), fc.nat(20_000_000)),
  conditions: fc.array(fc.array(flowTest, { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
  sort: fc.option(
    fc.record({
      field: fc.constantFrom('Start', 'Last', 'Metric.ABPackets', 'TrackingID'),
      isDescending: fc.boolean(),
    }),
    { nil: undefined },
  ),
  limit: fc.option(fc.nat(6), { nil: undefined }),
  skip: fc.option(fc.nat(4), { nil: undefined }),
});

export function queryOf({ from, length, conditions, sort, limit, skip }: Question): FlowQuery {
  return {
    time: { from: T0 + from, to: T0 + from + length },
    where: conditions.map(
      (condition): FlowCondition => ({
        anyOf: condition.map(([field, values, isOpen]) => ({
          field,
          test: (value) => isOneOf(value, values),
          ...(!isOpen && { equals: values }),
        })),
      }),
    ),
    sort,
    limit,
    skip,
  };
}

function isOneOf(value: FlowValue | undefined, values: readonly (string | number)[]): boolean {
  const found = Array.isArray(value) ? value : [value];
  return found.some((one) => values.includes(one as string | number));
}
