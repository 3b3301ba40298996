import { client, observations, server, tableOf } from './seen.ts';

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
