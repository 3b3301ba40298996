import type { Message } from '../../../src/relay/message.ts';
import { fakeClock } from '../../std/fake-clock.ts';
import { anAgent, anAnalyzer } from '../two-sides.ts';

test('an analyzer that mirrors too slowly misses some, and is told all of it again', async () => {
  const clock = fakeClock();
  let isSlow = false;
  const slowly = (message: Message, from: 'agent' | 'analyzer') => [
    from === 'analyzer' && message.kind === 'ack' && isSlow ? 20_000 : 0,
  ];
  const one = anAnalyzer(clock);
  const two = anAnalyzer(clock, { name: 'two' });
  const agent = anAgent(clock, { dialers: [one.dialer(), two.dialer({ fate: slowly })] });
  agent.relay.start();
  await clock.pass(1_000);
  isSlow = true;
  for (let n = 1; n <= 60; n++) {
    agent.node(`n${n}`);
    await clock.pass(250);
  }
  expect(two.alive().length).toBeLessThan(60);
  isSlow = false;
  await clock.pass(25_000);
  expect(two.alive()).toHaveLength(60);
  const { mirrored } = agent.relay.status().analyzers[1] ?? {};
  expect(mirrored?.wholes).toBe(2);
  expect(mirrored?.leftOut).toBeGreaterThan(0);
});

test('sockets are told to all: short ones once, when they have closed', async () => {
  const clock = fakeClock();
  const one = anAnalyzer(clock);
  const two = anAnalyzer(clock, { name: 'two' });
  const agent = anAgent(clock, { dialers: [one.dialer(), two.dialer()] });
  agent.relay.start();
  await clock.pass(1_000);
  const about = { node: 'a', protocol: 'TCP', state: 'ESTABLISHED', localAddress: '10.0.0.1', localPort: 1 } as const;
  const to = { remoteAddress: '10.0.0.2', remotePort: 80, openedAt: clock.now() };
  agent.table.tell([{ ...about, ...to, id: 'short' }]);
  agent.table.tell([{ ...about, ...to, id: 'long' }]);
  agent.table.close(['short'], clock.now());
  await clock.pass(1_000);
  expect(one.sockets.stats()).toMatchObject({ open: 1, closed: 1 });
  expect(two.sockets.stats()).toMatchObject({ open: 1, closed: 1 });
  const told = [...one.archive.socketBatches.values()].flatMap((batch) => batch.sockets.map(({ id }) => id));
  expect(told.toSorted()).toEqual(['long', 'short']);
});
