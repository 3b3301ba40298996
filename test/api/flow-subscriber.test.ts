import type { FlowListener } from '../../src/api/parts.ts';
import { FlowSource } from '../../src/api/ws/flow-source.ts';
import type { Flow } from '../../src/flow/flow.ts';
import { quiet } from '../std/fake-clock.ts';
import { node, testServer } from './server.ts';
import { TestClient } from './ws-client.ts';

test('flows are heard as they are updated, and captures as they count', async () => {
  const feed = fakeFeed();
  await using server = await testServer({ flowFeed: feed });
  await using client = await TestClient.open(server, 'subscriber/flow');
  feed.say(flow('1'), flow('2'));
  const store = await client.until(({ Type }) => Type === 'store');
  expect(store).toMatchObject({ Namespace: 'flow', Status: 200, Obj: [{ UUID: '1' }, { UUID: '2' }] });
  for (const each of feed.listeners) each.counted([stats('c1')]);
  expect((await client.until(({ Type }) => Type === 'stats')).Obj).toEqual([stats('c1')]);
  server.say(node('a'));
  feed.say(flow('3'));
  await client.untilCount(3);
  expect(client.heard.map(({ Namespace }) => Namespace)).toEqual(['flow', 'flow', 'flow']);
});

test('a namespace is one capture', async () => {
  const feed = fakeFeed();
  await using server = await testServer({ flowFeed: feed });
  await using client = await TestClient.open(server, 'subscriber/flow?x-websocket-namespace=flow/c2');
  feed.say(flow('1'), flow('2', { CaptureID: 'c2' }));
  expect((await client.until(({ Type }) => Type === 'store')).Obj).toMatchObject([{ UUID: '2' }]);
});

test('a filter is a query about flows, also from the nodes they are at', async () => {
  const feed = fakeFeed();
  await using server = await testServer({ flowFeed: feed });
  server.say(node('eth0', { TID: 't0' }));
  await using dns = await TestClient.open(server, 'subscriber/flow', {
    'X-Gremlin-Filter': "G.Flows().Has('Application', 'DNS')",
  });
  await using there = await TestClient.open(server, 'subscriber/flow', {
    'X-Gremlin-Filter': "G.V().Has('Name', 'eth0').Flows()",
  });
  feed.say(flow('1'), flow('2', { Application: 'DNS' }), flow('3', { NodeTID: 't0' }));
  expect((await dns.until(({ Type }) => Type === 'store')).Obj).toMatchObject([{ UUID: '2' }]);
  expect((await there.until(({ Type }) => Type === 'store')).Obj).toMatchObject([{ UUID: '3' }]);
});

test.each([
  ['G.V()', 'did not return flows'],
  ["G.At('-1m').Flows()", 'those of now'],
  ['G.Flows().Dedub()', 'no step named "Dedub"'],
])('the filter %s is refused with a word', async (filter, word) => {
  await using server = await testServer({ flowFeed: fakeFeed() });
  await using client = await TestClient.open(server, 'subscriber/flow', { 'X-Gremlin-Filter': filter });
  expect((await client.until(({ Type }) => Type === 'Error')).Obj).toContain(word);
});

test('whoever leaves is not told any more', async () => {
  const feed = fakeFeed();
  await using server = await testServer({ flowFeed: feed });
  {
    await using client = await TestClient.open(server, 'subscriber/flow');
    feed.say(flow('1'));
    await client.untilCount(1);
    expect(feed.listeners.size).toBe(1);
  }
  await quiet();
  for (let tries = 0; feed.listeners.size > 0 && tries < 100; tries++) await quiet();
  expect(feed.listeners.size).toBe(0);
});

test('what a client does not take in time is dropped, oldest first, counted and told', () => {
  let lost = 0;
  const source = new FlowSource({
    namespaces: [],
    filter: undefined,
    nowMs: () => 77,
    lost: (flows) => {
      lost += flows;
    },
    failed: () => {},
    wake: () => {},
    waitingMax: 150,
  });
  source.updated(Array.from({ length: 100 }, (_, index) => flow(String(index))));
  source.updated(Array.from({ length: 100 }, (_, index) => flow(String(100 + index))));
  expect([lost, source.behind]).toEqual([50, 150]);
  const said = Array.from({ length: 4 }, () => source.next()).map((text) => text && JSON.parse(text));
  expect(said[0]).toMatchObject({ Type: 'loss', Obj: { Flows: 50, From: 77 } });
  expect(said[1].Obj.map(({ UUID }: Flow) => UUID).slice(0, 2)).toEqual(['50', '51']);
  expect([said[1].Obj.length, said[2].Obj.length, said[3]]).toEqual([100, 50, undefined]);
});

function fakeFeed() {
  const listeners = new Set<FlowListener>();
  return {
    listeners,
    subscribe(listener: FlowListener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    say(...flows: Flow[]) {
      for (const listener of listeners) listener.updated(flows);
    },
  };
}

function flow(UUID: string, more: Partial<Flow> = {}): Flow {
  const metric = { ABPackets: 1, ABBytes: 60, BAPackets: 0, BABytes: 0, Start: 1, Last: 2 };
  return {
    UUID,
    ParentUUID: '',
    TrackingID: 'a',
    L3TrackingID: 'a',
    LayersPath: 'Ethernet/IPv4/UDP',
    Application: 'UDP',
    Metric: metric,
    Start: 1,
    Last: 2,
    NodeTID: 't1',
    CaptureID: 'c1',
    RawPacketsCaptured: 0,
    ...more,
  };
}

function stats(CaptureID: string) {
  return { CaptureID, FlowCount: 1, FlowDropped: 0, KernelFlowDropped: 0, PacketsDropped: 0, PacketsReceived: 9 };
}
