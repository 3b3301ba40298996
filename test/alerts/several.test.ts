/** Two analyzers that share their alerts, one of which is killed at any moment of telling something. */
import { pass, twoThatAreQuiet } from './analyzers.ts';
import { reason } from './ground.ts';

test.each(Array.from({ length: 18 }, (_, at) => at * 10))(
  'the first is killed %i ms after a change: it fires once and is over once, nothing is lost, and at most one comes twice, as itself',
  async (ms) => {
    const { world, one, two } = await twoThatAreQuiet();
    world.found = reason('a');
    one.saw();
    two.saw();
    await pass(ms, one, two);
    // The first is dead from here on.
    await two.clock.pass(45_000);
    expect(two.lease.isHeld).toBe(true);
    expect(two.alerts.states()).toMatchObject([{ State: 'firing', Waiting: 0 }]);
    world.found = undefined;
    two.saw();
    await two.clock.pass(1_000);
    const ids = world.told.map(({ ID }) => ID);
    const once = [...new Set(ids)];
    expect(once.map((id) => world.told.find(({ ID }) => ID === id)?.State)).toEqual(['firing', 'resolved']);
    expect(new Set(world.told.map(({ Firing }) => Firing)).size).toBe(1);
    expect(ids.length - once.length).toBeLessThanOrEqual(1);
    expect(two.alerts.history().map(({ State, Told }) => `${State} ${Told}`)).toEqual(['firing done', 'resolved done']);
  },
);

test('why one cannot be looked at, and why nobody was told, is known at the other too', async () => {
  const { world, one, two } = await twoThatAreQuiet();
  world.refusal = new Error('answered with status 500');
  world.found = reason('a');
  one.saw();
  await pass(200, one);
  world.found = new Error('the archive is away');
  one.saw();
  await pass(200, one);
  await two.clock.pass(3_000);
  const known = {
    State: 'firing',
    Error: 'the archive is away',
    Waiting: 1,
    DeliveryError: 'answered with status 500',
  };
  expect(one.alerts.states()).toMatchObject([known]);
  expect(two.alerts.states()).toMatchObject([known]);
  expect(two.alerts.status().failing).toBe(1);
});

test('one that stood still while another went on says nothing more when it is awake again', async () => {
  const { world, one, two } = await twoThatAreQuiet();
  await two.clock.pass(45_000);
  world.found = reason('a');
  two.saw();
  await two.clock.pass(1_000);
  expect(world.told).toHaveLength(1);
  // It does not know yet that it is not the first any more.
  one.asleepMs = two.clock.now() - one.clock.now();
  one.saw();
  await pass(8_000, one, two);
  expect([one.lease.isHeld, two.lease.isHeld]).toEqual([false, true]);
  expect(world.told).toHaveLength(1);
});

test('one that goes in an orderly way leaves nothing behind for the next to say anew', async () => {
  const { world, one, two } = await twoThatAreQuiet();
  world.found = reason('a');
  one.saw();
  await pass(60, one, two);
  const gone = one.alerts.stop().then(() => one.lease[Symbol.asyncDispose]());
  await one.clock.pass(5_000);
  await gone;
  // The next one goes on at once, before it has heard of what happened last.
  const [firing] = two.alerts.history();
  expect(firing).toBeUndefined();
  const taken = two.lease.look();
  await two.clock.pass(60);
  await taken;
  expect(two.lease.isHeld).toBe(true);
  expect(two.alerts.states()).toMatchObject([{ State: 'firing' }]);
  expect(world.told.map(({ State, Sequence }) => `${State} ${Sequence}`)).toEqual(['firing 1']);
});
