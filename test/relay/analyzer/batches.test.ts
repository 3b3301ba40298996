import { fakeClock } from '../../std/fake-clock.ts';
import { HELLO, nodeVersion, speaker } from '../said.ts';
import { aFlow, anAnalyzer } from '../two-sides.ts';

async function welcomed(options: Parameters<typeof anAnalyzer>[1] = {}) {
  const clock = fakeClock();
  const analyzer = anAnalyzer(clock, options);
  const agent = speaker(analyzer.agents, clock);
  agent.say(HELLO);
  await clock.pass(10);
  return { clock, agent, ...analyzer };
}

test('a batch that comes again is acknowledged again and changes nothing', async () => {
  const { clock, agent, agents, archive } = await welcomed();
  agent.batch(1, { flows: [aFlow('f')] });
  agent.batch(1, { flows: [aFlow('f')] });
  await clock.pass(10);
  expect(agent.of('ack').map(({ kept }) => kept)).toContain(1);
  expect(archive.flowIds()).toEqual(['f']);
  expect(agents.status().agents[0]?.taken).toMatchObject({ batches: 1, repeated: 1 });
});

test('a batch that overtook another is refused, so that none is acknowledged unseen', async () => {
  const { clock, agent, archive } = await welcomed();
  agent.batch(1);
  agent.batch(3, { flows: [aFlow('f3')] });
  await clock.pass(10);
  expect(agent.of('refusal')).toMatchObject([
    { code: 'protocol', isFinal: false, message: 'batch 3 follows 2, and 1 is the last that came' },
  ]);
  expect(archive.flowIds()).toEqual([]);
});

test('a gap of the spool itself is none of the way', async () => {
  const { clock, agent } = await welcomed();
  agent.batch(1);
  agent.batch(7, {}, 1);
  await clock.pass(10);
  expect(agent.of('ack').at(-1)).toMatchObject({ kept: 7 });
});

test('bytes that are no facts end the connection, with a sentence', async () => {
  const { clock, agent } = await welcomed();
  agent.say({ kind: 'batch', seq: 1, after: 0, facts: Uint8Array.of(255, 255, 255) });
  await clock.pass(10);
  expect(agent.of('refusal')).toMatchObject([{ code: 'protocol' }]);
  expect(agent.end).toMatch(/^batch 1 of h1 cannot be read/);
});

test('while the archive is away nothing is acknowledged, the window closes, and then all of it is kept in order', async () => {
  const { clock, agent, agents, archive } = await welcomed({ heldBytesMax: 2_000 });
  archive.goAway();
  for (let seq = 1; seq <= 30; seq++) agent.batch(seq, { flows: [aFlow(`flow-${seq}`)] });
  await clock.pass(2_000);
  expect(agent.of('ack').every(({ kept }) => kept === 0)).toBe(true);
  expect(agent.of('ack').findLast(({ window }) => window)?.window).toEqual({ batchesMax: 1, bytesMax: 65_536 });
  const { heldBytes, notes } = agents.status();
  expect(heldBytes).toBeGreaterThanOrEqual(2_000);
  expect(heldBytes).toBeLessThan(2_600);
  expect(agent.agent.bufferedBytes).toBeGreaterThan(0);
  expect(notes).toContain('agents have to wait: too much of what they told waits for the archive');
  archive.fault = undefined;
  await clock.pass(10_000);
  expect(agent.of('ack').at(-1)?.kept).toBe(30);
  expect(archive.flowIds()).toEqual(Array.from({ length: 30 }, (_, i) => `flow-${i + 1}`));
  expect(agents.status()).toMatchObject({ heldBytes: 0, notes: [] });
});

test('what came over a connection that broke is kept all the same, and acknowledged over the next', async () => {
  const { clock, agent, agents, archive } = await welcomed();
  archive.goAway();
  agent.batch(1, { graph: [nodeVersion('a', 500)] });
  await clock.pass(10);
  agent.cut();
  await clock.pass(10);
  const again = speaker(agents, clock);
  again.say({ ...HELLO, next: 2 });
  again.batch(1, { graph: [nodeVersion('a', 500)] });
  await clock.pass(10);
  expect(again.of('welcome')).toMatchObject([{ kept: 0 }]);
  archive.fault = undefined;
  await clock.pass(10_000);
  expect(again.of('ack').at(-1)?.kept).toBe(1);
  expect(archive.names()).toEqual(['a@500#1']);
});

test('a batch that the archive refuses for good is given up, counted and said; the next is kept', async () => {
  const { clock, agent, agents, archive } = await welcomed();
  archive.fault = new Error('field too long');
  agent.batch(1, { flows: [aFlow('f1')] });
  await clock.pass(5_000);
  archive.fault = undefined;
  agent.batch(2, { flows: [aFlow('f2')] });
  await clock.pass(10);
  expect(agent.of('ack').at(-1)?.kept).toBe(2);
  expect(archive.flowIds()).toEqual(['f2']);
  expect(agents.status().notes).toContain('the archive refused 1 batches of h1');
});

test('a change whose version before is not here: a whole picture is wanted until it comes', async () => {
  const { clock, agent, alive } = await welcomed();
  agent.batch(1, { isWholeGraph: true, isAllSockets: true });
  await clock.pass(10);
  expect(agent.of('ack').at(-1)?.wants).toBeUndefined();
  const update = { of: 'node', id: 'a', createdAt: 5, revision: 4, updatedAt: 9, set: {}, unset: [] } as const;
  agent.batch(2, { graph: [{ kind: 'update', ...update }] });
  await clock.pass(10);
  expect(agent.of('ack').at(-1)?.wants).toEqual({ graph: true, sockets: false });
  agent.batch(3, { isWholeGraph: true, graph: [nodeVersion('a', 5, 4)] });
  await clock.pass(10);
  expect(agent.of('ack').at(-1)?.wants).toBeUndefined();
  expect(alive()).toEqual(['a']);
});

test('an old picture that comes again is not the one that is wanted', async () => {
  const clock = fakeClock();
  const { agents } = anAnalyzer(clock);
  const agent = speaker(agents, clock);
  agent.say({ ...HELLO, first: 1, next: 3 });
  await clock.pass(10);
  agent.batch(1, { isWholeGraph: true, isAllSockets: true });
  agent.batch(2);
  await clock.pass(10);
  expect(agent.of('ack').at(-1)).toMatchObject({ kept: 2, wants: { graph: true, sockets: true } });
  agent.batch(3, { isWholeGraph: true, isAllSockets: true });
  await clock.pass(10);
  expect(agent.of('ack').at(-1)?.wants).toBeUndefined();
});

test('what is not in a whole picture is gone; a socket that is not among all is closed', async () => {
  const { clock, agent, alive, sockets, archive } = await welcomed();
  const socket = { id: 's1', node: 'a', protocol: 'TCP', state: 'LISTEN', openedAt: 5, remotePort: 0 } as const;
  const at = { localAddress: '0.0.0.0', localPort: 80, remoteAddress: '' };
  agent.batch(1, { graph: [nodeVersion('a', 500), nodeVersion('b', 500)], sockets: [{ ...socket, ...at }] });
  await clock.pass(10);
  expect(sockets.get('s1')).toBeDefined();
  agent.batch(2, { time: 2_000, isWholeGraph: true, isAllSockets: true, graph: [nodeVersion('b', 500)] });
  await clock.pass(10);
  expect(alive()).toEqual(['b']);
  expect(archive.names()).toContain('a ended 2000');
  expect(sockets.get('s1')).toBeUndefined();
  expect([...archive.socketBatches.values()].at(-1)?.sockets).toMatchObject([{ id: 's1', closedAt: 2_000 }]);
});

test('what an agent lost is counted and said', async () => {
  const { clock, agent, agents } = await welcomed();
  agent.batch(1, { lost: [{ what: 'flows', count: 12, from: 1, to: 2 }] });
  await clock.pass(10);
  expect(agents.status().notes).toContain('h1 lost 12 flows for lack of room');
});
