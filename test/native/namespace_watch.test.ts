import { jest } from '@jest/globals';
import { watchNamespaces } from '../../src/native/namespace_watch.ts';

/** A bell that rings when told, unless it waits to be armed again. */
function scripted() {
  const bell = { rung: 0, armed: true, closed: false, ring: () => {} };
  const told: number[] = [];
  const watch = watchNamespaces(
    (onRing) => {
      bell.ring = () => {
        if (!bell.armed) return;
        bell.armed = false;
        onRing();
      };
      return {
        kind: 'scripted',
        rearm: () => {
          bell.armed = true;
        },
        close: () => {
          bell.closed = true;
        },
      };
    },
    () => told.push(Date.now()),
  );
  return { bell, told, watch };
}

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
});

afterEach(() => {
  jest.useRealTimers();
});

test('a change is told at once, and once more when it has settled', () => {
  const { bell, told } = scripted();
  bell.ring();
  expect(told).toEqual([0]);
  jest.advanceTimersByTime(1000);
  expect(told).toEqual([0, 60]);
});

test('a storm is told every 10 ms, and settles once', () => {
  const { bell, told } = scripted();
  for (let ms = 0; ms < 100; ms++) {
    bell.ring();
    jest.advanceTimersByTime(1);
  }
  expect(told.length).toBe(10);
  jest.advanceTimersByTime(1000);
  expect(told.length).toBe(11);
});

test('a closed watch tells nothing, not even what was to settle', () => {
  const { bell, told, watch } = scripted();
  bell.ring();
  watch.close();
  jest.advanceTimersByTime(1000);
  expect(told).toEqual([0]);
  expect(bell).toMatchObject({ closed: true, armed: false });
});
