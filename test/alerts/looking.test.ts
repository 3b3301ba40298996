/** Conditions take a share of the time together, however many and however heavy they are. */
import type { AlertsParts } from '../../src/alerts/parts.ts';
import { fakeClock } from '../std/fake-clock.ts';
import { Ground, reason } from './ground.ts';

/** A world in which looking takes time, and the processor's. */
function heavyGround(parts: Partial<AlertsParts> & { readonly lookMs: number }) {
  const fake = fakeClock();
  const spent = { ms: 0 };
  const now = () => fake.now() + spent.ms;
  const looked = new Map<string, number>();
  const told: string[] = [];
  const ground = new Ground({
    clock: { ...fake, now },
    usedMs: () => spent.ms,
    look: async (expression) => {
      if (expression.includes('heavy')) spent.ms += parts.lookMs;
      looked.set(expression, (looked.get(expression) ?? 0) + 1);
      return undefined;
    },
    log: { info: (text) => told.push(text), warn: (text) => told.push(text) },
    ...parts,
  });
  return { ground, fake, spent, now, looked, told };
}

test('many heavy conditions take a fifth of the time, each has its turn, and that they are late is told', async () => {
  const { ground, fake, spent, now, looked, told } = heavyGround({ lookMs: 50 });
  for (let n = 0; n < 40; n++) ground.create({ Expression: `G heavy ${n}`, Trigger: 'duration:1s' });
  ground.create({ Expression: 'G light', Trigger: 'duration:1s', Name: 'light' });
  const from = now();
  while (now() - from < 60_000) await fake.pass(500);
  expect(spent.ms / (now() - from)).toBeLessThan(0.25);
  expect(spent.ms / (now() - from)).toBeGreaterThan(0.15);
  expect(looked.size).toBe(41);
  const counts = [...looked.values()];
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  expect(ground.alerts.status().late).toBeGreaterThan(50);
  expect(ground.alerts.states().at(-1)?.LateMs).toBeGreaterThan(1_000);
  expect(told).toEqual([
    expect.stringMatching(/^alerts are looked at late: .* \(41 alerts; G?.* waited for [\d.]+ s\)$/),
  ]);
});

test('one that is slow holds up no other that is quick, once that is known', async () => {
  const { ground, fake, now, looked } = heavyGround({ lookMs: 2_000 });
  ground.create({ Expression: 'G heavy', Trigger: 'duration:1s' });
  ground.create({ Expression: 'G light', Trigger: 'duration:1s' });
  const from = now();
  while (now() - from < 100_000) await fake.pass(100);
  expect(looked.get('G heavy')).toBeLessThan(12);
  expect(looked.get('G light')).toBeGreaterThan(60);
});

test('those that wait for an answer hold up no others, and cost nothing', async () => {
  const fast: number[] = [];
  const ground = new Ground({
    look: (expression, signal) => {
      if (expression === 'G fast') fast.push(ground.clock.now());
      if (expression === 'G fast') return Promise.resolve(undefined);
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
    usedMs: () => 0,
  });
  for (let n = 0; n < 3; n++) ground.create({ Expression: `G slow ${n}`, Trigger: 'duration:1s' });
  ground.create({ Expression: 'G fast', Trigger: 'duration:1s' });
  for (let n = 3; n < 6; n++) ground.create({ Expression: `G slow ${n}`, Trigger: 'duration:20s' });
  await ground.clock.pass(60_500);
  expect(fast).toHaveLength(60);
  expect(ground.alerts.status().failed).toBeGreaterThan(10);
});

test('one that could not be looked at is looked at again, even if nothing changes, and says so', async () => {
  const told: string[] = [];
  const log = { info: (text: string) => told.push(text), warn: (text: string) => told.push(text) };
  const ground = new Ground({ log });
  ground.create({ Name: 'down' });
  await ground.change(new Error('the archive is away'));
  expect(ground.alerts.states()[0]?.Error).toBe('the archive is away');
  await ground.clock.pass(5_000);
  ground.found = reason('a');
  await ground.clock.pass(5_100);
  expect(ground.said()).toEqual(['firing 1: a']);
  expect(ground.alerts.states()[0]?.Error).toBeUndefined();
  expect(told).toEqual(['alert down cannot be looked at: the archive is away', 'alert down can be looked at again']);
});

test('those of one interval begin at different moments of it', async () => {
  const at: number[] = [];
  const randoms = [0.1, 0.35, 0.6, 0.85];
  const ground = new Ground({
    random: () => randoms.shift() ?? 1,
    look: async () => void at.push(ground.clock.now()) as undefined,
  });
  const from = ground.clock.now();
  for (let n = 0; n < 4; n++) ground.create({ Trigger: 'duration:10s' });
  await ground.clock.pass(11_500);
  expect(at.map((ms) => ms - from)).toEqual([1_000, 3_500, 6_000, 8_500, 11_000]);
});
