import { fakeClock } from '../../std/fake-clock.ts';
import { HELLO, nodeVersion, speaker } from '../said.ts';
import { anAnalyzer } from '../two-sides.ts';

test('who can speak a version that is spoken here is welcome, in the newest that both know', async () => {
  const clock = fakeClock();
  const { agents } = anAnalyzer(clock, { versions: { min: 2, max: 4 } });
  const agent = speaker(agents, clock);
  agent.say({ ...HELLO, versions: { min: 1, max: 3 } });
  await clock.pass(10);
  expect(agent.of('welcome')).toMatchObject([{ version: 3, kept: 0, wants: { graph: true, sockets: true } }]);
});

test('who speaks too old or too new a version is told which one of the two is to be brought up to date', async () => {
  const clock = fakeClock();
  const { agents } = anAnalyzer(clock, { versions: { min: 2, max: 4 } });
  const agent = speaker(agents, clock);
  agent.say({ ...HELLO, software: 'skein 0.1' });
  await clock.pass(10);
  const message =
    'skein 0.1 speaks versions 1 to 1 of the protocol, analyzer one (skein 1) 2 to 4: bring the older of them up to date';
  expect(agent.heard).toEqual([{ kind: 'refusal', code: 'version', message, isFinal: true }]);
  expect(agent.end).toBe(message);
});

test('a copy of an agent that is there is refused, naming both; the first stays', async () => {
  const clock = fakeClock();
  const { agents, log } = anAnalyzer(clock);
  const first = speaker(agents, clock);
  first.say(HELLO);
  await clock.pass(10);
  const copy = speaker(agents, clock, { remote: '10.0.0.2:7' });
  copy.say({ ...HELLO, run: 'run-2', host: 'h2' });
  await clock.pass(10);
  const sentence =
    'agent agent-1 is there twice: on h1 (10.0.0.1:1), and on h2 (10.0.0.2:7), which is refused; if one is a copy of the other, remove the file with its id';
  expect(copy.heard).toEqual([{ kind: 'refusal', code: 'copy', message: sentence, isFinal: false }]);
  expect(first.end).toBeUndefined();
  expect(log.lines).toContain(sentence);
  expect(agents.status().notes).toEqual([sentence]);
});

test('the next run of an agent is no copy once the one before is given up', async () => {
  const clock = fakeClock();
  const { agents } = anAnalyzer(clock);
  const first = speaker(agents, clock);
  first.say(HELLO);
  first.silence();
  await clock.pass(10);
  first.silence();
  await clock.pass(20_000);
  const second = speaker(agents, clock);
  second.say({ ...HELLO, run: 'run-2' });
  await clock.pass(10);
  expect(second.of('welcome')).toHaveLength(1);
});

test('a newer connection of the same run takes the place of the one before', async () => {
  const clock = fakeClock();
  const { agents } = anAnalyzer(clock);
  const first = speaker(agents, clock);
  first.say(HELLO);
  await clock.pass(10);
  const second = speaker(agents, clock);
  second.say(HELLO);
  await clock.pass(10);
  expect(second.of('welcome')).toHaveLength(1);
  expect(first.end).toBe('replaced by a newer connection of the same agent');
  expect(agents.status()).toMatchObject({ connected: 1, away: 0 });
});

test('a second agent on a host is refused while the first is there, and in its place when it is not', async () => {
  const clock = fakeClock();
  const { agents, log } = anAnalyzer(clock);
  const first = speaker(agents, clock);
  first.say(HELLO);
  await clock.pass(10);
  const second = speaker(agents, clock, { remote: '10.0.0.2:7' });
  second.say({ ...HELLO, agent: 'agent-2' });
  await clock.pass(10);
  const message = 'host h1 has an agent already: agent-1 (10.0.0.1:1); agent-2 (10.0.0.2:7) is refused';
  expect(second.heard).toEqual([{ kind: 'refusal', code: 'host-taken', message, isFinal: false }]);
  first.cut();
  await clock.pass(10);
  const third = speaker(agents, clock);
  third.say({ ...HELLO, agent: 'agent-2', spool: 'spool-2' });
  await clock.pass(10);
  expect(third.of('welcome')).toHaveLength(1);
  expect(agents.status().agents.map(({ agent }) => agent)).toEqual(['agent-2']);
  expect(log.lines).toContain('host h1 has a new agent: agent-2 in place of agent-1, which is away');
});

test('a host with a new name: it is said, and what was told under the old one is closed', async () => {
  const clock = fakeClock();
  const { agents, log, alive, archive } = anAnalyzer(clock);
  const before = speaker(agents, clock);
  before.say(HELLO);
  before.batch(1, { graph: [nodeVersion('a', 500)], isWholeGraph: true });
  await clock.pass(10);
  before.cut();
  await clock.pass(1_000);
  const after = speaker(agents, clock);
  after.say({ ...HELLO, run: 'run-2', host: 'h2' });
  await clock.pass(10);
  expect(after.of('welcome')).toMatchObject([{ kept: 1, wants: { graph: true } }]);
  expect(log.lines).toContain('host h1 is called h2 now (agent agent-1): what was told as h1 is closed');
  expect(alive()).toEqual([]);
  expect(archive.names()).toEqual(['a ended 1000000', 'a@500#1']);
  expect(agents.status().agents).toMatchObject([{ host: 'h2', origin: 'agent.h2', state: 'connected' }]);
});

test.each([
  ['a token that is none', { refusal: 'no such token' }, 'no such token'],
  ['a token of another host', { refuses: () => 'this token is of h9' }, 'this token is of h9'],
])('%s is refused for good', async (_, visitor, message) => {
  const clock = fakeClock();
  const { agents } = anAnalyzer(clock);
  const agent = speaker(agents, clock, visitor);
  agent.say(HELLO);
  await clock.pass(10);
  expect(agent.heard).toEqual([{ kind: 'refusal', code: 'token', message, isFinal: true }]);
  expect(agents.status().agents).toEqual([]);
});

test('more agents than are taken are refused, those that are known come in again', async () => {
  const clock = fakeClock();
  const { agents } = anAnalyzer(clock, { connectedMax: 1 });
  const first = speaker(agents, clock);
  first.say(HELLO);
  await clock.pass(10);
  const second = speaker(agents, clock);
  second.say({ ...HELLO, agent: 'agent-2', host: 'h2', spool: 'spool-2' });
  const again = speaker(agents, clock);
  again.say(HELLO);
  await clock.pass(10);
  expect(second.of('refusal')).toMatchObject([{ code: 'full', isFinal: false }]);
  expect(again.of('welcome')).toHaveLength(1);
});

test.each([
  ['without a name', { ...HELLO, agent: '' }],
  ['a beat first', { kind: 'beat', sentAt: 1 } as const],
])('what is no hello is refused: %s', async (_, message) => {
  const clock = fakeClock();
  const { agents } = anAnalyzer(clock);
  const agent = speaker(agents, clock);
  agent.say(message);
  await clock.pass(10);
  expect(agent.of('refusal')).toMatchObject([{ code: 'protocol' }]);
  expect(agent.end).toBeDefined();
});

test('who says nothing is sent away', async () => {
  const clock = fakeClock();
  const { agents } = anAnalyzer(clock);
  const agent = speaker(agents, clock);
  await clock.pass(11_000);
  expect(agent.end).toBe('no hello within 10 s');
});

test('an analyzer that stops says so to all, and to those who come then', async () => {
  const clock = fakeClock();
  const { agents } = anAnalyzer(clock);
  const first = speaker(agents, clock);
  first.say(HELLO);
  await clock.pass(10);
  const stopped = agents.stop();
  const second = speaker(agents, clock);
  await clock.pass(10);
  await stopped;
  expect(first.of('refusal')).toMatchObject([{ code: 'stopping', isFinal: false }]);
  expect(second.of('refusal')).toMatchObject([{ code: 'stopping', isFinal: false }]);
});

test.each(['web1\nalert: all is well', 'web1\u001b[2J', 'web1\u202e', 'w'.repeat(257)])(
  'a name that would write more than itself into a log is refused',
  async (host) => {
    const clock = fakeClock();
    const { agents, log } = anAnalyzer(clock);
    const agent = speaker(agents, clock);
    agent.say({ ...HELLO, host });
    await clock.pass(10);
    expect(agent.heard).toMatchObject([
      { kind: 'refusal', code: 'protocol', message: expect.stringMatching(/^the host in a hello has /) },
    ]);
    expect(log.lines).toEqual([]);
    expect(agents.status().agents).toEqual([]);
  },
);
