/** What analyzers share is away, slow, or out of reach of one of them alone: who goes on looking, and who is told of what. */
import { Analyzer, pass, twoThatAreQuiet } from './analyzers.ts';
import { Ground, reason } from './ground.ts';

const told = (world: { readonly told: readonly { State: string; Sequence: number; ReasonData?: unknown }[] }) =>
  world.told.map(({ State, Sequence, ReasonData }) => `${State} ${Sequence}: ${ReasonData}`);

test('while what they share is away whoever had the turn goes on looking; what came and went is told when it is back, once', async () => {
  const { world, one, two } = await twoThatAreQuiet();
  const heard: string[] = [];
  one.alerts.listen(({ State, Sequence }) => heard.push(`${State} ${Sequence}`));
  for (const name of ['one', 'two']) world.cutOff.add(name);
  await pass(4_000, one, two);
  for (const found of ['a', undefined, 'b', 'c']) {
    world.found = found === undefined ? undefined : reason(found);
    for (const each of [one, two]) each.saw();
    await pass(40_000, one, two);
    expect([told(world), heard]).toEqual([[], []]);
  }
  expect([one.lease.isHeld, two.lease.isHeld]).toEqual([false, false]);
  const held = 'what is found waits, and nobody is told: nobody answers';
  expect(one.alerts.states()).toMatchObject([{ State: 'firing', Reason: 'c', Waiting: 4, DeliveryError: held }]);
  expect(one.alerts.status()).toMatchObject({ isFirst: true, held, waiting: 4 });
  expect(one.said).toEqual(['alerts cannot be kept, and wait until they can be: nobody answers']);
  const unknown = 'they are as they were last, and nobody looks here: nobody answers';
  expect(two.alerts.states()).toMatchObject([{ State: 'inactive', Error: unknown }]);
  expect(two.alerts.status()).toMatchObject({ isFirst: false, held: unknown });

  world.cutOff.clear();
  // The other comes back first.
  await pass(29_000, two, one);
  const all = ['firing 1: a', 'resolved 2: a', 'firing 1: b', 'firing 2: c'];
  expect([told(world), heard]).toEqual([all, all.map((text) => text.slice(0, -3))]);
  expect(new Set(world.told.map(({ ID }) => ID)).size).toBe(4);
  expect([one.alerts.held(), two.alerts.held()]).toEqual([undefined, undefined]);
  expect([one.lease.isHeld, one.lease.term]).toEqual([true, 1]);
  expect(two.alerts.history()).toEqual(one.alerts.history());
  expect(two.alerts.history().map(({ Told }) => Told)).toEqual(Array(4).fill('done'));
  expect(two.alerts.states()).toMatchObject([{ State: 'firing', Reason: 'c', Waiting: 0 }]);
  expect(one.said.slice(1)).toEqual(['alerts are kept again']);
});

test('who is cut off alone gives way to who is not: that one tells what it finds, and nobody tells it again', async () => {
  const { world, one, two } = await twoThatAreQuiet();
  world.cutOff.add('one');
  await pass(2_000, one, two);
  world.found = reason('a');
  for (const each of [one, two]) each.saw();
  await pass(60_000, one, two);
  // Both look, and one of them tells.
  expect(one.alerts.states()).toMatchObject([{ State: 'firing', Waiting: 1 }]);
  expect([two.lease.isHeld, told(world)]).toEqual([true, ['firing 1: a']]);
  world.cutOff.clear();
  await pass(15_000, one, two);
  expect(one.alerts.status()).toMatchObject({ isFirst: false, held: undefined, told: { done: 0, dropped: 1 } });
  expect(one.said).toContain(
    'alerts: 1 messages that waited here are not told: another went on, and tells what it finds',
  );
  expect(one.alerts.history()).toEqual(two.alerts.history());
  world.found = undefined;
  for (const each of [one, two]) each.saw();
  await pass(5_000, one, two);
  expect(told(world)).toEqual(['firing 1: a', 'resolved 2: a']);
  expect(one.alerts.states()).toMatchObject([{ State: 'inactive', Waiting: 0 }]);
});

test.each(Array.from({ length: 10 }, (_, at) => at * 20))(
  'out of reach of both, or of the first alone, %i ms after a change: it fires once and is over once, and at most one comes twice, as itself',
  async (ms) => {
    for (const away of [['one', 'two'], ['one']]) {
      const { world, one, two } = await twoThatAreQuiet();
      world.found = reason('a');
      for (const each of [one, two]) each.saw();
      await pass(ms, one, two);
      for (const name of away) world.cutOff.add(name);
      await pass(50_000, one, two);
      world.cutOff.clear();
      await pass(30_000, one, two);
      world.found = undefined;
      for (const each of [one, two]) each.saw();
      await pass(5_000, one, two);
      const ids = world.told.map(({ ID }) => ID);
      const once = [...new Set(ids)];
      expect(once.map((id) => world.told.find(({ ID }) => ID === id)?.State)).toEqual(['firing', 'resolved']);
      expect(new Set(world.told.map(({ Firing }) => Firing)).size).toBe(1);
      // Who has it back knows what was taken; another cannot know it of the last moment.
      expect(ids.length - once.length).toBeLessThanOrEqual(away.length === 1 ? 1 : 0);
      for (const { alerts } of [one, two])
        expect(alerts.history().map(({ State, Told }) => `${State} ${Told}`)).toEqual(['firing done', 'resolved done']);
    }
  },
);

test('one that is killed while what they share is away leaves it to the next to find how it is, and nothing comes twice', async () => {
  const { world, one, two } = await twoThatAreQuiet();
  world.found = reason('a');
  one.saw();
  await pass(1_000, one, two);
  for (const name of ['one', 'two']) world.cutOff.add(name);
  await pass(10_000, one, two);
  world.found = reason('b');
  for (const each of [one, two]) each.saw();
  await pass(60_000, one, two);
  // The first is dead from here on.
  world.cutOff.clear();
  await two.clock.pass(29_000);
  expect(two.lease.isHeld).toBe(false);
  await two.clock.pass(25_000);
  expect([two.lease.isHeld, told(world)]).toEqual([true, ['firing 1: a', 'firing 2: b']]);
});

test('one that begins while what they share is away does not know whose turn it is, and says so', async () => {
  const { world, one } = await twoThatAreQuiet();
  world.cutOff.add('three');
  const three = new Analyzer(world, 'three');
  three.lease.look().catch(() => undefined);
  three.alerts.start();
  await pass(100, one, three);
  expect(three.alerts.status()).toMatchObject({ isFirst: false, alerts: 0 });
  expect(three.alerts.held()).toMatch(/^they are as they were last, and nobody looks here: /);
});

test('where what they share is slow a message is told as late as it is kept, and that is said', async () => {
  const { world, one } = await twoThatAreQuiet();
  world.wayMs = 4_000;
  world.found = reason('a');
  one.saw();
  await one.clock.pass(7_900);
  expect(told(world)).toEqual([]);
  expect(one.alerts.held()).toBe('what is found waits, and nobody is told: it takes longer than 5 s to arrive');
  await one.clock.pass(10_000);
  expect(told(world)).toEqual(['firing 1: a']);
  // That it was taken is kept as slowly, and after what was asked before.
  await one.clock.pass(20_000);
  expect(one.alerts.held()).toBeUndefined();
  expect(one.said).toEqual([]);
});

test('a message is not sent before it is kept, whatever else is sent meanwhile', async () => {
  const arriving: (() => void)[] = [];
  let kept = { alerts: [], standings: [], deliveries: [], history: [] } as Ground['kept'];
  const ground = new Ground({
    kept: {
      read: () => ({ lists: kept, note: undefined }),
      write: (lists) => {
        kept = structuredClone(lists);
      },
      away: undefined,
      look: async () => undefined,
      written: () => new Promise<void>((resolve) => arriving.push(resolve)),
      changed: () => undefined,
    },
  });
  const arrive = async () => {
    for (const one of arriving.splice(0)) one();
    await ground.clock.pass(60);
  };
  await ground.clock.pass(10);
  await arrive();
  const answers: (() => void)[] = [];
  ground.answer = () => new Promise((resolve) => answers.push(() => resolve(undefined)));
  ground.create({ Name: 'first' });
  await ground.change(reason('a'));
  await arrive();
  expect(answers).toHaveLength(1);
  // While it is on its way another one fires, which is not kept when the first is taken.
  ground.create({ Name: 'second' });
  await ground.change(reason('a'));
  answers[0]?.();
  await ground.clock.pass(60);
  expect([ground.told.map(({ Name }) => Name), answers.length]).toEqual([['first'], 1]);
  await arrive();
  expect(answers).toHaveLength(2);
});
