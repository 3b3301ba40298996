/** Mutated packets under AddressSanitizer and UndefinedBehaviorSanitizer. By hand with more: build/native-flow/fuzz PACKETS SEED. */
import { spawnSync } from 'node:child_process';
import { mutationSeeds, program } from './engine.ts';
import { seeds } from './seeds.ts';

beforeAll(() => {
  program('fuzz');
}, 120_000);

test('300,000 mutated packets neither crash nor get lost', () => {
  const ran = spawnSync(program('fuzz'), ['300000', '20'], { input: mutationSeeds(seeds), timeout: 25_000 });
  expect(ran.stderr.toString()).toBe('');
  expect(ran.stdout.toString()).toBe('300000 packets\n');
});
