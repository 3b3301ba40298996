/** What of a query about flows the store does, what time it is of, what was lost, and what it may cost. */
import type { FlowQuery, FlowView } from '../../src/flow/view.ts';
import { Graph } from '../../src/graph/graph.ts';
import { readGraph } from '../../src/graph/text.ts';
import type { Timeline } from '../../src/graph/view.ts';
import type { Context } from '../../src/query/run.ts';
import { Mistake, mistake } from '../../src/std/mistake.ts';
import { ask, engine, lines, NOW, stillContext, timelineOf, worldOf } from './ask.ts';
import { flowList, slowly } from './flow-list.ts';
import { type FlowFact, readFlows } from './flow-text.ts';

const traffic = `
  device:eth0 {"TID":"eth0"}
  10.0.0.1:1 -TCP-> 10.0.0.2:80 @eth0 {"Last":30}
  10.0.0.1:2 -TCP-> 10.0.0.2:80 @eth0 {"Last":20}
  10.0.0.1:3 -UDP-> 10.0.0.2:53 @eth1 {"Last":40}`;

/** What the store is asked, in words. */
async function asked(query: string): Promise<string[]> {
  const { flows } = worldOf(traffic);
  const said: string[] = [];
  const words = ({ where, sort, skip = 0, limit, time }: FlowQuery) =>
    [
      ...where.map(({ anyOf }) =>
        anyOf.map(({ field, equals }) => `${field}=${equals?.join('|') ?? '?'}`).join(' or '),
      ),
      ...(sort ? [`sort ${sort.isDescending ? '-' : ''}${sort.field}`] : []),
      ...(limit === undefined && skip === 0 ? [] : [`${skip}+${limit}`]),
      ...(time === undefined ? [] : [`${time.from}-${time.to}`]),
    ].join(', ');
  const spy: FlowView = {
    ...(flows as FlowView),
    find(asked) {
      said.push(words(asked));
      return (flows as FlowView).find(asked);
    },
    count(asked) {
      said.push(`count ${words(asked)}`);
      return (flows as FlowView).count(asked);
    },
  };
  await ask(traffic, query, { flows: spy });
  return said;
}

test.each([
  ["G.Flows().Has('Application', 'DNS')", 'Application=DNS'],
  ["G.Flows('Application', 'DNS', 'TCP.B', 53)", 'Application=DNS, Transport.B=53'],
  ["G.Flows().HasEither('Network', '10.0.0.1', 'Transport.B', GT(80))", 'Network=10.0.0.1 or Transport.B=?'],
  ["G.Flows().HasKey('ICMP').HasNot('Link')", 'ICMP=?, Link=?'],
  ['G.Flows().Sort().Limit(2)', 'sort Last, 0+2'],
  [
    "G.Flows().Sort(DESC, 'Metric.ABBytes').Has('Application', 'TCP').Range(2, 5)",
    'Application=TCP, sort -Metric.ABBytes, 2+3',
  ],
  ["G.V().Flows().Has('Application', 'TCP').Count()", 'count NodeTID=eth0, Application=TCP'],
  ['G.Flows().Limit(5).Count()', 'count 0+5'],
  // What means something else after what stands before it stays where it is.
  ["G.Flows().Limit(2).Has('Application', 'TCP')", '0+2'],
  ['G.Flows().Limit(2).Sort()', '0+2'],
  ['G.Flows().Dedup().Limit(2)', ''],
  ["G.Flows().Sort('Last').Sort('Application').Limit(1)", ''],
  // All that lives is sorted where it can pause.
  ['G.Flows().Sort()', ''],
  [`G.At(${NOW / 1000}).Flows().Sort()`, `sort Last, ${NOW}-${NOW}`],
  ["G.Flows().Values('Application').Count()", ''],
  // A store need not agree on where flows go that have no such field.
  ["G.Flows().Sort('Transport.A').Limit(1)", ''],
  [`G.At(${NOW / 1000}).Flows()`, `${NOW}-${NOW}`],
  ["G.At('-1m', '2m').Flows()", `${NOW - 180_000}-${NOW - 60_000}`],
  ['G.Between(10, 20).Flows()', '10000-19999'],
])('%s asks the store: %s', async (query, words) => {
  expect(await asked(query)).toEqual([words]);
});

test('what the store does is what the same steps do one by one', async () => {
  for (const tail of ["Has('Application', 'TCP').Sort(DESC).Limit(1)", "Sort('Last').Range(1, 3).Count()"]) {
    const apart = await ask(traffic, `G.Flows().Range(0, 1000).${tail}`);
    expect(lines(await ask(traffic, `G.Flows().${tail}`))).toEqual(lines(apart));
  }
});

test('a plan says what the store is asked', async () => {
  const answer = await ask(
    traffic,
    "G.V().Flows().Has('Metric.ABBytes', GT(1), 'Application', 'TCP').Sort(DESC).Limit(3).Hops().explain()",
  );
  expect(answer).toMatchObject({
    kind: 'plan',
    plan: {
      stages: [
        { steps: 'V()' },
        {
          steps: "Flows().Has('Metric.ABBytes', GT(1), 'Application', 'TCP').Sort(DESC).Limit(3)",
          flows: { filters: ['Application', 'Metric.ABBytes'], sort: '-Last', skip: 0, limit: 3, counts: false },
        },
        { steps: 'Hops()' },
      ],
    },
  });
});

test('where nothing captures, a query about flows says so, and others work', async () => {
  const graph = readGraph('host:h1');
  expect(lines(await ask(graph, 'G.V()'))).toEqual(['host:h1']);
  expect(() => ask(graph, 'G.Flows()')).toThrow('no flow capture here');
  expect(() => ask(graph, 'G.V().Flows().Count()')).toThrow('no flow capture here');
});

const loss = {
  node: 'eth0',
  capture: 'c1',
  host: 'h1',
  stage: 'ring-buffer',
  reason: 'ring buffer full',
  packets: 7,
  bytes: 0,
  flows: 0,
  from: 500,
  to: 600,
} as const;

test('an answer about flows tells what was lost of its time, and others do not', async () => {
  const { flows: facts, graph } = readFlows(traffic);
  const flows = flowList(facts, { loss: [loss] });
  const on = readGraph(graph, { begin: 0 });
  for (const view of [flows, slowly(flows)]) {
    const lossOf = async (query: string) => (await ask(on, query, { flows: view })).loss;
    expect(await lossOf('G.Flows()')).toEqual([loss]);
    expect(await lossOf('G.V().Flows().Count()')).toEqual([loss]);
    expect(await lossOf('G.Between(0.4, 0.55).Flows().Hops()')).toEqual([loss]);
    expect(await lossOf('G.Between(0.7, 0.8).Flows()')).toEqual([]);
    expect(await lossOf('G.V()')).toBeUndefined();
    expect(await lossOf('G.Flows().explain()')).toBeUndefined();
  }
});

test('flows of then are joined with the graph of then', async () => {
  const graph = new Graph({ begin: 0 });
  const source = { host: 'h', origin: 'o' };
  const name = (Name: string) => [{ kind: 'node' as const, id: 'n', metadata: { Name, Type: 'device', TID: 'eth0' } }];
  graph.apply(name('before'), { ...source, time: 1000 });
  graph.apply(name('after'), { ...source, time: 5000 });
  const { flows: facts } = readFlows(`
    10.0.0.1:1 -TCP-> 10.0.0.2:80 @eth0 {"Start":2000,"Last":3000,"Points":[{"Start":2000,"Last":2500,"ABBytes":1},{"Start":2500,"Last":3000,"ABBytes":2}]}
    10.0.0.1:2 -TCP-> 10.0.0.2:80 @eth0 {"Start":6000,"Last":7000}`);
  for (const flows of [flowList(facts), slowly(flowList(facts))]) {
    const answered = async (query: string) => lines(await ask(graph, query, { flows }));
    expect(await answered("G.At(2.5).Flows().Hops().Values('Name')")).toEqual(['"before"']);
    expect(await answered("G.At(6.5).Flows().Has('Start', GT(5000)).Hops().Values('Name')")).toEqual(['"after"']);
    expect(await answered('G.Between(0, 5).Flows()')).toEqual(['f1']);
    expect(await answered('G.Between(2.6, 2.9).Flows().Metrics()')).toEqual([
      'f1 [{"start":2500,"last":3000,"counters":{"ABPackets":0,"ABBytes":2,"BAPackets":0,"BABytes":0}}]',
    ]);
    expect(await answered("G.At(2.1).Flows().Metrics().Sum('ABBytes')")).toEqual(['1']);
    expect(await answered('G.Between(0, 9).Flows().Metrics().Aggregates(0.25).Count()')).toEqual(['1']);
    expect(await answered('G.Between(9, 10).Flows()')).toEqual([]);
  }
});

test('flows may be older than what is kept of the graph, and their nodes are then not told', async () => {
  const { flows: facts } = readFlows('10.0.0.1:1 -TCP-> 10.0.0.2:80 @eth0 {"Start":2000,"Last":3000}');
  const on = timelineOf(new Graph({ begin: 900_000 }));
  const refuse = () => {
    throw mistake('query.time-not-kept', 'nothing is kept then');
  };
  const waits = async () => refuse();
  for (const timeline of [
    { ...on, at: refuse, between: refuse },
    { ...on, at: waits, between: waits },
  ] as Timeline[]) {
    const answered = async (query: string) => {
      const answer = await engine.run(engine.prepare(query), { ...stillContext(timeline), flows: flowList(facts) });
      return [...lines(answer), JSON.stringify(answer.time)];
    };
    expect(await answered('G.At(2.5).Flows()')).toEqual(['f1', '{"from":2500,"to":2500}']);
    expect(await answered('G.At(4, 3).Flows().Count()')).toEqual(['1', '{"from":1000,"to":4000}']);
    await expect(answered('G.At(2.5).V()')).rejects.toThrow('nothing is kept then');
    await expect(answered('G.At(2.5)')).rejects.toThrow('nothing is kept then');
    await expect(answered('G.At(2.5).Flows().Hops()')).rejects.toThrow('nothing is kept then');
    await expect(answered('G.At(2.5).Flows().In()')).rejects.toThrow('nothing is kept then');
  }
});

const many = (count: number): FlowFact[] => {
  const [fact] = readFlows('10.0.0.1:1 -TCP-> 10.0.0.2:80 @eth0').flows as [FlowFact];
  return Array.from({ length: count }, (_, index) => ({ ...fact, flow: { ...fact.flow, UUID: `f${index}` } }));
};

const over = (flows: FlowView, query: string, more: Partial<Context> = {}) =>
  (async () => engine.run(engine.prepare(query), { ...stillContext(timelineOf(new Graph())), flows, ...more }))();

async function codeOf(answer: Promise<unknown>): Promise<string | undefined> {
  const error = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Mistake);
  return (error as Mistake).faults[0]?.message;
}

test('live flows are answered in the same call, archived ones by promise', () => {
  const flows = flowList(many(10));
  const context = { ...stillContext(timelineOf(new Graph())), flows };
  const query = engine.prepare('G.Flows().Dedup()');
  expect(engine.run(query, context)).not.toBeInstanceOf(Promise);
  expect(engine.run(query, { ...context, flows: slowly(flows) })).toBeInstanceOf(Promise);
});

test('no more batches are asked for than are needed, and what is open is closed', async () => {
  for (const isSlow of [false, true]) {
    let [batches, isClosed] = [0, false];
    const list = flowList(many(1000), { batch: 10 });
    const counting: FlowView = {
      ...list,
      *find(query) {
        try {
          for (const batch of list.find(query) as Iterable<[]>) {
            batches++;
            yield batch;
          }
        } finally {
          isClosed = true;
        }
      },
    };
    expect(lines(await over(isSlow ? slowly(counting) : counting, "G.Flows().Values('UUID').Limit(15)"))).toHaveLength(
      15,
    );
    await Promise.resolve();
    expect({ isSlow, batches, isClosed }).toEqual({ isSlow, batches: 2, isClosed: true });
  }
});

test('the flows a query may hold are limited, and so is its answer', async () => {
  const flows = flowList(many(5000), { batch: 500 });
  const limits = { memoryBytes: 1_000_000 };
  expect(await codeOf(over(flows, 'G.Flows()', { limits }))).toMatch(/limit memoryBytes/);
  expect(await codeOf(over(flows, "G.Flows().Sort('Transport.A')", { limits }))).toMatch(/limit memoryBytes/);
  expect(await codeOf(over(flows, 'G.Flows().Group()', { limits }))).toMatch(/limit memoryBytes/);
  expect(lines(await over(flows, "G.Flows().Values('UUID').Count()", { limits }))).toEqual(['5000']);
  expect(await codeOf(over(flows, 'G.Flows()', { limits: { results: 100 } }))).toMatch(/limit results/);
});

test('a store that never answers does not keep a query that was cancelled', async () => {
  const never: FlowView = {
    ...flowList([]),
    find: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }),
    count: () => new Promise<never>(() => {}),
  };
  for (const query of ['G.Flows()', 'G.Flows().Count()']) {
    const stop = new AbortController();
    const answer = codeOf(over(never, query, { signal: stop.signal }));
    stop.abort();
    expect(await answer).toBe('the query was cancelled');
  }
});

test('a store that fails fails the query', async () => {
  const broken: FlowView = {
    ...flowList([]),
    find: () => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('the disk is gone')) }),
    }),
  };
  await expect(over(broken, 'G.Flows().Limit(1)')).rejects.toThrow('the disk is gone');
});

test('the event loop turns between batches that take long, also when they are empty', async () => {
  let [ms, turns] = [0, 0];
  const slow: FlowView = {
    ...flowList([]),
    *find() {
      for (let at = 0; at < 10; at++) {
        ms += 15;
        yield [];
      }
    },
  };
  const turn = async () => {
    turns++;
  };
  await over(slow, 'G.Flows().Dedup()', { elapsed: () => ms, turn });
  expect(turns).toBe(10);
});

test('the event loop turns between the parts of a count', async () => {
  let [ms, turns] = [0, 0];
  const parts: FlowView = {
    ...flowList([]),
    *countParts() {
      for (const part of [3, 0, 4]) {
        ms += 15;
        yield part;
      }
    },
  };
  const turn = async () => {
    turns++;
  };
  const answer = await over(parts, "G.Flows().Has('Application', 'DNS').Count()", { elapsed: () => ms, turn });
  expect({ turns, said: lines(answer) }).toEqual({ turns: 3, said: ['7'] });
});

test('metrics and packets are asked for in parts', async () => {
  const asked: string[] = [];
  const list = flowList(many(1100));
  const flows: FlowView = {
    ...list,
    metrics: (uuids, span) => {
      asked.push(`metrics ${uuids.length}`);
      return list.metrics(uuids, span);
    },
    rawPackets: (uuids) => {
      asked.push(`packets ${uuids.length}`);
      return new Map();
    },
  };
  const context = { timeline: timelineOf(new Graph({ begin: 0 })) };
  expect(lines(await over(flows, 'G.Between(0, 9).Flows().Metrics().Count()', context))).toEqual(['0']);
  expect(lines(await over(flows, 'G.Flows().Limit(500).RawPackets().Count()'))).toEqual(['0']);
  expect(asked).toEqual(['metrics 500', 'metrics 500', 'metrics 100', 'packets 200', 'packets 200', 'packets 100']);
});

test('a packet filter that is none is a mistake with its place in the query', async () => {
  const query = "G.Flows().RawPackets().BPF('tcp[')";
  await expect((async () => ask(traffic, query))()).rejects.toMatchObject({
    input: query,
    faults: [{ code: 'filter.syntax', from: query.indexOf('tcp['), to: query.indexOf('tcp[') + 3 }],
  });
  const { matchFilter: _, ...world } = worldOf(traffic);
  await expect((async () => engine.run(engine.prepare(query), world))()).rejects.toThrow('not understood here');
});
