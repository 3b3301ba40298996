/** Two analyzers that share their alerts, what they share them through, and what they see. */
import { type AllAlerts, defaultLimits } from '../../src/alerts/alert.ts';
import { Alerts } from '../../src/alerts/alerts.ts';
import type { Reason } from '../../src/alerts/standing.ts';
import { alertKeyOf } from '../../src/app-alerts.ts';
import { Lease, type LeaseParts } from '../../src/archive/elasticsearch/lease.ts';
import { SharedLists } from '../../src/archive/elasticsearch/shared-lists.ts';
import { type AlertMessage, newAlertShape } from '../../src/contract/alert.ts';
import { type FakeClock, fakeClock } from '../std/fake-clock.ts';

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
export class World {
  readonly documents = new Documents();
  found: Reason | Error | undefined;
  refusal: Error | undefined;
  readonly told: AlertMessage[] = [];
  /** Who cannot reach what is shared. */
  readonly cutOff = new Set<string>();
  /** A request takes so long each way. */
  wayMs = 5;
  ids = 0;
}

/** One process: when its clock stands still, it is dead, or stopped. */
export class Analyzer {
  readonly clock: FakeClock;
  /** So long it stood still, and the world did not. */
  asleepMs = 0;
  readonly alerts: Alerts;
  readonly lists: SharedLists<AllAlerts>;
  readonly lease: Lease;
  readonly said: string[] = [];

  constructor(world: World, name: string) {
    const fake = fakeClock();
    const clock = { ...fake, now: () => fake.now() + this.asleepMs };
    this.clock = clock;
    const after = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));
    const request = async (asked: Asked) => {
      await after(world.wayMs);
      if (world.cutOff.has(name)) throw new Error('nobody answers');
      const answer = world.documents.request(asked);
      await after(world.wayMs);
      // It has arrived, and nobody hears of it.
      if (world.cutOff.has(name)) throw new Error('nobody answers');
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
      lastTurn: () => this.lease.lastTerm,
      host: name,
      newId: () => `id${++world.ids}`,
      clock,
      random: () => 0.5,
      usedMs: () => 0,
      log: { info: (text) => this.said.push(text), warn: (text) => this.said.push(text) },
      limits: defaultLimits,
    });
    this.lists.changed((lists) => this.alerts.replace(lists));
    this.lease.changed(() => this.alerts.setFirst());
  }

  /** Something has changed, in what all of them see. */
  saw(): void {
    this.alerts.saw({ events: [{}] } as unknown as Parameters<Alerts['saw']>[0]);
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

export async function pass(ms: number, ...all: readonly Analyzer[]): Promise<void> {
  // What follows a change is looked at closely.
  const stepMs = ms > 500 ? 250 : 5;
  for (let passed = 0; passed < ms; passed += stepMs) for (const { clock } of all) await clock.pass(stepMs);
}

export async function twoThatAreQuiet() {
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
