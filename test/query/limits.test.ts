import { Graph } from '../../src/graph/graph.ts';
import type { Timeline } from '../../src/graph/view.ts';
import type { Context } from '../../src/query/run.ts';
import { steps } from '../../src/query/steps/index.ts';
import { Mistake } from '../../src/std/mistake.ts';
import { engine, lines, stillContext, timelineOf, worldOf } from './ask.ts';
import { slowly } from './flow-list.ts';

function manyNodes(count: number): Graph {
  const graph = new Graph({ indexed: ['Name', 'Type'] });
  const changes = Array.from({ length: count }, (_, index) => ({
    kind: 'node' as const,
    id: `n${index}`,
    metadata: { Type: 'node', Name: `n${(index * 7919) % count}` },
  }));
  graph.apply(changes, { host: 'h', origin: 'o', time: 1000 });
  return graph;
}

/** A clock that goes on 1 ms at each look. */
function ticking(timeline: Timeline): Context & { turns: number } {
  let ms = 0;
  const context = {
    ...stillContext(timeline),
    turns: 0,
    elapsed: () => ms++,
    turn: async () => {
      context.turns++;
    },
  };
  return context;
}

const graph = manyNodes(5000);

const run = (query: string, more: Partial<Context> = {}, on = graph) =>
  (async () => engine.run(engine.prepare(query), { ...stillContext(timelineOf(on)), ...more }))();

async function codeOf(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Mistake);
  const [fault] = (error as Mistake).faults;
  return `${fault?.code} ${fault?.message}`;
}

test('a short query is answered in the same call', () => {
  const answer = engine.run(engine.prepare("G.V().Has('Name', 'n1').Out().Count()"), stillContext(timelineOf(graph)));
  expect(answer).not.toBeInstanceOf(Promise);
});

test('a long query lets the event loop turn and gives the same answer', async () => {
  const context = ticking(timelineOf(graph));
  const answer = await engine.run(engine.prepare("G.V().Sort('Name').Dedup('Name').Values('Name')"), context);
  expect(context.turns).toBeGreaterThan(3);
  expect(lines(answer)).toEqual(lines(await run("G.V().Sort('Name').Dedup('Name').Values('Name')")));
});

test('what is answered by promises that are kept at once lets the event loop turn, too', async () => {
  const world = worldOf(Array.from({ length: 60 }, (_, i) => `10.0.0.1:${i + 1} -TCP-> 10.0.0.2:80 @eth0`).join('\n'));
  const { flows } = world;
  if (!flows) throw new Error('no flows');
  const context = ticking(timelineOf(graph));
  await run('G.Flows().RawPackets()', { ...context, flows: slowly(flows), turn: context.turn });
  expect(context.turns).toBeGreaterThan(3);
});

test('a change while the event loop turns is not seen', async () => {
  const changing = manyNodes(5000);
  const context = ticking(timelineOf(changing));
  let writes = 0;
  const turn = async () => {
    changing.apply(
      [
        { kind: 'gone', id: `n${4999 - writes++}` },
        { kind: 'node', id: `x${writes}`, metadata: {} },
      ],
      {
        host: 'h',
        origin: 'o',
        time: 2000 + writes,
      },
    );
  };
  const answer = await engine.run(engine.prepare("G.V().Has('Type', Regex('n.de')).Values('@ID')"), {
    ...context,
    turn,
  });
  expect(writes).toBeGreaterThan(1);
  expect(lines(answer)).toHaveLength(5000);
  expect(lines(answer).some((id) => id.startsWith('"x'))).toBe(false);
});

test('time is limited', async () => {
  let ms = 0;
  const slow = { elapsed: () => (ms += 1000) };
  expect(await codeOf(run("G.V().Sort('Name')", slow))).toBe(
    'query.limit the query was stopped after 30 s (limit timeMs)',
  );
});

test('the number of elements looked at is limited', async () => {
  expect(await codeOf(run('G.V()', { limits: { items: 1000 } }))).toMatch(/limit items/);
});

test('what is held is limited', async () => {
  expect(await codeOf(run("G.V().Sort('Name')", { limits: { memoryBytes: 10_000 } }))).toMatch(/limit memoryBytes/);
  expect(await codeOf(run('G.V().Dedup()', { limits: { memoryBytes: 10_000 } }))).toMatch(/limit memoryBytes/);
});

test('the size of an answer is limited', async () => {
  expect(await codeOf(run('G.V()', { limits: { results: 10 } }))).toMatch(/more than 10 items \(limit results\)/);
  expect(await codeOf(run('G', { limits: { results: 10 } }))).toMatch(/limit results/);
});

test('growing without end is stopped', async () => {
  const dense = new Graph();
  const ids = Array.from({ length: 20 }, (_, index) => `n${index}`);
  dense.apply(
    [
      ...ids.map((id) => ({ kind: 'node' as const, id, metadata: { Type: 't', Name: id } })),
      ...ids.flatMap((parent) =>
        ids.map((child) => ({ kind: 'edge' as const, parent, child, metadata: { RelationType: 'r' } })),
      ),
    ],
    { host: 'h', origin: 'o', time: 1 },
  );
  const limits = { items: 100_000 };
  expect(await codeOf(run(`G.V()${'.Both()'.repeat(20)}.Count()`, { limits }, dense))).toMatch(/limit items/);
});

test('the signal ends a running query', async () => {
  const abort = new AbortController();
  const context = ticking(timelineOf(graph));
  const answer = run("G.V().Sort('Name')", { ...context, signal: abort.signal, turn: async () => abort.abort() });
  expect(await codeOf(answer)).toMatch(/query.cancelled/);
});

test('the signal ends a query that waits for an archive', async () => {
  const abort = new AbortController();
  const timeline: Timeline = { ...timelineOf(graph), at: () => new Promise(() => undefined) };
  const answer = run("G.At('-1m').V()", { timeline, signal: abort.signal });
  abort.abort();
  expect(await codeOf(answer)).toMatch(/query.cancelled/);
});

test('a failing archive fails the query and nothing else', async () => {
  const timeline: Timeline = { ...timelineOf(graph), at: () => Promise.reject(new Error('disk gone')) };
  await expect(run("G.At('-1m').V()", { timeline })).rejects.toThrow('disk gone');
});

test('text, nesting and number of steps are limited', () => {
  const fails = (text: string) => {
    try {
      engine.prepare(text);
    } catch (error) {
      return (error as Mistake).faults[0]?.message;
    }
    return undefined;
  };
  expect(fails(`G.V('${'x'.repeat(70_000)}')`)).toMatch(/limit textLength/);
  expect(fails(`G.V().Has('a', ${'Within('.repeat(50)}`)).toMatch(/limit depth|not closed/);
  expect(fails(`G.V()${'.Out()'.repeat(300)}`)).toMatch(/limit steps/);
});

test('a heap of mistakes is told in part', () => {
  expect(() => engine.prepare(`G${'.X()'.repeat(150)}`)).toThrow(Mistake);
  try {
    engine.prepare(`G${'.X()'.repeat(150)}`);
  } catch (error) {
    expect((error as Mistake).faults).toHaveLength(50);
  }
});

test('explain and profile are data', async () => {
  const plan = await run("G.V().Has('Type', 'node', 'Name', 'n1').Limit(1).explain()");
  expect(plan).toMatchObject({
    kind: 'plan',
    plan: { stages: [{ source: { by: 'index', key: 'Name', filters: ['Type'], estimate: 1 } }, { steps: 'Limit(1)' }] },
  });
  const scan = await run("G.V().Has('Rack', 7).explain()");
  expect(scan).toMatchObject({ plan: { stages: [{ source: { by: 'scan', estimate: 5000 } }] } });
  const profile = await run("G.V().Has('Type', 'node').Limit(3).Values('Name').profile()");
  expect(profile).toMatchObject({
    kind: 'profile',
    profile: {
      stages: [
        { itemsIn: 0, itemsOut: 3 },
        { itemsIn: 3, itemsOut: 3 },
        { itemsIn: 3, itemsOut: 3 },
      ],
    },
  });
});

test('a profile charges a stage for its own waiting', async () => {
  let ms = 0;
  const timeline: Timeline = {
    ...timelineOf(graph),
    at: async (time) => {
      ms += 50;
      return graph.at(time);
    },
  };
  const answer = await run("G.At('-1s').V().Has('Name', 'n1').profile()", { timeline, elapsed: () => ms });
  expect(answer).toMatchObject({ profile: { stages: [{ us: 50_000 }, { us: 0, itemsOut: 1 }], totalUs: 50_000 } });
});

test('the past of many is asked for in parts', async () => {
  const asked: number[] = [];
  const timeline: Timeline = {
    ...timelineOf(graph),
    history: async (ids) => {
      asked.push(ids.length);
      return graph.history(ids);
    },
  };
  const context = { ...ticking(timeline), elapsed: () => 0 };
  const answer = await run('G.V().Limit(1200).History().Count()', context);
  expect(asked).toEqual([500, 500, 200]);
  expect(lines(answer)).toEqual(['1200']);
});

for (const { name, example } of steps) {
  test(`${name}: an answer does not depend on pauses`, async () => {
    const world = worldOf(example.on);
    let ms = 0;
    // Every look at the clock is past the slice, and everything has to be waited for.
    const flows = world.flows && slowly(world.flows);
    const context = { ...world, flows, elapsed: () => (ms += 0.01), limits: { sliceMs: 0 } };
    expect(lines(await engine.run(engine.prepare(example.query), context))).toEqual(example.gives);
  });
}
