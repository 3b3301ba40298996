/** Two analyzers that share their alerts, one of which is killed at any moment of telling something. */
import { type AllAlerts, defaultLimits } from '../../src/alerts/alert.ts';
import { Alerts } from '../../src/alerts/alerts.ts';
import type { Reason } from '../../src/alerts/standing.ts';
import { alertKeyOf } from '../../src/app-alerts.ts';
import { Lease, type LeaseParts } from '../../src/archive/elasticsearch/lease.ts';
import { SharedLists } from '../../src/archive/elasticsearch/shared-lists.ts';
import { type AlertMessage, newAlertShape } from '../../src/contract/alert.ts';
import { type FakeClock, fakeClock } from '../std/fake-clock.ts';
import { reason } from './ground.ts';

type Asked = Parameters<LeaseParts['elastic']['request']>[0];

/** What of Elasticsearch is needed here: documents with sequence numbers. */
class Documents {
  readonly #documents = new Map<string, { _seq_no: number; _primary_term: number; _source: unknown }>();
  #sequence = 0;

  request({ method, path, query, body }: Asked): unknown {
    const [index = '', how, name] = path.slice(1).split('/');
    if (how === undefined || name === undefined) return { acknowledged: true, index };
    const there = this.#documents.get(name);
    if (method === 'GET') return there;
    if (how === '_create' ? there !== undefined : there?._seq_no !== query?.if_seq_no) return undefined;
    const stored = {
      _seq_no: ++this.#sequence,
      _primary_term: 1,
      _source: JSON.parse(JSON.stringify(body)) as unknown,
    };
    this.#documents.set(name, stored);
    return stored;
  }
}

/** What all of them see, and who is told. */
class World {
  readonly documents = new Documents();
  found: Reason | Error | undefined;
  refusal: Error | undefined;
  readonly told: AlertMessage[] = [];
  ids = 0;
}

/** One process: when its clock stands still, it is dead, or stopped. */
class Analyzer {
  readonly clock: FakeClock;
  /** So long it stood still, and the world did not. */
  asleepMs = 0;
  readonly alerts: Alerts;
  readonly lists: SharedLists<AllAlerts>;
  readonly lease: Lease;

  constructor(world: World, name: string) {
    const fake = fakeClock();
    const clock = { ...fake, now: () => fake.now() + this.asleepMs };
    this.clock = clock;
    const after = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));
    const request = async (asked: Asked) => {
      await after(5);
      const answer = world.documents.request(asked);
      await after(5);
      return answer as never;
    };
    const common = { elastic: { request }, index: 'shared', clock, random: () => 0.5 };
    let own: AllAlerts = { alerts: [], standings: [], deliveries: [], history: [] };
    const local = {
      read: () => ({ lists: own, note: undefined }),
      write: (lists: AllAlerts) => {
        own = lists;
      },
    };
    const any = () => true;
    const isEntry = { alerts: any, standings: any, deliveries: any, history: any };
    this.lists = new SharedLists<AllAlerts>({ ...common, things: 'alerts', local, keyOf: alertKeyOf, isEntry });
    this.lease = new Lease({ ...common, name: 'analyzer', holder: name, elapsedMs: clock.now });
    this.alerts = new Alerts({
      look: async () => {
        if (world.found instanceof Error) throw world.found;
        return world.found;
      },
      check: () => undefined,
      warnings: () => [],
      act: async (_, message) => {
        await after(10);
        if (world.refusal) throw world.refusal;
        world.told.push(message);
        await after(10);
      },
      actionRules: { scripts: undefined },
      kept: this.lists,
      isFirst: () => this.lease.isHeld,
      host: name,
      newId: () => `id${++world.ids}`,
      clock,
      random: () => 0.5,
      usedMs: () => 0,
      log: { info: () => undefined, warn: () => undefined },
      limits: defaultLimits,
    });
    this.lists.changed((lists) => this.alerts.replace(lists));
    this.lease.changed(() => this.alerts.setFirst());
  }

  async start(): Promise<void> {
    const started = Promise.all([this.lists.start(), this.lease.look()]);
    await this.clock.pass(100);
    await started;
    this.lease.start();
    this.alerts.start();
    await this.clock.pass(100);
  }
}

async function pass(ms: number, ...all: readonly Analyzer[]): Promise<void> {
  for (let passed = 0; passed < ms; passed += 5) for (const { clock } of all) await clock.pass(5);
}

async function twoThatAreQuiet() {
  const world = new World();
  const one = new Analyzer(world, 'one');
  await one.start();
  const two = new Analyzer(world, 'two');
  await two.start();
  expect([one.lease.isHeld, two.lease.isHeld]).toEqual([true, false]);
  one.alerts.create(newAlertShape.parse({ Expression: 'G.V()', Action: 'http://example.org/' }));
  // The other has heard of it.
  await pass(60, one);
  await two.clock.pass(3_000);
  expect(two.alerts.list()).toHaveLength(1);
  return { world, one, two };
}

const saw = { events: [{}] } as unknown as Parameters<Alerts['saw']>[0];

test.each(Array.from({ length: 18 }, (_, at) => at * 10))(
  'the first is killed %i ms after a change: it fires once and is over once, nothing is lost, and at most one comes twice, as itself',
  async (ms) => {
    const { world, one, two } = await twoThatAreQuiet();
    world.found = reason('a');
    one.alerts.saw(saw);
    two.alerts.saw(saw);
    await pass(ms, one, two);
    // The first is dead from here on.
    await two.clock.pass(45_000);
    expect(two.lease.isHeld).toBe(true);
    expect(two.alerts.states()).toMatchObject([{ State: 'firing', Waiting: 0 }]);
    world.found = undefined;
    two.alerts.saw(saw);
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
  one.alerts.saw(saw);
  await pass(200, one);
  world.found = new Error('the archive is away');
  one.alerts.saw(saw);
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
  two.alerts.saw(saw);
  await two.clock.pass(1_000);
  expect(world.told).toHaveLength(1);
  // It does not know yet that it is not the first any more.
  one.asleepMs = two.clock.now() - one.clock.now();
  one.alerts.saw(saw);
  await pass(8_000, one, two);
  expect([one.lease.isHeld, two.lease.isHeld]).toEqual([false, true]);
  expect(world.told).toHaveLength(1);
});

test('one that goes in an orderly way leaves nothing behind for the next to say anew', async () => {
  const { world, one, two } = await twoThatAreQuiet();
  world.found = reason('a');
  one.alerts.saw(saw);
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
