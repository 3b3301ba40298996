import fc from 'fast-check';
import { documentOf, flowOf as read } from '../../../src/archive/elasticsearch/flows/document.ts';
import { versionOf } from '../../../src/archive/elasticsearch/flows/version.ts';
import { flowOf, history, metricOf, T0 } from '../flows/made.ts';

test('a flow comes back from its document to the last field', () => {
  fc.assert(
    fc.property(history, (flows) => {
      for (const flow of flows)
        expect(read(JSON.parse(JSON.stringify(documentOf(flow, () => 'host-1'))))).toEqual(flow);
    }),
    { numRuns: 50 },
  );
});

test('a document has the names of the Elastic Common Schema beside those of the flow', () => {
  const flow = flowOf(1, {
    Last: T0 + 1_500,
    Metric: { ...metricOf(T0 + 1, T0 + 1_500, 3, 2) },
    CommunityID: '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
    Process: { A: 'curl' },
    Pid: { A: 7 },
    ContainerID: { A: 'c0ffee' },
    TLS: { SNI: 'example.org' },
    FinishType: 2,
    NAT: {
      Type: 'SNAT',
      A: '192.0.2.1',
      B: '10.0.0.2',
      APort: 40_001,
      BPort: 80,
      TrackingID: 'x',
      IsTranslated: false,
      Node: 'router',
      Zone: 0,
    },
  });
  expect(documentOf(flow, (node) => `host of ${node}`)).toMatchObject({
    '@timestamp': T0 + 1_500,
    event: {
      start: T0 + 1,
      end: T0 + 1_500,
      duration: 1_499_000_000,
      category: ['network'],
      type: ['connection', 'end'],
    },
    source: {
      ip: '10.0.0.1',
      port: 40_000,
      mac: '02-00-00-00-00-0A',
      bytes: 300,
      packets: 3,
      nat: { ip: '192.0.2.1', port: 40_001 },
    },
    destination: { ip: '10.0.0.2', port: 80, mac: '02-00-00-00-00-0B', bytes: 120, packets: 2 },
    network: {
      transport: 'tcp',
      type: 'ipv4',
      protocol: 'tcp',
      bytes: 420,
      packets: 5,
      community_id: '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
      direction: 'egress',
    },
    host: { name: 'host of node-1' },
    process: { name: 'curl', pid: 7 },
    container: { id: 'c0ffee' },
    tls: { client: { server_name: 'example.org' } },
    observer: { product: 'Skein' },
  });
});

test('a later packet makes a newer word, and so does a later batch about the same packet', () => {
  const bounded = fc.integer({ min: 0, max: 2 ** 21 - 1 });
  fc.assert(
    fc.property(fc.nat(1e9), fc.integer({ min: 1, max: 1e9 }), bounded, bounded, (last, more, n, m) => {
      expect(versionOf(T0 + last + more, n)).toBeGreaterThan(versionOf(T0 + last, m));
      expect(versionOf(T0 + last, n) > versionOf(T0 + last, m)).toBe(n > m);
    }),
  );
  expect(versionOf(Number.MAX_SAFE_INTEGER, 2 ** 21 - 1)).toBeLessThan(2n ** 63n);
  expect(versionOf(-1, 0)).toBe(0n);
});
