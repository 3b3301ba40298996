/** The graph of one moment, read once and shared by all checks that ask about it. */
import type { GraphNode } from '../../graph/element.ts';
import { shifted } from '../../graph/shifted.ts';
import type { GraphView } from '../../graph/view.ts';
import { Atlas } from '../../query/forwarding/atlas.ts';
import type { ProcessPlaces } from '../../query/forwarding/ends.ts';
import { type PathAnswer, type PathQuestion, pathIn } from '../../query/forwarding/path.ts';
import { Budget, defaultLimits, type Limits } from '../../query/limits.ts';
import { momentHint, parseMoment, resolveMoment, spanOf } from '../../query/times.ts';
import { mistake } from '../../std/mistake.ts';
import type { When } from '../suite/suite.ts';
import type { World } from './world.ts';

/** Nodes, edges and rules that are looked at for one path. */
const ITEMS_MAX = 20_000_000;
/** Past moments that are held at once. */
const MOMENTS_MAX = 8;
/** Paths, and answers of each other kind, that are kept of one moment. */
const SHARED_MAX = 1_000;
/** What was read of now is read again when the graph is another and it is older than this. */
const FRESH_MS = 50;

export class Moment {
  /** Epoch ms; undefined is now. */
  readonly time: number | undefined;
  readonly view: GraphView;
  readonly readAt: number;
  readonly revision: number;
  readonly #world: World;
  #atlas: Atlas | undefined;
  #reading: Promise<Atlas> | undefined;
  #places: Promise<ProcessPlaces | undefined> | undefined;
  readonly #known = new Map<string, unknown>();
  readonly #paths = new Map<string, PathAnswer>();
  readonly #shared = new Map<string, Promise<unknown>>();
  #lastMs: number | undefined;

  constructor(world: World, time: number | undefined, view: GraphView) {
    this.#world = world;
    this.time = time;
    this.view = view;
    this.readAt = world.elapsed();
    this.revision = world.revision();
  }

  /** Epoch ms: where spans end that end with it. */
  lastMs(): number {
    this.#lastMs ??= this.time ?? this.#world.clock.now();
    return this.#lastMs;
  }

  /** The same question has the same answer. */
  async path(asked: PathQuestion, signal: AbortSignal): Promise<PathAnswer> {
    const key = JSON.stringify(asked);
    const before = this.#paths.get(key);
    if (before !== undefined) return before;
    const answer = await this.#path(asked, signal);
    this.#paths.set(key, answer);
    dropOldest(this.#paths);
    return answer;
  }

  /** Looked for once at a time and kept; who waits for another's search looks himself when that fails. */
  async shared<T>(key: string, signal: AbortSignal, find: () => Promise<T>): Promise<T> {
    for (let before = this.#shared.get(key); before !== undefined; before = this.#shared.get(key)) {
      try {
        return (await before) as T;
      } catch {
        signal.throwIfAborted();
      }
    }
    const found = find();
    this.#shared.set(key, found);
    dropOldest(this.#shared);
    try {
      return await found;
    } catch (error) {
      if (this.#shared.get(key) === found) this.#shared.delete(key);
      throw error;
    }
  }

  async #path(asked: PathQuestion, signal: AbortSignal): Promise<PathAnswer> {
    const read = this.#atlas ?? (await this.#read(signal));
    const isProcess = [asked.from, asked.to].some((text) => /^(pid|process):/.test(text));
    const places = isProcess ? await this.places() : undefined;
    const budget = this.#budget(signal);
    return this.#finish(pathIn({ ...asked, places }, read.within(budget)), budget);
  }

  /** What was found out about this moment once, for whoever asks again; a failure is not kept. */
  async known<T>(key: string, find: () => Promise<T>): Promise<T> {
    const before = this.#known.get(key) as T | undefined;
    if (before !== undefined) return before;
    const found = await find();
    this.#known.set(key, found);
    return found;
  }

  places(): Promise<ProcessPlaces | undefined> {
    this.#places ??= this.#world.places?.(this.time) ?? Promise.resolve(undefined);
    return this.#places;
  }

  async atlas(signal: AbortSignal): Promise<Atlas> {
    const read = this.#atlas ?? (await this.#read(signal));
    return read.within(this.#budget(signal));
  }

  /** The nodes that a query gives at this moment. */
  async nodes(query: string, signal: AbortSignal): Promise<readonly GraphNode[]> {
    return this.known(`nodes ${query}`, async () => {
      const answer = await this.#world.ask(query, shifted(this.#world.timeline, this.view), signal);
      if (answer.kind === 'nodes') return answer.nodes;
      throw mistake('check.endpoint', `the query gives ${answer.kind}, and an endpoint is a node: ${query}`);
    });
  }

  async finish<T>(walk: (atlas: Atlas) => Generator<undefined, T>, signal: AbortSignal): Promise<T> {
    const read = this.#atlas ?? (await this.#read(signal));
    const budget = this.#budget(signal);
    return this.#finish(walk(read.within(budget)), budget);
  }

  #read(signal: AbortSignal): Promise<Atlas> {
    this.#reading ??= this.#readNow(signal).catch((error) => {
      this.#reading = undefined;
      throw error;
    });
    return this.#reading;
  }

  async #readNow(signal: AbortSignal): Promise<Atlas> {
    const budget = this.#budget(signal);
    const atlas = new Atlas(this.view, budget);
    await this.#finish(atlas.read(), budget);
    this.#atlas = atlas;
    return atlas;
  }

  #budget(signal: AbortSignal): Budget {
    const bounds: Limits = { ...defaultLimits, items: ITEMS_MAX };
    return new Budget(bounds, () => this.#world.elapsed(), signal);
  }

  async #finish<T>(walk: Generator<undefined, T>, budget: Budget): Promise<T> {
    for (let step = walk.next(); ; step = walk.next()) {
      if (step.done === true) return step.value;
      this.view.freeze();
      await this.#world.turn();
      budget.resume();
    }
  }
}

function dropOldest(map: Map<string, unknown>): void {
  for (const oldest of map.keys()) {
    if (map.size <= SHARED_MAX) break;
    map.delete(oldest);
  }
}

export class Moments {
  readonly #world: World;
  readonly #past = new Map<number, Promise<Moment>>();
  #now: Moment | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  now(): Moment {
    const { timeline, elapsed } = this.#world;
    const last = this.#now;
    if (last !== undefined) {
      const isSame = last.revision === this.#world.revision();
      if (isSame || elapsed() - last.readAt < FRESH_MS) return last;
    }
    this.#now = new Moment(this.#world, undefined, timeline.now());
    return this.#now;
  }

  async at(time: number | undefined): Promise<Moment> {
    if (time === undefined) return this.now();
    const known = this.#past.get(time);
    if (known) return known;
    const reading = this.#read(time);
    this.#past.set(time, reading);
    reading.catch(() => this.#past.delete(time));
    for (const oldest of this.#past.keys()) {
      if (this.#past.size <= MOMENTS_MAX) break;
      this.#past.delete(oldest);
    }
    return reading;
  }

  async #read(time: number): Promise<Moment> {
    return new Moment(this.#world, time, await this.#world.timeline.at(time));
  }

  /** Epoch ms. Throws a Mistake for what is no time. */
  resolve(text: string): number {
    const { clock, timeline } = this.#world;
    return resolveMoment(momentOf(text), clock.now(), timeline);
  }

  /** Undefined is now. */
  spanOf(when: When | undefined): { readonly from: number; readonly to: number } | undefined {
    if (when === undefined) return undefined;
    const { clock, timeline } = this.#world;
    if (when.kind === 'between')
      return spanOf({ from: momentOf(when.from), to: momentOf(when.to) }, { nowMs: clock.now(), timeline });
    const moment = momentOf(when.at);
    if (moment.kind === 'now') return undefined;
    const time = resolveMoment(moment, clock.now(), timeline);
    return { from: time, to: time };
  }
}

function momentOf(text: string) {
  const moment = parseMoment(text);
  if (moment === undefined) throw mistake('query.time', `"${text}" is no time`, momentHint);
  return moment;
}
