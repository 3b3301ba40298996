import { fakeClock } from '../../std/fake-clock.ts';
import { aFlow, anAgent, anAnalyzer } from '../two-sides.ts';

test('what an agent learns is in the graph and the archive of its home, and leaves its spool', async () => {
  const clock = fakeClock();
  const one = anAnalyzer(clock);
  const agent = anAgent(clock, { dialers: [one.dialer()] });
  agent.relay.start();
  agent.node('a');
  agent.outbox.flows([aFlow('f1')]);
  await clock.pass(1_000);
  expect(agent.relay.home).toBe('one');
  expect(one.alive()).toEqual(['a']);
  expect(one.archive.names()).toEqual(['a@1000000#1']);
  expect(one.archive.flowIds()).toEqual(['f1']);
  expect(agent.spool.batches).toEqual([]);
});

test('what is learned while no analyzer is there waits, and is told once one is', async () => {
  const clock = fakeClock();
  const one = anAnalyzer(clock);
  one.isUp = false;
  const agent = anAgent(clock, { dialers: [one.dialer()] });
  agent.relay.start();
  agent.node('a');
  await clock.pass(60_000);
  expect(agent.relay.home).toBeUndefined();
  expect(agent.relay.status().notes).toContain('no analyzer keeps what is told here: it waits in the spool');
  one.isUp = true;
  await clock.pass(40_000);
  expect(one.alive()).toEqual(['a']);
  expect(agent.spool.batches).toEqual([]);
});

test('the first in order is the home, the others mirror the topology and keep nothing', async () => {
  const clock = fakeClock();
  const one = anAnalyzer(clock);
  const two = anAnalyzer(clock, { name: 'two' });
  const agent = anAgent(clock, { dialers: [one.dialer(), two.dialer()] });
  agent.relay.start();
  agent.node('a');
  await clock.pass(1_000);
  agent.node('b');
  agent.outbox.flows([aFlow('f1')]);
  await clock.pass(1_000);
  expect(agent.relay.status().analyzers.map(({ role }) => role)).toEqual(['home', 'mirror']);
  expect(two.alive()).toEqual(['a', 'b']);
  expect(two.archive.appends).toBe(0);
  expect(two.only()).toMatchObject({ role: 'mirror', state: 'connected' });
});

test('a home that is lost has the next in its place; it is not taken back before that one is lost', async () => {
  const clock = fakeClock();
  const one = anAnalyzer(clock);
  const two = anAnalyzer(clock, { name: 'two' });
  const agent = anAgent(clock, { dialers: [one.dialer(), two.dialer()] });
  agent.relay.start();
  await clock.pass(1_000);
  one.isUp = false;
  one.cut();
  agent.node('a');
  await clock.pass(1_000);
  expect(agent.relay.home).toBe('two');
  expect(two.archive.names()).toEqual(['a@1001000#1']);
  one.isUp = true;
  await clock.pass(60_000);
  expect(agent.relay.home).toBe('two');
  expect(agent.relay.status().analyzers.map(({ role }) => role)).toEqual(['mirror', 'home']);
  two.isUp = false;
  two.cut();
  await clock.pass(1_000);
  expect(agent.relay.home).toBe('one');
});

test('what the lost home had not kept is archived by the next, though it has mirrored it already', async () => {
  const clock = fakeClock();
  const one = anAnalyzer(clock);
  const two = anAnalyzer(clock, { name: 'two' });
  const agent = anAgent(clock, { dialers: [one.dialer(), two.dialer()] });
  agent.relay.start();
  agent.node('a', { n: 1 });
  agent.node('b');
  await clock.pass(1_000);
  one.archive.goAway();
  agent.node('a', { n: 2 });
  await clock.pass(1_000);
  agent.node('a', { n: 3 });
  agent.apply({ kind: 'gone', id: 'b' });
  await clock.pass(1_000);
  expect(two.alive()).toEqual(['a']);
  one.isUp = false;
  one.cut();
  await clock.pass(1_000);
  const kept = [...one.archive.names(), ...two.archive.names()];
  expect(new Set(kept)).toEqual(
    new Set(['a@1000000#1', 'b@1000000#1', 'a@1000000#2', 'a@1000000#3', 'b ended 1002000']),
  );
  const last = [...two.archive.batches.values()].flatMap(({ events }) => events).map(({ element }) => element.metadata);
  expect(last).toEqual(expect.arrayContaining([{ n: 2 }, { n: 3 }]));
  expect(two.only()?.taken.unresolved).toBe(0);
});

test('analyzers of one rank are tried in an order of chance', () => {
  const clock = fakeClock();
  const dialers = ['a', 'b', 'c'].map((name) => anAnalyzer(clock, { name }).dialer());
  const chances = [0.9, 0.1, 0.5];
  const { relay } = anAgent(clock, {
    dialers,
    analyzers: dialers.map((dialer, i) => ({ dialer, rank: i === 2 ? 0 : 1 })),
    random: () => chances.shift() ?? 0,
  });
  expect(relay.status().analyzers.map(({ name }) => name)).toEqual(['c', 'b', 'a']);
});

test('a final refusal is said once, and tried again about once a minute', async () => {
  const clock = fakeClock();
  const one = anAnalyzer(clock, { visitor: { refusal: 'no such token' } });
  const agent = anAgent(clock, { dialers: [one.dialer()] });
  agent.relay.start();
  await clock.pass(300_000);
  expect(agent.log.lines).toEqual(['one: no such token; tried again once a minute']);
  expect(one.agents.status().refusals.token).toBe(one.links.length);
  expect(one.links.length).toBeGreaterThan(2);
  expect(one.links.length).toBeLessThan(7);
});

test('a link that says nothing is given up after three beats, by both sides', async () => {
  const clock = fakeClock();
  const one = anAnalyzer(clock);
  const agent = anAgent(clock, { dialers: [one.dialer()] });
  agent.relay.start();
  await clock.pass(1_000);
  one.links.at(-1)?.silence();
  one.isUp = false;
  await clock.pass(21_000);
  expect(agent.relay.home).toBeUndefined();
  expect(agent.relay.status().analyzers[0]?.lastEnd).toBeDefined();
  expect(one.only()?.state).toBe('away');
  expect(agent.log.lines.some((line) => line.includes('silent for 15 s'))).toBe(true);
});

test('an analyzer that never says welcome is given up', async () => {
  const clock = fakeClock();
  const one = anAnalyzer(clock);
  const two = anAnalyzer(clock, { name: 'two' });
  const agent = anAgent(clock, { dialers: [one.dialer({ fate: () => [] }), two.dialer()] });
  agent.relay.start();
  await clock.pass(9_000);
  expect(agent.relay.home).toBeUndefined();
  await clock.pass(2_000);
  expect(agent.relay.home).toBe('two');
});

test('an agent that has lost batches for lack of room goes on behind the gap', async () => {
  const clock = fakeClock();
  const one = anAnalyzer(clock);
  one.isUp = false;
  const agent = anAgent(clock, { dialers: [one.dialer()] });
  for (const id of ['a', 'b', 'c']) {
    agent.node(id);
    agent.outbox.flush();
  }
  agent.spool.loseFirst(1);
  agent.relay.start();
  one.isUp = true;
  await clock.pass(5_000);
  // The whole picture that a new analyzer asks for brings what is alive.
  expect(one.alive().toSorted()).toEqual(['a', 'b', 'c']);
  expect(one.archive.names()).toEqual(['a@1000000#1', 'b@1000000#1', 'c@1000000#1']);
  expect(agent.spool.batches).toEqual([]);
});

test('a disk that was set back to an older state is noticed before anything is taken for known', async () => {
  const clock = fakeClock();
  const one = anAnalyzer(clock);
  const first = anAgent(clock, { dialers: [one.dialer()] });
  first.relay.start();
  first.node('a');
  await clock.pass(1_000);
  first.relay.stop();
  await clock.pass(1_000);
  const again = anAgent(clock, { dialers: [one.dialer()] });
  again.relay.start();
  await clock.pass(1_000);
  expect(again.relay.home).toBeUndefined();
  expect(again.relay.status().notes.join()).toContain('the disk of this agent was set back; remove its spool');
});

test('what is to be done an agent is told by its home alone; questions it answers to all', async () => {
  const clock = fakeClock();
  const one = anAnalyzer(clock);
  const two = anAnalyzer(clock, { name: 'two' });
  const done: unknown[] = [];
  const handlers = {
    captures: async (body: unknown) => ({ body: done.push(body) }),
    status: async () => ({ body: 'fine' }),
  };
  const agent = anAgent(clock, { dialers: [one.dialer(), two.dialer()], handlers, orders: ['captures'] });
  agent.relay.start();
  await clock.pass(1_000);
  const ask = async ({ agents }: typeof one, what: string) => {
    const answer = bodies(agents.ask('agent-1', what, what)).catch((error: Error) => error.message);
    await clock.pass(100);
    return answer;
  };
  expect([one, two].map(({ agents }) => agents.connected()[0]?.isHome)).toEqual([true, false]);
  expect(await ask(one, 'captures')).toEqual([1]);
  expect(await ask(two, 'captures')).toMatch('another analyzer tells this agent what to do: its home');
  expect(await ask(two, 'status')).toEqual(['fine']);
  // Its home is gone: the other has the say.
  one.isUp = false;
  one.cut();
  await clock.pass(5_000);
  expect(two.agents.connected()[0]?.isHome).toBe(true);
  expect(await ask(two, 'captures')).toEqual([2]);
});

async function bodies(parts: AsyncIterable<{ readonly body?: unknown }>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const { body } of parts) all.push(body);
  return all;
}
