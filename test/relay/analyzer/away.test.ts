import type { AgentMemory, RememberedAgent } from '../../../src/relay/analyzer/memory.ts';
import { fakeClock } from '../../std/fake-clock.ts';
import { HELLO, nodeVersion, speaker } from '../said.ts';
import { anAgent, anAnalyzer } from '../two-sides.ts';

test('an agent that is away is marked; after the grace time its part is closed at the last moment known', async () => {
  const clock = fakeClock();
  const { agents, alive, archive } = anAnalyzer(clock);
  const agent = speaker(agents, clock);
  agent.say(HELLO);
  agent.batch(1, { graph: [nodeVersion('a', 500)], isWholeGraph: true, time: 999_000 });
  await clock.pass(10);
  agent.cut();
  await clock.pass(59_000);
  expect(alive()).toEqual(['a']);
  expect(agents.status()).toMatchObject({ connected: 0, away: 1 });
  expect(agents.status().notes[0]).toMatch(/^agent of h1 is away since .*: what is shown of it is from before$/);
  expect(agents.away()).toEqual([{ id: 'agent-1', host: 'h1', origin: 'agent.h1', since: 999_000 }]);
  expect(agents.absent()).toEqual([{ host: 'h1', since: 999_000, until: undefined }]);
  await clock.pass(2_000);
  expect(alive()).toEqual([]);
  expect(agents.status()).toMatchObject({ away: 0, gone: 1 });
  expect(agents.absent()).toEqual([{ host: 'h1', since: 999_000, until: expect.any(Number) }]);
  expect(archive.names()).toEqual(['a ended 999000', 'a@500#1']);
});

test('one that comes back from being gone tells all of it, and its lives go on', async () => {
  const clock = fakeClock();
  const one = anAnalyzer(clock);
  const agent = anAgent(clock, { dialers: [one.dialer()] });
  agent.relay.start();
  agent.node('a');
  await clock.pass(1_000);
  one.isUp = false;
  one.cut();
  await clock.pass(70_000);
  expect(one.alive()).toEqual([]);
  one.isUp = true;
  await clock.pass(40_000);
  expect(one.alive()).toEqual(['a']);
  const reopened = [...one.archive.batches.values()].flatMap(({ events }) => events).filter((one) => one.isReopened);
  expect(reopened.at(-1)?.element).toMatchObject({ id: 'a', createdAt: 1_000_000, revision: 1 });
  expect(one.agents.status()).toMatchObject({ connected: 1, gone: 0, notes: [] });
});

test('the history of an agent that another analyzer has heard of since is not closed here', async () => {
  const clock = fakeClock();
  const elsewhere = { ...HELLO, address: '', kept: 9, lastTime: 2_000_000 };
  const memory: AgentMemory = {
    load: () => Promise.resolve([]),
    keep: () => Promise.resolve(),
    forget: () => Promise.resolve(),
    find: () => Promise.resolve(elsewhere),
  };
  const { agents, alive, archive } = anAnalyzer(clock, { memory });
  const agent = speaker(agents, clock);
  agent.say(HELLO);
  agent.batch(1, { graph: [nodeVersion('a', 500)], isWholeGraph: true });
  await clock.pass(10);
  agent.cut();
  await clock.pass(61_000);
  expect(alive()).toEqual([]);
  expect(archive.names()).toEqual(['a@500#1']);
});

test('when its home has gone with an agent, the first of the analyzers closes its history', async () => {
  for (const isFirst of [true, false]) {
    const clock = fakeClock();
    const { agents, archive, alive } = anAnalyzer(clock, { isFirst: () => isFirst });
    const agent = speaker(agents, clock);
    agent.say({ ...HELLO, role: 'mirror' });
    agent.batch(1, { graph: [nodeVersion('a', 500)], isWholeGraph: true, time: 999_000 });
    await clock.pass(10);
    expect(archive.names()).toEqual([]);
    agent.cut();
    await clock.pass(61_000);
    expect(alive()).toEqual([]);
    expect(archive.names()).toEqual(isFirst ? ['a ended 999000'] : []);
  }
});

test('what is left of an agent over a restart is its own to change, and ends when it does not come back', async () => {
  const clock = fakeClock();
  const known = { agent: 'agent-1', host: 'h1', software: 's', address: 'a', role: 'home', spool: 's1' } as const;
  const remembered: RememberedAgent = { ...known, kept: 3, lastTime: 999_000 };
  const memory: AgentMemory = {
    load: async () => [remembered],
    keep: () => Promise.resolve(),
    forget: () => Promise.resolve(),
  };
  const { agents, archive, alive, graph } = anAnalyzer(clock, { memory });
  const told = nodeVersion('a', 500);
  if (told.kind === 'version') graph.remember([{ ...told.element, origin: 'agent.h1', host: 'h1' }]);
  graph.adopt(() => true);
  await agents.start();
  const source = { host: 'ana', origin: 'api', time: clock.now() };
  const { refused } = graph.apply([{ kind: 'set', id: 'a', of: 'node', set: { N: 1 } }], source);
  expect(refused.map(({ reason }) => reason)).toEqual(['node a is told by agent.h1: only there it can be changed']);
  await clock.pass(61_000);
  expect(alive()).toEqual([]);
  expect(archive.names()).toEqual(['a ended 999000']);
});

test('over a restart it is known what is kept, and who was there', async () => {
  const clock = fakeClock();
  const kept = new Map<string, RememberedAgent>();
  const memory: AgentMemory = {
    load: () => Promise.resolve([...kept.values()]),
    keep: async (agents) => void agents.map((agent) => kept.set(agent.agent, agent)),
    forget: async (agent) => void kept.delete(agent),
  };
  const before = anAnalyzer(clock, { memory });
  await before.agents.start();
  const agent = speaker(before.agents, clock);
  agent.say(HELLO);
  agent.batch(1);
  await clock.pass(6_000);
  const after = anAnalyzer(clock, { memory });
  await after.agents.start();
  expect(after.agents.status().agents).toMatchObject([{ agent: 'agent-1', state: 'away', kept: 1 }]);
  const again = speaker(after.agents, clock);
  again.say(HELLO);
  await clock.pass(10);
  expect(again.of('welcome')).toMatchObject([{ kept: 1, wants: { graph: true, sockets: true } }]);
});

test('a memory that cannot be read is said, and nobody is turned away for it', async () => {
  const clock = fakeClock();
  const no = () => Promise.reject(new Error('disk on fire'));
  const { agents } = anAnalyzer(clock, { memory: { load: no, keep: no, forget: no } });
  await agents.start();
  const agent = speaker(agents, clock);
  agent.say(HELLO);
  await clock.pass(6_000);
  expect(agent.of('welcome')).toHaveLength(1);
  expect(agents.status().notes).toContain('what is known of agents is not kept: disk on fire');
});

test('how far the clock of an agent is off is measured, said, and taken out of its lag', async () => {
  const clock = fakeClock();
  const { agents } = anAnalyzer(clock);
  const theirs = { now: () => clock.now() + 3_000, after: clock.after };
  const one = { ...anAnalyzer(clock) };
  const agent = anAgent(theirs, { dialers: [one.dialer({ fate: () => [20] })] });
  agent.relay.start();
  agent.node('a');
  await clock.pass(21_000);
  expect(one.only()?.clockOffsetMs).toBe(3_000);
  expect(one.only()?.roundTripMs).toBe(40);
  expect(one.only()?.lagMs).toBeLessThan(11_000);
  expect(one.only()?.notes).toEqual(['the clock of h1 is 3.0 s ahead: its times are wrong by as much']);
  expect(agent.relay.status().analyzers[0]?.link?.clockOffsetMs).toBe(-3_000);
  expect(agents.status().notes).toEqual([]);
});
