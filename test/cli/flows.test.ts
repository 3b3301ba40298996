/** How `skein query` shows answers about flows. */
import type { WireFlow, WireLoss } from '../../src/contract/flow.ts';
import { fakeServer } from './fake-server.ts';
import { reply } from './replies.ts';
import { skein } from './terminal.ts';

const noon = Date.UTC(2026, 10, 21, 12);

const both = {
  ParentUUID: '',
  Start: noon - 1000,
  Last: noon,
  NodeTID: 't1',
  CaptureID: 'c1',
  RawPacketsCaptured: 0,
};

const web: WireFlow = {
  ...both,
  UUID: 'f1',
  TrackingID: '9e42a86914a043b8',
  L3TrackingID: '9e42a86914a043b8',
  LayersPath: 'Ethernet/IPv6/TCP',
  Application: 'TLS',
  Network: { Protocol: 'IPV6', A: 'fd00::1', B: 'fd00::2', ID: 0 },
  Transport: { Protocol: 'TCP', A: 40000, B: 443, ID: 0 },
  Metric: { ABPackets: 5, ABBytes: 490, BAPackets: 4, BABytes: 4000, Start: noon, Last: noon, RTT: 35_000 },
  FinishType: 2,
};

const arp: WireFlow = {
  ...both,
  UUID: 'f2',
  TrackingID: '00000000000000ab',
  L3TrackingID: '00000000000000ab',
  LayersPath: 'Ethernet/ARP',
  Application: 'ARP',
  Link: { Protocol: 'ETHERNET', A: '02:00:00:00:00:01', B: 'ff:ff:ff:ff:ff:ff', ID: 0 },
  Metric: { ABPackets: 1, ABBytes: 42, BAPackets: 0, BABytes: 0, Start: noon, Last: noon },
};

const loss: WireLoss = {
  node: 'eth0',
  capture: 'c1',
  host: 'h1',
  stage: 'ring-buffer',
  reason: 'ring buffer full',
  packets: 7,
  bytes: 0,
  flows: 0,
  from: noon - 500,
  to: noon,
};

const shown = async (answer: ReturnType<typeof reply>, ...words: string[]) => {
  await using server = await fakeServer(() => ({ body: answer }));
  return await skein(['query', 'G.Flows()', '--server', server.url, '--utc', ...words]);
};

test('flows are a table of who spoke with whom', async () => {
  const { out } = await shown(reply('flows', { flows: [web, arp] }));
  expect(out).toBe(
    [
      'LAST                  APPLICATION  A                  B                  PACKETS A→B  BYTES A→B  PACKETS B→A  BYTES B→A  RTT      END  TRACKING ID',
      '2026-11-21 12:00:00Z  TLS          [fd00::1]:40000    [fd00::2]:443                5        490            4       4000  35.0 µs  FIN  9e42a86914a043b8',
      '2026-11-21 12:00:00Z  ARP          02:00:00:00:00:01  ff:ff:ff:ff:ff:ff            1         42            0          0                00000000000000ab',
      '',
    ].join('\n'),
  );
});

test('they can be sorted, cut, and shown by their fields', async () => {
  const columns = ['-o', 'columns=UUID,Metric.ABBytes,Transport.B', '--no-headers'];
  const flows = reply('flows', { flows: [web, arp] });
  expect((await shown(flows, ...columns)).out).toBe('f1  490  443\nf2   42\n');
  expect((await shown(flows, ...columns, '--sort-by', 'Metric.ABBytes')).out).toBe('f2   42\nf1  490  443\n');
  expect((await shown(flows, ...columns, '--sort-by', '-APPLICATION', '--limit', '1')).out).toBe('f1  490  443\n');
  expect((await shown(flows, '-o', 'wide')).out).toContain('Ethernet/IPv6/TCP');
  const rows = (await shown(flows, '-o', 'ndjson')).out.trimEnd().split('\n');
  expect(rows.map((line) => JSON.parse(line).UUID)).toEqual(['f1', 'f2']);
});

test('groups, packets and sockets have a line for each of theirs', async () => {
  const groups = await shown(reply('flowgroups', { flowGroups: { TLS: [web], ARP: [arp] } }), '-o', 'csv');
  expect(groups.out.split('\r\n').map((line) => line.split(',')[0])).toEqual(['GROUP', 'TLS', 'ARP', '']);
  const packet = { Timestamp: noon, Index: 0, Data: 'AAEC', LinkType: 1 };
  expect((await shown(reply('packets', { packets: { f1: [packet] } }))).out).toContain('AAEC');
  const socket = { Protocol: 'TCP', LocalPort: 443, Name: 'nginx' };
  expect((await shown(reply('sockets', { sockets: { f1: [socket] } }))).out).toBe(
    'OF  Protocol  LocalPort  Name\nf1  TCP             443  nginx\n',
  );
});

test('what was lost is said beside the answer', async () => {
  const { out, err } = await shown(reply('value', { value: 3, loss: [loss] }));
  expect(out).toBe('3\n');
  expect(err).toBe('skein: 7 packets lost at ring-buffer of h1 eth0: ring buffer full\n');
  const many = Array.from({ length: 7 }, () => loss);
  expect((await shown(reply('value', { value: 3, loss: many }))).err.split('\n')).toHaveLength(7);
  expect((await shown(reply('value', { value: 3, loss: many }), '--quiet')).err).toBe('');
});

test('a plan says what the store of flows is asked', async () => {
  const stage = { steps: "Flows().Has('Application', 'TLS').Sort(DESC).Limit(10)", gives: 'flows', runs: 'gather' };
  const flows = { filters: ['Application'], sort: '-Last', skip: 0, limit: 10, counts: false };
  const { out } = await shown(reply('plan', { plan: { query: '', stages: [{ ...stage, flows }] } }), '--explain');
  expect(out).toContain('flows, with Application, in order of -Last, the first 10');
});
