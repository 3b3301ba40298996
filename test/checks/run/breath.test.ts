import { Breath } from '../../../src/checks/run/breath.ts';

const WORK_MS = 4;

test('those who waited for the same turn do not take all of their time before the next', async () => {
  let [now, turnedAt, longest, done] = [0, 0, 0, 0];
  const turned = () => {
    longest = Math.max(longest, now - turnedAt);
    turnedAt = now;
  };
  const breath = new Breath({
    elapsed: () => now,
    turn: () =>
      new Promise((resolve) =>
        setImmediate(() => {
          turned();
          resolve();
        }),
      ),
  });
  const worker = async () => {
    for (let piece = 0; piece < 5; piece++) {
      const waiting = breath.take();
      if (waiting !== undefined) await waiting;
      now += WORK_MS;
      done++;
    }
  };
  await Promise.all(Array.from({ length: 24 }, worker));
  turned();
  expect(done).toBe(24 * 5);
  // What is due is seen between two pieces of work, so it is one of them late at most.
  expect(longest).toBeLessThanOrEqual(5 + WORK_MS);
});
