import { elementJson } from '../../src/api/wire.ts';
import { Graph } from '../../src/graph/graph.ts';

test('what is counted beside the graph is shown where Skydive has it', () => {
  const graph = new Graph({});
  const at = (time: number) => ({ host: 'h', origin: 'agent.h', time });
  const count = (series: string, total: Record<string, number>) =>
    ({ kind: 'counters', id: 'a', series, total }) as const;
  graph.apply(
    [{ kind: 'node', id: 'a', metadata: { Type: 'veth', Name: 'a', Ovs: { Type: 'system' }, Blockdev: {} } }],
    at(1000),
  );
  graph.apply(
    [count('Ovs', { rx_packets: 5 }), count('Metric', { RxPackets: 7 }), count('Blockdev', { Reads: 1 })],
    at(2000),
  );
  graph.apply([count('Ovs', { rx_packets: 8 }), count('Conntrack', { Entries: 3 })], at(3000));
  const [node] = graph.now().nodes();
  const { Metadata } = JSON.parse(node ? elementJson(node, graph.now()) : '{}');
  expect(Metadata.Ovs).toEqual({
    Type: 'system',
    Metric: { rx_packets: 8 },
    LastUpdateMetric: { rx_packets: 3, Start: 2000, Last: 3000 },
  });
  expect(Metadata.Metric).toEqual({ RxPackets: 7 });
  expect(Metadata.BlockdevMetric).toEqual({ Reads: 1 });
  graph.apply(
    [{ kind: 'set', id: 'a', set: { Conntrack: { Max: 9 } } }, count('ConntrackStats', { Drop: 2 })],
    at(4000),
  );
  const [tracking] = graph.now().nodes();
  expect(JSON.parse(tracking ? elementJson(tracking, graph.now()) : '{}').Metadata.Conntrack).toMatchObject({
    Max: 9,
    Metric: { Entries: 3 },
    Stats: { Drop: 2 },
  });
  // A node that says nothing of connection tracking is not looked up for it.
  expect(Metadata.Conntrack).toBeUndefined();
});
