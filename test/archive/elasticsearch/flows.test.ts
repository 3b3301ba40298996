/** Flows in real servers. */
import { FORMAT, makeIndex } from '../../../src/archive/elasticsearch/templates.ts';
import { flowDefaults } from '../../../src/archive/flow-keeping.ts';
import type { FlowMetric } from '../../../src/flow/flow.ts';
import { ALWAYS, all, batchOf, flowArchiveContract } from '../flows/contract.ts';
import { flowOf, idOf, metricOf, T0 } from '../flows/made.ts';
import { emptied, openFlows } from './flows-opened.ts';
import { esServer, stopServers } from './servers.ts';

const servers = [
  ['Elasticsearch 8', 'es8', 2],
  ['Elasticsearch 9', 'es9', 1],
] as const;

describe.each(servers)('%s', (_, kind, numRuns) => {
  const { open, remove } = emptied(kind);
  afterAll(remove, 60_000);

  flowArchiveContract(open, { numRuns });
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test('points that are old become one for each minute and say the same, once', async () => {
  const { url } = await esServer('es8');
  const ages = { ...flowDefaults.ages, flowsMs: 1e13, pointsMs: HOUR, points1mMs: 1e13 };
  await using opened = openFlows(url, { keeping: { ages } });
  const { flows, elastic, prefix } = opened;
  await flows.health();
  // As if it had been running then.
  for (const start of [T0 + HOUR, T0 + 2 * HOUR]) await makeIndex(elastic, `${prefix}points-${FORMAT}-${start}`);
  const points = Array.from({ length: 3 * 360 }, (_, i) => {
    const start = T0 + i * 10_000;
    return { ...metricOf(start, start + 9_999, i, 1), RTT: i };
  });
  const { flows: again } = openFlows(url, { prefix, isOwn: false, keeping: { ages } });
  const told = points.map((point) => flowOf(1, { Start: T0, Last: point.Last, LastUpdateMetric: point }));
  await again.append(batchOf('w-1', told));
  await again.tidy(T0 + 2 * HOUR + 30 * MINUTE);
  const found = (await again.metrics([idOf(1)], ALWAYS)).get(idOf(1)) ?? [];
  expect(found.length).toBe(60 + 2 * 360);
  for (const name of ['ABPackets', 'ABBytes', 'BAPackets'] as const) expect(sum(found, name)).toBe(sum(points, name));
  expect(found[0]).toMatchObject({ Start: T0, Last: T0 + MINUTE - 1, RTT: 5 });
  // The same batch, from one that does not know that it is there.
  await again.append(batchOf('w-2', []));
  await openFlows(url, { prefix, isOwn: false }).flows.append(batchOf('w-1', told));
  expect((await again.metrics([idOf(1)], ALWAYS)).get(idOf(1))).toEqual(found);
}, 120_000);

test('a flow that is told again after a slice was followed by another is one', async () => {
  const { url } = await esServer('es9');
  await using opened = openFlows(url);
  const { flows, elastic, prefix } = opened;
  await flows.append(batchOf('w-1', [flowOf(1, { Start: T0 + 5, Last: T0 + 10 })]));
  await makeIndex(elastic, `${prefix}flows-${FORMAT}-${T0}`);
  const { flows: next } = openFlows(url, { prefix, isOwn: false });
  await next.append(batchOf('v-1', [flowOf(2, { Start: T0 + 5, Last: T0 + 20 })]));
  await next.append(batchOf('v-2', [flowOf(2, { Start: T0 - 5, Last: T0 + 30 })]));
  // Out of order, from another who has not heard of what came after.
  await openFlows(url, { prefix, isOwn: false }).flows.append(
    batchOf('v-1', [flowOf(2, { Start: T0 + 5, Last: T0 + 20 })]),
  );
  expect((await all(next, { time: ALWAYS, where: [] })).map(({ UUID, Last }) => [UUID, Last])).toEqual([
    [idOf(2), T0 + 30],
    [idOf(1), T0 + 10],
  ]);
}, 120_000);

test('a document that the server refuses is kept aside, and the rest is written', async () => {
  const { url } = await esServer('es8');
  await using opened = openFlows(url);
  const { flows, elastic, prefix } = opened;
  const odd = flowOf(1, { Transport: { Protocol: 'TCP', A: 'a port' as unknown as number, B: 80, ID: 0 } });
  await flows.append(batchOf('w-1', [odd, flowOf(2)]));
  expect((await all(flows, { time: ALWAYS, where: [] })).map(({ UUID }) => UUID)).toEqual([idOf(2)]);
  await elastic.request({ method: 'POST', path: `/${prefix}rejected-${FORMAT}/_refresh` });
  const { count } = await elastic.request<{ count: number }>({
    method: 'GET',
    path: `/${prefix}rejected-${FORMAT}/_count`,
  });
  expect(count).toBe(1);
}, 120_000);

function sum(points: readonly FlowMetric[], name: 'ABPackets' | 'ABBytes' | 'BAPackets'): number {
  return points.reduce((total, point) => total + point[name], 0);
}

afterAll(stopServers, 120_000);
