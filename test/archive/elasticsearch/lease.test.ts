import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Elastic } from '../../../src/archive/elasticsearch/client.ts';
import { Lease, type LeaseParts } from '../../../src/archive/elasticsearch/lease.ts';
import { esServer, stopServers } from './servers.ts';

const TTL_MS = 10_000;
const server = esServer('es8');

afterAll(stopServers);

test('one of several holds it, and goes on holding it', async () => {
  await using world = await open();
  const [a, b, c] = [world.contender(), world.contender(), world.contender()];
  for (let n = 0; n < 5; n++) {
    await Promise.all([a, b, c].map(({ lease }) => lease.look()));
    expect([a, b, c].map(({ lease }) => lease.isHeld)).toContain(true);
    expect([a, b, c].filter(({ lease }) => lease.isHeld).length).toBe(1);
    world.pass(TTL_MS / 3);
  }
  const terms = [a, b, c].flatMap(({ lease }) => lease.term ?? []);
  expect(terms).toEqual([1]);
});

test('who stalls loses it by its own clock before another can take it', async () => {
  await using world = await open();
  const [a, b] = [world.contender(), world.contender()];
  await a.lease.look();
  await b.lease.look();
  expect(b.lease.holder).toBe(a.name);
  world.pass(TTL_MS * 0.8);
  expect(a.lease.isHeld).toBe(false);
  await b.lease.look();
  expect(b.lease.isHeld).toBe(false);
  world.pass(TTL_MS * 0.3);
  await b.lease.look();
  expect([b.lease.isHeld, b.lease.term]).toEqual([true, 2]);
  // It comes back, and sees that it is late.
  await a.lease.look();
  expect([a.lease.isHeld, a.lease.holder]).toEqual([false, b.name]);
});

test('clocks that stand apart by years change nothing', async () => {
  await using world = await open();
  const [a, b] = [world.contender({ wallMs: 1e12 }), world.contender({ wallMs: 0 })];
  await a.lease.look();
  await b.lease.look();
  world.pass(TTL_MS / 2);
  await a.lease.look();
  await b.lease.look();
  expect([a.lease.isHeld, b.lease.isHeld]).toEqual([true, false]);
});

test('a machine that slept has lost it, though its clock stood still', async () => {
  await using world = await open();
  const a = world.contender();
  await a.lease.look();
  a.wallMs += TTL_MS;
  expect(a.lease.isHeld).toBe(false);
});

test('who stops lets go, and the next one need not wait', async () => {
  await using world = await open();
  const [a, b] = [world.contender(), world.contender()];
  await a.lease.look();
  await b.lease.look();
  await a.lease[Symbol.asyncDispose]();
  await b.lease.look();
  expect([a.lease.isHeld, b.lease.isHeld, b.lease.term]).toEqual([false, true, 2]);
});

test('an answer that is lost on its way costs nothing', async () => {
  await using world = await open();
  const a = world.contender();
  await a.lease.look();
  a.losesAnswers = true;
  await expect(a.lease.look()).rejects.toThrow('lost');
  a.losesAnswers = false;
  world.pass(TTL_MS * 0.8);
  expect(a.lease.isHeld).toBe(false);
  await a.lease.look();
  expect([a.lease.isHeld, a.lease.term]).toEqual([true, 1]);
});

test('whoever gains or loses it is told once', async () => {
  await using world = await open();
  const [a, b] = [world.contender(), world.contender()];
  const told: string[] = [];
  a.lease.changed((isHeld) => told.push(`a ${isHeld}`));
  b.lease.changed((isHeld) => told.push(`b ${isHeld}`));
  await a.lease.look();
  await b.lease.look();
  await a.lease.look();
  await b.lease.look();
  world.pass(TTL_MS * 1.1);
  await b.lease.look();
  await a.lease.look();
  expect(told).toEqual(['a true', 'b true', 'a false']);
});

test('while the server is away it is still the last turn of whoever held it, who has it back before others take it', async () => {
  await using world = await open();
  const [a, b] = [world.contender(), world.contender()];
  await a.lease.look();
  await b.lease.look();
  a.isCutOff = b.isCutOff = true;
  for (let n = 0; n < 10; n++) {
    world.pass(TTL_MS / 4);
    for (const { lease } of [a, b]) await expect(lease.look()).rejects.toThrow('away');
  }
  expect([a.lease.isHeld, a.lease.isLast, a.lease.lastTerm, b.lease.lastTerm]).toEqual([false, true, 1, undefined]);
  a.isCutOff = b.isCutOff = false;
  // Whoever comes first.
  await b.lease.look();
  world.pass(TTL_MS * 0.9);
  await b.lease.look();
  await a.lease.look();
  expect([a.lease.isHeld, a.lease.term, b.lease.isHeld]).toEqual([true, 1, false]);
});

test('who was cut off alone hears that another had it since, also when it has it again', async () => {
  await using world = await open();
  const [a, b] = [world.contender(), world.contender()];
  await a.lease.look();
  await b.lease.look();
  const told: string[] = [];
  a.lease.changed((isHeld) => told.push(`${isHeld} ${a.lease.lastTerm}`));
  a.isCutOff = true;
  for (let n = 0; n < 5; n++) {
    world.pass(TTL_MS / 4);
    await expect(a.lease.look()).rejects.toThrow('away');
    await b.lease.look();
  }
  expect([b.lease.isHeld, b.lease.term]).toEqual([true, 2]);
  await b.lease[Symbol.asyncDispose]();
  a.isCutOff = false;
  await a.lease.look();
  expect(told).toEqual(['false 1', 'true 3']);
});

test('whatever stalls, skews and loses answers, never do two hold it at once', async () => {
  const step = fc.record({
    who: fc.nat(3),
    what: fc.constantFrom('look', 'look', 'look', 'stall', 'lose', 'skew'),
    ms: fc.nat(TTL_MS / 2),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      await using world = await open();
      const all = Array.from({ length: 4 }, () => world.contender());
      const terms = new Map<number, string>();
      for (const { who, what, ms } of steps) {
        const one = all[who] as Contender;
        if (what === 'stall') world.pass(ms * 3);
        if (what === 'skew') one.wallMs -= ms;
        one.losesAnswers = what === 'lose';
        await one.lease.look().catch(() => {});
        one.losesAnswers = false;
        world.pass(ms / 10);
        const holders = all.filter(({ lease }) => lease.isHeld);
        expect(holders.length).toBeLessThanOrEqual(1);
        for (const { lease, name } of holders) {
          expect(terms.get(lease.term as number) ?? name).toBe(name);
          terms.set(lease.term as number, name);
        }
      }
    }),
    { numRuns: 4 },
  );
});

interface Contender {
  readonly lease: Lease;
  readonly name: string;
  wallMs: number;
  /** Requests that write arrive, and their answers do not. */
  losesAnswers: boolean;
  /** Nothing arrives. */
  isCutOff: boolean;
}

async function open() {
  const elastic = new Elastic({ urls: [(await server).url] });
  const index = `test-lease-${randomUUID().slice(0, 8)}`;
  let elapsed = 0;
  return {
    pass(ms: number) {
      elapsed += ms;
    },
    contender({ wallMs = 5e11 } = {}): Contender {
      const name = randomUUID();
      const own = { name, wallMs, losesAnswers: false, isCutOff: false };
      const request: LeaseParts['elastic']['request'] = async (asked) => {
        if (own.isCutOff) throw new Error('away');
        const answer = await elastic.request<never>(asked);
        if (own.losesAnswers && asked.method === 'PUT') throw new Error('lost');
        return answer;
      };
      const clock = { now: () => own.wallMs + elapsed, after: () => () => {} };
      const world = { clock, elapsedMs: () => elapsed, random: () => 0.5 };
      const lease = new Lease({
        elastic: { request },
        index,
        name: 'retention',
        holder: name,
        ttlMs: TTL_MS,
        ...world,
      });
      return Object.assign(own, { lease });
    },
    async [Symbol.asyncDispose]() {
      await elastic.request({ method: 'DELETE', path: `/${index}`, fine: [404] });
      await elastic.close();
    },
  };
}
