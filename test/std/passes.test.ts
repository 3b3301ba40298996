import { Passes } from '../../src/std/passes.ts';
import { fakeClock } from './fake-clock.ts';

function world() {
  const clock = fakeClock();
  const runs: PromiseWithResolvers<void>[] = [];
  const passes = new Passes({
    clock,
    run: () => {
      const one = Promise.withResolvers<void>();
      runs.push(one);
      return one.promise;
    },
  });
  return { clock, runs, passes };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('changes that come together make one pass, and those that come during it another', async () => {
  const { clock, runs, passes } = world();
  for (let at = 0; at < 3; at++) passes.due();
  await clock.pass(50);
  expect(runs).toHaveLength(1);
  passes.due();
  await clock.pass(1_000);
  expect(runs).toHaveLength(1);
  runs[0]?.resolve();
  await turn();
  await clock.pass(10_000);
  expect(runs).toHaveLength(2);
});

test('a pass that took long is followed by a pause that is longer', async () => {
  const { clock, runs, passes } = world();
  passes.due();
  await clock.pass(50);
  await clock.pass(100);
  runs[0]?.resolve();
  await turn();
  passes.due();
  await clock.pass(399);
  expect(runs).toHaveLength(1);
  await clock.pass(1);
  expect(runs).toHaveLength(2);
});

test('who waits until all is settled waits for a pass that began after the asking', async () => {
  const { clock, runs, passes } = world();
  passes.due();
  await clock.pass(50);
  let isSettled = false;
  const settled = passes.settled().then(() => {
    isSettled = true;
  });
  runs[0]?.resolve();
  await turn();
  expect([runs.length, isSettled]).toEqual([2, false]);
  runs[1]?.resolve();
  await settled;
  expect(isSettled).toBe(true);
});

test('after the end nothing begins any more', async () => {
  const { clock, runs, passes } = world();
  passes.due();
  await passes.stop();
  passes.due();
  await clock.pass(1_000);
  await passes.settled();
  expect(runs).toEqual([]);
});
