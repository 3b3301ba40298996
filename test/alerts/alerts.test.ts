/** Standing conditions: when they fire, when they are over, who is told, and what is kept over a restart. */
import { defaultLimits } from '../../src/alerts/alert.ts';
import { newAlertShape } from '../../src/contract/alert.ts';
import { Mistake, mistake } from '../../src/std/mistake.ts';
import { Ground, reason } from './ground.ts';

test('a condition that holds fires once, again when its reason is another, and is resolved when it holds no more', async () => {
  const ground = new Ground();
  ground.create();
  await ground.change(reason('a'));
  await ground.change(reason('a'));
  await ground.clock.pass(2_000);
  await ground.change(reason('a b'));
  await ground.change(undefined);
  await ground.change(undefined);
  expect(ground.said()).toEqual(['firing 1: a', 'firing 2: a b', 'resolved 3: a b']);
  expect(new Set(ground.told.map(({ Firing }) => Firing)).size).toBe(1);
  await ground.change(reason('a'));
  expect(ground.said().at(-1)).toBe('firing 1: a');
  expect(new Set(ground.told.map(({ Firing }) => Firing)).size).toBe(2);
  expect(ground.alerts.status()).toMatchObject({ fired: 2, resolved: 1, firing: 1, told: { done: 4 } });
});

test('one that is true when it is made fires without a change of the graph', async () => {
  const ground = new Ground();
  ground.found = reason('a');
  ground.create();
  await ground.clock.pass(60);
  expect(ground.said()).toEqual(['firing 1: a']);
});

test('with a time to hold for it waits, and what ends before that was nothing', async () => {
  const ground = new Ground();
  const id = ground.create({ For: '10s' });
  const state = () => ground.alerts.states().find(({ Alert }) => Alert.UUID === id)?.State;
  await ground.change(reason('a'));
  expect(state()).toBe('pending');
  await ground.clock.pass(5_000);
  await ground.change(undefined);
  expect(state()).toBe('inactive');
  await ground.change(reason('b'));
  await ground.clock.pass(10_100);
  expect(state()).toBe('firing');
  expect(ground.said()).toEqual(['firing 1: b']);
});

test('with a time to keep it is resolved only when it has been over for so long', async () => {
  const ground = new Ground();
  ground.create({ KeepFor: '10s' });
  await ground.change(reason('a'));
  await ground.change(undefined);
  await ground.clock.pass(5_000);
  await ground.change(reason('a'));
  await ground.clock.pass(20_000);
  expect(ground.said()).toEqual(['firing 1: a']);
  await ground.change(undefined);
  await ground.clock.pass(10_100);
  expect(ground.said()).toEqual(['firing 1: a', 'resolved 2: a']);
});

test('an interval is looked at again and again, and a change of the graph is nothing to it', async () => {
  const ground = new Ground();
  ground.create({ Trigger: 'duration:+1s' });
  await ground.change(reason('a'));
  expect(ground.looks).toBe(0);
  await ground.clock.pass(3_000);
  expect(ground.looks).toBe(3);
  expect(ground.said()).toEqual(['firing 1: a']);
});

test('a reason that changes all the time is told once a second', async () => {
  const ground = new Ground();
  ground.create();
  for (let i = 0; i < 50; i++) await ground.change(reason(`${i}`));
  await ground.clock.pass(2_000);
  expect(ground.told.length).toBeLessThanOrEqual(6);
  expect(ground.said().at(-1)).toMatch(/: 49$/);
});

test('what cannot be looked at stays as it was, and says why once', async () => {
  const ground = new Ground();
  const id = ground.create();
  await ground.change(reason('a'));
  await ground.change(new Error('the archive is away'));
  await ground.change(new Error('the archive is away'));
  const state = ground.alerts.states().find(({ Alert }) => Alert.UUID === id);
  expect(state).toMatchObject({ State: 'firing', Error: 'the archive is away' });
  expect(ground.said()).toEqual(['firing 1: a']);
  expect(ground.warnings).toHaveLength(1);
  await ground.change(undefined);
  expect(ground.said().at(-1)).toBe('resolved 2: a');
});

test('a look that takes too long is called off', async () => {
  const signals: AbortSignal[] = [];
  const ground = new Ground({
    look: (_, signal) => {
      signals.push(signal);
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
  });
  ground.create({ Trigger: 'duration:1s' });
  await ground.clock.pass(12_000);
  expect(signals[0]?.aborted).toBe(true);
  expect(ground.alerts.states()[0]?.Error).toBe('it took more than 10 s to look');
});

test('who does not answer is told again with growing pauses, in order, under the same id, and once it was taken never again', async () => {
  const ground = new Ground();
  const tried: string[] = [];
  let isAway = true;
  ground.answer = (_, { ID, State }) => {
    tried.push(`${State} ${ID}`);
    return isAway ? new Error('ECONNREFUSED') : undefined;
  };
  ground.create();
  await ground.change(reason('a'));
  await ground.change(undefined);
  await ground.clock.pass(60_000);
  expect(tried.length).toBeGreaterThan(3);
  expect(tried.length).toBeLessThan(10);
  expect(new Set(tried).size).toBe(1);
  expect(ground.alerts.states()[0]).toMatchObject({ Waiting: 2, DeliveryError: 'ECONNREFUSED' });
  isAway = false;
  await ground.clock.pass(600_000);
  expect(ground.said()).toEqual(['firing 1: a', 'resolved 2: a']);
  const before = tried.length;
  await ground.clock.pass(3_600_000);
  expect(tried).toHaveLength(before);
  expect(ground.alerts.history().map(({ State, Told }) => `${State} ${Told}`)).toEqual([
    'firing done',
    'resolved done',
  ]);
});

test('what is refused for good is given up after a few tries, and said so', async () => {
  const ground = new Ground();
  ground.answer = () => mistake('alert.refused', 'refused with status 404');
  ground.create();
  await ground.change(reason('a'));
  await ground.clock.pass(3_600_000);
  expect(ground.alerts.history()).toMatchObject([{ Told: 'failed', Note: 'refused with status 404' }]);
  expect(ground.alerts.status()).toMatchObject({ waiting: 0, told: { failed: 1 } });
});

test('one that hangs holds up only itself', async () => {
  const ground = new Ground();
  ground.answer = ({ kind }) => (kind === 'log' ? undefined : new Promise(() => undefined));
  ground.create();
  ground.create({ Action: 'log://network' });
  await ground.change(reason('a'));
  expect(ground.said()).toEqual(['firing 1: a']);
});

test('after a restart what fires still fires, what was told is not told again, and what waited is', async () => {
  const ground = new Ground();
  ground.create({ Name: 'told' });
  await ground.change(reason('a'));
  ground.answer = () => new Error('ECONNREFUSED');
  await ground.clock.pass(1_000);
  await ground.change(reason('b'));
  expect(ground.said()).toEqual(['firing 1: a']);
  ground.answer = () => undefined;
  await ground.restart();
  await ground.clock.pass(100);
  expect(ground.said()).toEqual(['firing 1: a', 'firing 2: b']);
  expect(ground.alerts.states()).toMatchObject([{ State: 'firing', Alert: { Name: 'told' } }]);
  await ground.change(undefined);
  expect(ground.said().at(-1)).toBe('resolved 3: b');
});

test('more messages than may wait: the oldest give way, are counted and said', async () => {
  const ground = new Ground({ limits: { ...defaultLimits, waiting: 3 } });
  ground.answer = () => new Error('ECONNREFUSED');
  ground.create();
  for (let i = 0; i < 3; i++) {
    await ground.change(reason('a'));
    await ground.change(undefined);
  }
  expect(ground.alerts.status()).toMatchObject({ waiting: 3, told: { dropped: 3 } });
  expect(ground.alerts.history().filter(({ Told }) => Told === 'failed')).toHaveLength(3);
});

test('while it is silenced nobody is told, and what happened is known', async () => {
  const ground = new Ground();
  ground.create({ SilencedUntil: new Date(ground.clock.now() + 60_000).toISOString() });
  await ground.change(reason('a'));
  expect(ground.said()).toEqual([]);
  expect(ground.alerts.history()).toMatchObject([{ State: 'firing', Told: 'silenced' }]);
  await ground.clock.pass(60_000);
  await ground.change(undefined);
  expect(ground.said()).toEqual(['resolved 2: a']);
});

test('a deleted one is looked at no more, and what it had to say is not said', async () => {
  const ground = new Ground();
  ground.answer = () => new Error('ECONNREFUSED');
  const id = ground.create();
  await ground.change(reason('a'));
  expect(ground.alerts.delete(id)).toBe(true);
  expect(ground.alerts.delete(id)).toBe(false);
  ground.answer = () => undefined;
  await ground.clock.pass(600_000);
  expect(ground.said()).toEqual([]);
  expect(ground.kept).toMatchObject({ alerts: [], standings: [] });
});

test('of several servers only one looks and tells, and the next goes on where it was', async () => {
  const ground = new Ground();
  ground.create();
  await ground.change(reason('a'));
  const heard: string[] = [];
  const other = new Ground();
  other.isFirst = false;
  other.alerts.setFirst();
  other.alerts.listen(({ ID, State, ReasonData }) => heard.push(`${State} ${ID} ${ReasonData}`));
  other.kept = ground.kept;
  other.alerts.replace(ground.kept);
  expect(heard).toEqual([`firing ${ground.told[0]?.ID} a`]);
  await other.change(reason('b'));
  expect(other.looks).toBe(0);
  other.isFirst = true;
  other.alerts.setFirst();
  await other.change(reason('a'));
  expect(other.looks).toBeGreaterThan(0);
  expect(other.said()).toEqual([]);
  await other.change(undefined);
  expect(other.said()).toEqual(['resolved 2: a']);
});

test('a server that begins while another looks knows how they stand', async () => {
  const ground = new Ground();
  ground.create();
  await ground.change(reason('a'));
  ground.isFirst = false;
  await ground.restart();
  expect(ground.alerts.states()).toMatchObject([{ State: 'firing', Reason: 'a' }]);
  expect(ground.alerts.history()).toHaveLength(1);
  expect(ground.said()).toEqual(['firing 1: a']);
});

test('all that is wrong with an alert is said at once, and nothing is kept that is not', () => {
  const ground = new Ground();
  const asked = newAlertShape.parse({ Expression: 'nonsense', Trigger: 'daily', Action: 'ftp://example.org/' });
  let faults: readonly { readonly code: string }[] = [];
  try {
    ground.alerts.create(asked);
  } catch (error) {
    if (error instanceof Mistake) faults = error.faults;
  }
  expect(faults.map(({ code }) => code)).toEqual(['alert.trigger', 'alert.action', 'query.bad']);
  ground.writeFault = new Error('no space left');
  expect(() => ground.create()).toThrow('no space left');
  expect(ground.alerts.list()).toEqual([]);
});

test('there is a bound on how many there are', () => {
  const ground = new Ground({ limits: { ...defaultLimits, alerts: 2 } });
  ground.create();
  ground.create();
  expect(() => ground.create()).toThrow('there are 2 alerts already');
});

test('a server that hangs takes not all the room: who else is to be told is, however many wait for it', async () => {
  const ground = new Ground();
  let hanging = 0;
  ground.answer = (action) => {
    if (action.kind !== 'webhook' || action.url.host !== 'hangs.example.org') return undefined;
    hanging++;
    return new Promise(() => undefined);
  };
  for (let n = 0; n < 30; n++) ground.create({ Action: `https://hangs.example.org/${n}` });
  ground.create({ Action: 'https://answers.example.org/' });
  await ground.change(reason('a'));
  await ground.clock.pass(100);
  expect(ground.said()).toEqual(['firing 1: a']);
  expect(hanging).toBe(4);
});

test('of an alert that is deleted what is on its way comes to its end, is not tried again, and is known', async () => {
  const ground = new Ground();
  const answers: PromiseWithResolvers<undefined>[] = [];
  ground.answer = () => {
    const answer = Promise.withResolvers<undefined>();
    answers.push(answer);
    return answer.promise;
  };
  const [taken, refused] = [ground.create({ Name: 'taken' }), ground.create({ Name: 'refused' })];
  await ground.change(reason('a'));
  await ground.clock.pass(1_000);
  await ground.change(reason('b'));
  expect(answers).toHaveLength(2);
  for (const id of [taken, refused]) ground.alerts.delete(id);
  answers[0]?.resolve(undefined);
  answers[1]?.reject(new Error('answered with status 500'));
  await ground.clock.pass(600_000);
  expect(answers).toHaveLength(2);
  const known = ground.alerts.history().map(({ Name, Told, Note }) => `${Name} ${Told} ${Note ?? ''}`.trim());
  expect(known.toSorted()).toEqual([
    'refused failed the alert was deleted',
    'refused failed the alert was deleted',
    'taken done',
    'taken failed the alert was deleted',
  ]);
  expect(ground.kept).toMatchObject({ alerts: [], deliveries: [], history: ground.alerts.history() });
  expect(ground.alerts.status()).toMatchObject({ told: { done: 1, dropped: 3, retried: 0 }, waiting: 0 });
});

test('messages that wait are bounded in what they hold, too', async () => {
  const ground = new Ground({ limits: { ...defaultLimits, waitingChars: 5_000 } });
  ground.answer = () => new Error('ECONNREFUSED');
  for (let n = 0; n < 6; n++) ground.create({ Name: `n${n}` });
  await ground.change({ ...reason('a'), data: 'x'.repeat(1_500) });
  await ground.clock.pass(100);
  expect(ground.kept.deliveries).toHaveLength(2);
  expect(ground.alerts.status().told.dropped).toBe(4);
});

test('what a reason holds is kept in part while it lasts, and told whole', async () => {
  const ground = new Ground();
  ground.create();
  const data = Array.from({ length: 100 }, (_, at) => ({ ID: `${at}`, Text: 'x'.repeat(200) }));
  await ground.change({ key: 'a', text: '100 nodes', data });
  expect(ground.told[0]?.ReasonData).toHaveLength(100);
  expect(JSON.stringify(ground.kept.standings).length).toBeLessThan(5_000);
  await ground.restart();
  await ground.change(undefined);
  expect(ground.told[1]).toMatchObject({ State: 'resolved', ReasonCount: 100 });
  expect(ground.told[1]?.ReasonData).toEqual(data.slice(0, 12));
});

test('what cannot be kept is told all the same, said once, and kept when it can be', async () => {
  const said: string[] = [];
  const log = { info: (text: string) => said.push(text), warn: (text: string) => said.push(text) };
  const ground = new Ground({ log });
  ground.create();
  ground.writeFault = new Error('no space left');
  await ground.change(reason('a'));
  await ground.clock.pass(12_000);
  expect(ground.said()).toEqual(['firing 1: a']);
  expect(ground.kept.standings).toEqual([]);
  ground.writeFault = undefined;
  await ground.clock.pass(5_000);
  expect(ground.kept.standings).toMatchObject([{ State: 'firing' }]);
  expect(said).toEqual(['alerts cannot be kept, and are told all the same: no space left', 'alerts are kept again']);
});
