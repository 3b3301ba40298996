import type { Flow } from '../../../src/flow/flow.ts';
import type { FlowQuery, FlowView } from '../../../src/flow/view.ts';
import type { Fleet, FleetAgent } from '../../../src/relay/fleet/fleet.ts';
import { flowAnswers } from '../../../src/relay/fleet/flow-answers.ts';
import { FleetFlows } from '../../../src/relay/fleet/flows.ts';
import { HeldFlows } from '../../../src/relay/fleet/held-flows.ts';
import { Unavailable } from '../../../src/std/unavailable.ts';
import { LiveList } from '../../archive/flows/live-list.ts';
import { flowOf } from '../../archive/flows/made.ts';

test('flows of all agents come as one answer, in the order asked for', async () => {
  const { flows } = fleetOf({ a: [made('1', 10), made('3', 30)], b: [made('2', 20), made('4', 40)] });
  const sort = { field: 'Start', isDescending: true };
  expect(await uuids(flows.find({ where: [], sort }))).toEqual(['4', '3', '2', '1']);
  expect(await uuids(flows.find({ where: [], sort, skip: 1, limit: 2 }))).toEqual(['3', '2']);
});

test('a condition that cannot be told is looked at here', async () => {
  const { flows } = fleetOf({ a: [made('1', 10), made('2', 20)], b: [made('3', 30)] });
  const late: FlowQuery = { where: [{ anyOf: [{ field: 'Start', test: (value) => (value as number) > 15 }] }] };
  expect((await uuids(flows.find(late))).sort()).toEqual(['2', '3']);
  expect(await flows.count(late)).toBe(2);
  expect(await flows.count({ ...late, limit: 1 })).toBe(1);
});

test('flows of one node are asked of its own agent alone', async () => {
  const { flows, asked } = fleetOf({ a: [made('1', 10, 'node-a')], b: [made('2', 20, 'node-b')] });
  const where = [{ anyOf: [{ field: 'NodeTID', test: (it: unknown) => it === 'node-b', equals: ['node-b'] }] }];
  expect(await uuids(flows.find({ where }))).toEqual(['2']);
  expect(asked).toEqual(['b flows.find']);
});

test('whoever told of a flow is asked about it, and the others are left alone', async () => {
  const { flows, asked } = fleetOf({ a: [made('1', 10)], b: [made('2', 20)] });
  await uuids(flows.find({ where: [] }));
  asked.length = 0;
  expect([...(await flows.metrics(['2'])).keys()]).toEqual(['2']);
  expect(asked).toEqual(['b flows.metrics']);
  await flows.metrics(['unheard of']);
  expect(asked.slice(1).sort()).toEqual(['a flows.metrics', 'b flows.metrics']);
});

test('an agent that does not answer costs its part, and is named until it does', async () => {
  const { flows, silence } = fleetOf({ a: [made('1', 10)], b: [made('2', 20)] });
  silence.add('b');
  expect(await uuids(flows.find({ where: [] }))).toEqual(['1']);
  expect(await flows.loss()).toMatchObject([{ host: 'host-b', stage: 'relay', from: 1_000 }]);
  silence.clear();
  expect((await uuids(flows.find({ where: [] }))).sort()).toEqual(['1', '2']);
  expect(await flows.loss()).toEqual([]);
});

test('what has ended and is not in the archive yet is told from here, and nothing twice', async () => {
  const { flows, held } = fleetOf({ a: [made('1', 10), made('3', 30)] });
  const kept = held.told([made('1', 10), made('2', 20)]);
  const time = { from: 0, to: 100 };
  expect((await uuids(flows.find({ where: [], time }))).sort()).toEqual(['1', '2', '3']);
  const sort = { field: 'Start', isDescending: true };
  expect(await uuids(flows.find({ where: [], time, sort, limit: 2 }))).toEqual(['3', '2']);
  expect(await uuids(flows.find({ where: [], time, sort }))).toEqual(['3', '2', '1']);
  expect(await flows.count({ where: [], time })).toBe(3);
  expect((await uuids(flows.find({ where: [] }))).sort()).toEqual(['1', '3']);
  kept();
  expect((await uuids(flows.find({ where: [], time }))).sort()).toEqual(['1', '3']);
});

test('what was told again is held until that is kept too', () => {
  const held = new HeldFlows();
  const first = held.told([made('1', 10)]);
  const second = held.told([made('1', 10)]);
  first();
  expect(held.size).toBe(1);
  second();
  expect(held.size).toBe(0);
});

test.each([null, 'all', 0.5, -1, { a: 1 }, [[1, 2]], [['f', 'x']], [['f', [{ Start: 'now' }]]], [{ from: null }]])(
  'an agent that answers %j to all that it is asked costs its own part alone, and that is said',
  async (garbage) => {
    const agent = (id: string, body: unknown): FleetAgent => ({
      id,
      host: `host-${id}`,
      origin: `agent.${id}`,
      isHome: true,
      async *ask(what) {
        yield { body: id === 'bad' ? body : what === 'flows.count' ? 2 : [] };
      },
    });
    const agents = [agent('bad', garbage), agent('good', undefined)];
    const fleet: Fleet = { connected: () => agents, away: () => [] };
    const flows = new FleetFlows({ fleet, originOf: () => undefined, held: new HeldFlows(), nowMs: () => 1_000 });
    expect(await flows.count({ where: [] })).toBe(2);
    expect(await flows.metrics(['f'])).toEqual(new Map([['f', []]]));
    expect(await flows.rawPackets(['f'])).toEqual(new Map([['f', []]]));
    expect(await flows.loss()).toMatchObject([{ host: 'host-bad', stage: 'relay' }]);
  },
);

function made(UUID: string, Start: number, NodeTID = 'n'): Flow {
  return flowOf(1, { UUID, Start, Last: Start + 5, NodeTID });
}

async function uuids(found: ReturnType<FlowView['find']>): Promise<string[]> {
  const all: string[] = [];
  for await (const batch of found) all.push(...batch.map(({ UUID }) => UUID));
  return all;
}

function fleetOf(lists: Readonly<Record<string, readonly Flow[]>>) {
  const asked: string[] = [];
  const silence = new Set<string>();
  const agents = Object.entries(lists).map(([id, list]): FleetAgent => {
    const live = new LiveList();
    for (const flow of list) live.flows.set(flow.UUID, flow);
    const answers = flowAnswers(live);
    return {
      id,
      host: `host-${id}`,
      origin: `agent.${id}`,
      isHome: true,
      async *ask(what, body) {
        asked.push(`${id} ${what}`);
        if (silence.has(id)) throw new Unavailable('its answer', 'it to be there');
        // As it travels.
        yield* answers[what]?.(JSON.parse(JSON.stringify(body)), new AbortController().signal) ?? [];
      },
    };
  });
  const fleet: Fleet = { connected: () => agents, away: () => [] };
  const originOf = (tid: string) => (tid.startsWith('node-') ? `agent.${tid.slice(5)}` : undefined);
  const held = new HeldFlows();
  return { flows: new FleetFlows({ fleet, originOf, held, nowMs: () => 1_000 }), asked, silence, held };
}
