/**
 * Fleets with faults, by seed: SEEDS=1000 runs so many, SEED=17 one of them again, with all that happened in it.
 */
import { FAULTS, type FaultKind } from './faults.ts';
import { MUTATIONS, type Mutation } from './mutations.ts';
import { simulate } from './simulate.ts';

const { SEED, SEEDS = '100', FROM = '1' } = process.env;

test('whatever happens to a fleet, what was told is kept once, shown everywhere, and losses are said', async () => {
  const seeds = SEED === undefined ? Array.from({ length: Number(SEEDS) }, (_, n) => Number(FROM) + n) : [Number(SEED)];
  const injected = Object.fromEntries(FAULTS.map((kind) => [kind, 0])) as Record<FaultKind, number>;
  const failed: string[] = [];
  for (const seed of seeds) {
    const lines: string[] = [];
    const log = SEED === undefined ? {} : { log: (line: string) => void lines.push(line) };
    const { wrong, faults } = await simulate({ seed, ...log });
    for (const kind of FAULTS) injected[kind] += faults[kind];
    if (lines.length > 0) process.stderr.write(`${lines.join('\n')}\n`);
    if (wrong.length > 0)
      failed.push(
        `${wrong[0]}\n  SEED=${seed} NODE_OPTIONS=--experimental-vm-modules jest test/simulation -t whatever`,
      );
  }
  expect(failed).toEqual([]);
  // Each kind of fault is really met.
  if (seeds.length >= 100) expect(FAULTS.filter((kind) => injected[kind] < seeds.length / 20)).toEqual([]);
}, 120_000);

test('a seed gives the same run each time', async () => {
  const runs: string[][] = [];
  for (let n = 0; n < 2; n++) {
    const lines: string[] = [];
    await simulate({ seed: 5, log: (line) => void lines.push(line) });
    runs.push(lines);
  }
  expect(runs[0]).toEqual(runs[1]);
  expect(runs[0]?.length).toBeGreaterThan(20);
});

test.each(MUTATIONS)('a mistake made on purpose is found: %s', async (mistake: Mutation) => {
  for (let seed = 1; seed <= 20; seed++) if ((await simulate({ seed, mistake })).wrong.length > 0) return;
  throw new Error(`20 seeds did not find it`);
});
