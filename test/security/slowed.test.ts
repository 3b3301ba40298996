import { Slowed } from '../../src/security/slowed.ts';

test('some wrong ones are free, then each costs twice the wait of the one before, up to a bound', () => {
  let now = 0;
  const slowed = new Slowed(() => now, { free: 3, addressMs: 5_000 });
  const waits = [];
  for (let tries = 0; tries < 7; tries++) {
    slowed.failed('192.0.2.1');
    const wait = slowed.waitMs('192.0.2.1');
    waits.push(wait);
    now += wait;
  }
  expect(waits).toEqual([0, 0, 1_000, 2_000, 4_000, 5_000, 5_000]);
  expect(slowed.waitMs('192.0.2.2')).toBe(0);
});

test('a name is slowed from wherever it is tried, for a shorter time; who knows the password frees it', () => {
  const slowed = new Slowed(() => 0, { free: 1 });
  for (let host = 0; host < 20; host++) slowed.failed(`192.0.2.${host}`, 'ana');
  expect(slowed.waitMs('198.51.100.1', 'ana')).toBe(30_000);
  expect(slowed.waitMs('198.51.100.1', 'ben')).toBe(0);
  slowed.succeeded('ana');
  expect(slowed.waitMs('198.51.100.1', 'ana')).toBe(0);
  expect(slowed.waitMs('192.0.2.1', 'ana')).toBeGreaterThan(0);
});

test('after an hour of quiet it is forgotten, and the table has a bound', () => {
  let now = 0;
  const slowed = new Slowed(() => now, { free: 2, rememberedMax: 2 });
  slowed.failed('a');
  now += 3_600_000;
  slowed.failed('a');
  expect(slowed.waitMs('a')).toBe(0);
  slowed.failed('a');
  expect(slowed.waitMs('a')).toBe(1_000);
  slowed.failed('b');
  slowed.failed('c');
  expect(slowed.waitMs('a')).toBe(0);
});
