import { bell } from '../../src/std/bell.ts';

test('many rings are one answer, and none is missed', async () => {
  const door = bell();
  const { signal } = new AbortController();
  door.ring();
  door.ring();
  expect(await door.rung(signal)).toBe(true);
  const next = door.rung(signal);
  expect(await Promise.race([next, Promise.resolve('waiting')])).toBe('waiting');
  door.ring();
  expect(await next).toBe(true);
});

test('who waits is let go by the signal', async () => {
  const door = bell();
  const stop = new AbortController();
  const answer = door.rung(stop.signal);
  stop.abort();
  expect(await answer).toBe(false);
  door.ring();
  expect(await door.rung(stop.signal)).toBe(false);
});
