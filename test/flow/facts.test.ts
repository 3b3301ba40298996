import { client, end, observations, server, tableOf } from './seen.ts';

/** What the kernel's table tells beside its counts: first packets, drops, segments sent again. */
const fact = { isFactsOnly: true, sent: { packets: 0, bytes: 0 } } as const;
const untimed = { ...fact, firstMs: 0, lastMs: 0 };

test('in a full table facts that come after their counts make no second flow of a conversation', () => {
  const { table, told } = tableOf({ flowsMax: 10 });
  const from = (port: number) => ({ from: { ...client, port } });
  const ports = Array.from({ length: 50 }, (_, i) => 1000 + i);
  table.observe(observations(...ports.map(from)), 2000);
  table.observe(observations(...ports.map((port) => ({ ...fact, ...from(port), isStartCertain: true }))), 2000);
  table.finish();
  expect(told.length).toBe(50);
  expect(told.map(({ Metric }) => Metric?.ABPackets)).toEqual(ports.map(() => 1));
  const refused = table.loss().filter(({ reason }) => reason.includes('facts'));
  expect(refused).toMatchObject([{ stage: 'flow-table', packets: 0, flows: 40 }]);
});

test('where there is room, facts alone are a flow: all its packets were dropped', () => {
  const { table, all } = tableOf();
  table.observe(observations({ ...untimed, drops: [[5, 2]] }), 7000);
  expect(all()).toMatchObject([{ Drops: { 5: 2 }, Metric: { ABPackets: 0, Start: 7000, Last: 7000 } }]);
});

test('facts that are told later than they happened leave the times of a flow as they are', () => {
  const { table, told } = tableOf();
  table.observe(observations({ firstMs: 1000, lastMs: 1200 }), 1300);
  table.tick(11_300);
  table.observe(observations({ ...untimed, drops: [[5, 2]] }), 12_000);
  table.finish();
  expect(told.at(-1)).toMatchObject({ Drops: { 5: 2 }, Metric: { Start: 1000, Last: 1200 } });
});

test('segments sent again are counted where the kernel tells of them', () => {
  const { table, all } = tableOf();
  table.observe(observations({}), 1300);
  table.observe(observations({ ...untimed, tcp: { from: { retransmissions: 2 } } }), 1800);
  table.observe(observations({ ...untimed, from: server, to: client, tcp: { from: { retransmissions: 3 } } }), 2300);
  table.observe(observations({ ...untimed, tcp: { from: { retransmissions: 4 } } }), 2800);
  expect(all()).toMatchObject([{ Retransmissions: { AB: 6, BA: 3 } }]);
});

test('the port that a tunnel begins at is learned from first packets', () => {
  const { table, all } = tableOf();
  const layers = ['Ethernet', 'IPv4', 'UDP', 'VXLAN'] as const;
  const tunnel = { protocol: 17, layers, tunnelPort: 4789, networkId: 42, to: { ...server, port: 4789 } };
  table.observe(observations({ ...tunnel, from: { ...client, port: 0 } }), 2000);
  const first = { ...tunnel, ...fact, from: { ...client, port: 50_000 } };
  table.observe(observations(first, { ...first, from: { ...client, port: 50_001 } }), 2000);
  expect(all()).toMatchObject([{ Transport: { A: 50_000, B: 4789 } }]);
});

test('MACs and VLANs that the table of the kernel does not have are learned from first packets', () => {
  const { table, all } = tableOf();
  const noMac = new Uint8Array(6);
  const bare = { isL3Key: true, from: { ...client, mac: noMac }, to: { ...server, mac: noMac } };
  table.observe(observations(bare), 1300);
  table.observe(
    observations({ ...fact, layers: ['Ethernet', 'Dot1Q', 'IPv4', 'TCP'], linkId: 42n, isL3Key: true }),
    1300,
  );
  table.observe(observations({ ...untimed, ...bare, drops: [[5, 2]] }), 1300);
  expect(all()).toMatchObject([{ Link: { A: '02:00:00:00:00:01', B: '02:00:00:00:00:02', ID: 42 } }]);
  const told = all()[0]?.L2TrackingID;
  const whole = tableOf();
  whole.table.observe(observations({ layers: ['Ethernet', 'Dot1Q', 'IPv4', 'TCP'], linkId: 42n, isL3Key: true }), 1300);
  expect(told).toBe(whole.all()[0]?.L2TrackingID);
});

test('MACs that are known stay, whatever comes later', () => {
  const { table, all } = tableOf();
  table.observe(observations({ isL3Key: true }), 1300);
  table.observe(observations({ ...fact, isL3Key: true, from: end('10.0.0.1', 40_000, 7) }), 1300);
  expect(all()).toMatchObject([{ Link: { A: '02:00:00:00:00:01' } }]);
});

test('a refused connection is one flow, though clocks of counts and of first packets differ by some milliseconds', () => {
  const { table, told } = tableOf();
  table.observe(observations({ tcp: { from: { synMs: 1000, flags: 2 }, to: { rstMs: 1000, flags: 20 } } }), 1300);
  table.observe(observations({ ...fact, firstMs: 1003, lastMs: 1003, tcp: { from: { synMs: 1003 } } }), 1300);
  table.finish();
  expect(told).toMatchObject([{ FinishType: 3, Metric: { ABPackets: 1 } }]);
});
