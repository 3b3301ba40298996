import { ElasticFlows } from '../../../src/archive/elasticsearch/flows/archive.ts';
import { GraphStore } from '../../../src/archive/elasticsearch/graph/store.ts';
import { Ground } from '../../../src/archive/elasticsearch/ground.ts';
import { Retention } from '../../../src/archive/elasticsearch/retention.ts';
import { ElasticSockets } from '../../../src/archive/elasticsearch/sockets/archive.ts';
import { flowDefaults } from '../../../src/archive/flow-keeping.ts';
import { Graph } from '../../../src/graph/graph.ts';
import { client, listener } from '../../ends/made.ts';
import { batchOf } from '../flows/contract.ts';
import { flowOf } from '../flows/made.ts';
import { anyPrefix, wipe } from './opened.ts';
import { esServer, stopServers } from './servers.ts';

afterAll(stopServers, 120_000);

const HOUR = 3_600_000;
/** Slices are as old as the server says. */
const T = Date.now();

interface One extends AsyncDisposable {
  readonly ground: Ground;
  readonly graph: GraphStore;
  readonly flows: ElasticFlows;
  readonly sockets: ElasticSockets;
  readonly retention: Retention;
}

/** Two that share an archive, and a clock that the test turns. */
async function two(now: () => number) {
  const { url } = await esServer('es8');
  const prefix = anyPrefix();
  const clock = { now, after: () => () => {} };
  const open = (): One => {
    const ground = new Ground({ urls: [url], prefix, clock, maxAgeMs: 6 * HOUR });
    const graph = new GraphStore(ground, 1_000);
    const flows = new ElasticFlows(ground, { ...flowDefaults, ages: { ...flowDefaults.ages, flowsMs: 6 * HOUR } });
    const sockets = new ElasticSockets(ground, { maxBytes: 2 ** 30, maxAgeMs: 6 * HOUR });
    const retention = new Retention({ ground, graph, flows, sockets, clock, random: () => 0.5 });
    return {
      ground,
      graph,
      flows,
      sockets,
      retention,
      async [Symbol.asyncDispose]() {
        sockets.stop();
        await retention[Symbol.asyncDispose]();
        await ground.close();
      },
    };
  };
  const [a, b] = [open(), open()];
  return {
    a,
    b,
    async [Symbol.asyncDispose]() {
      await a[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
      await wipe(url, prefix);
    },
  };
}

test('what is too old is forgotten by one of those that share it, and the other sees it', async () => {
  let now = T;
  await using both = await two(() => now);
  const { a, b } = both;
  const graph = new Graph();
  let n = 0;
  const say = async (N: number) => {
    const { events } = graph.apply([{ kind: 'node', id: 'a', metadata: { N } }], { host: 'h', origin: 'o', time: now });
    const samples = [{ id: 'a', series: 's', start: now - 10, last: now, counters: { N } }];
    await a.graph.append({ id: `w-${++n}`, time: now, events, samples });
  };
  await say(1);
  now += 10;
  await say(2);
  await a.flows.append(batchOf('w-1', [flowOf(1, { Start: T, Last: T + 10 })]));
  await a.sockets.append({ id: 'w-1', time: now, sockets: [{ ...client, closedAt: now }, listener] });
  expect(await a.graph.counts()).toEqual({ versions: 2, samples: 2 });
  now = T + HOUR + 60_000;
  await a.retention.keep();
  await b.retention.keep();
  expect([a.retention.isOurs, b.retention.isOurs]).toEqual([true, false]);
  // Both know where what comes next belongs.
  now += 3 * 60_000;
  await say(3);
  now += 10;
  await say(4);
  await a.flows.append(batchOf('w-2', [flowOf(2, { Start: now, Last: now })]));
  await a.sockets.append({ id: 'w-2', time: now, sockets: [listener] });
  now = T + 8 * HOUR;
  await a.sockets.append({ id: 'w-3', time: now, sockets: [listener] });
  await a.flows.append(batchOf('w-3', [flowOf(3, { Start: now, Last: now })]));
  // Ten minutes have not passed by this machine's own clock: another has to take over what takes longer.
  // What another has written shows when the server refreshes; here at once.
  await Promise.all([a.graph.counts(), a.flows.health(), a.sockets.health()]);
  await a[Symbol.asyncDispose]();
  await b.retention.keep();
  expect(b.retention.isOurs).toBe(true);
  expect((await b.graph.versions(['a'], ALWAYS)).map(({ metadata }) => metadata.N)).toEqual([2, 3, 4]);
  expect((await b.graph.samples(['a'], 's', ALWAYS)).get('a')?.length).toBe(2);
  expect((await b.graph.range())?.from).toBeGreaterThan(T + HOUR);
  expect(await b.flows.health()).toMatchObject({ flows: 1 });
  expect(await b.sockets.find({ time: { from: 0, to: now } })).toEqual([listener]);
}, 120_000);

const ALWAYS = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
