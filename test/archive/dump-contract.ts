/** What reading all of an archive promises, run against each of them. */
import type { Archive } from '../../src/archive/archive.ts';
import type { Dumped } from '../../src/archive/dump.ts';
import { dump, lies } from '../../src/archive/dump-all.ts';
import type { Change } from '../../src/graph/change.ts';
import { Graph } from '../../src/graph/graph.ts';
import { flowOf, metricOf, T0 } from './flows/made.ts';

/** An empty archive; it is closed by the suite. */
export type Open = () => Promise<Archive>;

export function dumpContract(open: Open): void {
  test('a dump has every version, with its end, and every sample', async () => {
    await using archive = await open();
    await fill(archive);
    const items = await all(archive);
    const versions = items.flatMap((item) => (item.kind === 'version' ? [item] : []));
    expect(versions.map(({ element: e }) => [e.id, e.revision, e.updatedAt - T0, end(e), gone(e)]).sort()).toEqual([
      ['a', 1, 1000, 2000, undefined],
      ['a', 2, 2000, undefined, undefined],
      ['b', 1, 1000, 3000, 3000],
      ['b', 1, 4000, undefined, undefined],
    ]);
    expect(versions.find(({ element }) => element.deletedAt !== undefined)?.endRecordedAt).toBe(T0 + 3000);
    const samples = items.flatMap((item) => (item.kind === 'sample' ? [item.sample] : []));
    expect(samples).toEqual([
      expect.objectContaining({ id: 'a', series: 'Metric', start: T0 + 1000, last: T0 + 4000, counters: { Rx: 8 } }),
    ]);
    expect(samples[0]?.total).toEqual({ Rx: 9 });
  });

  test('a dump has every flow with its points and packets, every loss and every socket', async () => {
    await using archive = await open();
    await fill(archive);
    const items = await all(archive);
    const flows = items.flatMap((item) => (item.kind === 'flow' ? [item] : []));
    expect(flows.map(({ flow, points, packets }) => [flow.UUID, points.length, packets.length])).toEqual([
      [flowOf(1).UUID, 2, 1],
      [flowOf(2).UUID, 1, 0],
    ]);
    expect(flows[0]?.flow.Metric.ABBytes).toBe(300);
    expect([...(flows[0]?.packets[0]?.data ?? [])]).toEqual([1, 2, 3]);
    expect(items.flatMap((item) => (item.kind === 'loss' ? [item.loss.packets] : []))).toEqual([7, 8]);
    expect(items.flatMap((item) => (item.kind === 'socket' ? [item.socket.id] : []))).toEqual(['n/1', 'n/2']);
  });

  test('a dump goes on behind any page with what the others lack, and nothing twice', async () => {
    await using archive = await open();
    await fill(archive, 2_500);
    const whole = await all(archive);
    expect(whole.length).toBeGreaterThan(5_000);
    const pages: { readonly next: string; readonly seen: number }[] = [];
    let seen = 0;
    for await (const { items, next } of dump(archive)) {
      seen += items.length;
      pages.push({ next, seen });
    }
    for (const { next, seen: before } of pages.filter((_, i) => i % 5 === 0 || i > pages.length - 4))
      expect(await all(archive, next)).toEqual(whole.slice(before));
  });

  test('a dump of a span has what was so at some time of it', async () => {
    await using archive = await open();
    await fill(archive);
    const items: Dumped[] = [];
    for await (const page of dump(archive, { span: { from: T0 + 3500, to: T0 + 3900 } })) items.push(...page.items);
    expect(items.flatMap((item) => (item.kind === 'version' ? [item.element.id] : []))).toEqual(['a']);
  });

  test('of a span an archive gives what was so in it, as of all time, and the newest count before it', async () => {
    await using archive = await open();
    await fill(archive, 1_200);
    const named = (item: Dumped) =>
      item.kind === 'version'
        ? `${item.element.id} ${item.element.updatedAt} ${item.element.validTo}`
        : item.kind === 'sample' && `${item.sample.id} ${item.sample.last} ${JSON.stringify(item.sample.total)}`;
    const whole: Dumped[] = [];
    for await (const { items } of archive.dump()) whole.push(...items);
    for (const [from, to] of [
      [0, 500],
      [1500, 2500],
      [2000, 3000],
      [2999, 3000],
      [3500, 3900],
      [4000, 4000],
      [4500, 9000],
      [5000, 9000],
    ] as const) {
      const span = { from: T0 + from, to: T0 + to };
      const some: Dumped[] = [];
      const nexts: (readonly [next: string, seen: number])[] = [];
      for await (const { items, next } of archive.dump(undefined, span)) {
        some.push(...items);
        nexts.push([next, some.length]);
      }
      const isIn = (item: Dumped) => lies(item, span);
      expect({ from, to, items: some.filter(isIn).map(named) }).toEqual({
        from,
        to,
        items: whole.filter(isIn).map(named),
      });
      const samples = some.flatMap((item) => (item.kind === 'sample' ? [item.sample.last - T0] : []));
      if (from >= 4000) expect(samples).toEqual([4000]);
      const [first] = nexts;
      if (!first) continue;
      const rest: Dumped[] = [];
      for await (const { items } of archive.dump(first[0], span)) rest.push(...items);
      expect(rest.filter(isIn).map(named)).toEqual(some.slice(first[1]).filter(isIn).map(named));
    }
  });

  test('an empty archive has nothing to dump', async () => {
    await using archive = await open();
    expect(await all(archive)).toEqual([]);
  });
}

async function all(archive: Archive, after?: string): Promise<Dumped[]> {
  const items: Dumped[] = [];
  for await (const page of dump(archive, { after })) items.push(...page.items);
  return items;
}

/** Two nodes with a past and `more` without; two flows, and as many more; two losses and sockets. */
export async function fill(archive: Archive, more = 0): Promise<void> {
  const graph = new Graph();
  let n = 0;
  const say = async (after: number, changes: readonly Change[]) => {
    const { time, events, samples } = graph.apply(changes, { host: 'h', origin: 'test.h', time: T0 + after });
    await archive.append({ id: `boot-${++n}`, time, events, samples });
  };
  const node = (id: string, metadata = {}): Change => ({ kind: 'node', id, metadata });
  await say(1000, [node('a', { N: 1 }), node('b'), count(1)]);
  await say(2000, [node('a', { N: 2 })]);
  await say(3000, [{ kind: 'gone', id: 'b' }]);
  await say(4000, [node('b'), count(9)]);
  if (more > 0)
    await say(
      5000,
      Array.from({ length: more }, (_, i) => node(`c${i}`, { Name: `c${i}` })),
    );
  const first = { ...flowOf(1), Metric: metricOf(T0 + 1, T0 + 1, 1), LastUpdateMetric: metricOf(T0 + 1, T0 + 1, 1) };
  const later = {
    ...first,
    Last: T0 + 900,
    RawPacketsCaptured: 1,
    Metric: metricOf(T0 + 1, T0 + 900, 3),
    LastUpdateMetric: metricOf(T0 + 500, T0 + 900, 2),
  };
  const packet = { timestampMs: T0 + 1, index: 0, data: Uint8Array.of(1, 2, 3), length: 60, linkType: 1 };
  const loss = { node: 'n', capture: 'c', host: 'h', stage: 'queue', reason: 'full', bytes: 0, flows: 0 } as const;
  await archive.flows?.append({ id: 'boot-1', flows: [first, flowOf(2)], rawPackets: [], losses: [] });
  await archive.flows?.append({
    id: 'boot-2',
    flows: [later, ...Array.from({ length: more }, (_, i) => flowOf(i + 10))],
    rawPackets: [{ uuid: first.UUID, packet }],
    losses: [
      { ...loss, packets: 7, from: T0, to: T0 + 10 },
      { ...loss, packets: 8, from: T0 + 20, to: T0 + 30 },
    ],
  });
  const socket = {
    node: 'n',
    protocol: 'TCP',
    localAddress: '10.0.0.1',
    localPort: 80,
    remoteAddress: '0.0.0.0',
    remotePort: 0,
    state: 'LISTEN',
  } as const;
  const sockets = [
    { ...socket, id: 'n/1', openedAt: T0 },
    { ...socket, id: 'n/2', openedAt: T0 + 10, closedAt: T0 + 20 },
  ];
  const others = Array.from({ length: more }, (_, i) => ({ ...socket, id: `n/m${i}`, openedAt: T0 + 100 + (i % 3) }));
  await archive.sockets?.append({ id: 'boot-1', time: T0 + 1000, sockets: [...sockets, ...others] });
}

function count(Rx: number): Change {
  return { kind: 'counters', id: 'a', series: 'Metric', total: { Rx } };
}

function end({ validTo }: { readonly validTo: number | undefined }): number | undefined {
  return validTo === undefined ? undefined : validTo - T0;
}

function gone({ deletedAt }: { readonly deletedAt: number | undefined }): number | undefined {
  return deletedAt === undefined ? undefined : deletedAt - T0;
}
