/**
 * The captures of a run. All checks that inject share them: the places of all are found first, and one capture is opened
 * over their union; what an attempt needs besides, since its way is another by now, is added together with what others
 * need at that time. All of them are removed at the end of the run, and end by themselves should nobody be left to.
 */
import type { GraphNode } from '../../graph/element.ts';
import type { PathAnswer } from '../../query/forwarding/path.ts';
import { Mistake } from '../../std/mistake.ts';
import { pause } from '../../std/pause.ts';
import { Unavailable } from '../../std/unavailable.ts';
import type { Check, Endpoint } from '../suite/suite.ts';
import { endsOf, startOf } from './ends.ts';
import type { Run } from './run.ts';
import { type Sending, wayOf } from './traffic.ts';
import { isWatchable } from './way.ts';
import type { Watch, World } from './world.ts';

/** Captures vanish so long after the run has to be over, whatever happened to us. */
const TTL_SLACK_MS = 10_000;
/** Captures that do not run by then are done without. */
const READY_MS = 3_000;
/** What is asked for within so long is opened together. */
const GATHER_MS = 30;
/** Interfaces of one capture, captures of one run, pairs that are planned for beforehand. */
const NODES_MAX = 1_000;
const WATCHES_MAX = 64;
const PLANNED_MAX = 2_000;
/** Packets kept of each conversation at each place, where a file of them was asked for: a capture keeps no more. */
const KEPT_MAX = 10;

/** Where the packets of one attempt pass, and how they look there. */
export interface Places {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly hosts: readonly string[];
  readonly isTunnelled: boolean;
}

export interface WatchesAsked {
  /** Of the run. */
  readonly id: string;
  /** Epoch ms, when the run is over at the latest. */
  readonly endAt: number;
  /** That are kept of each conversation at each place. */
  readonly packetsKept: number;
}

/** As many as one of these checks may show; none where no file is asked for. */
export function packetsKeptFor(checks: readonly Check[], hasPackets: boolean): number {
  if (!hasPackets) return 0;
  let most = 0;
  for (const { evidence } of checks)
    if (evidence.onFailure.includes('pcap')) most = Math.max(most, evidence.pcapPackets);
  return Math.min(most, KEPT_MAX);
}

export class Watches implements AsyncDisposable {
  readonly #world: World;
  readonly #its: WatchesAsked;
  readonly #open: Watch[] = [];
  /** Nodes that are watched, or tried to be. */
  readonly #asked = new Set<string>();
  readonly #closed = new AbortController();
  #waiting: { readonly places: Places[]; readonly opened: Promise<void> } | undefined;
  #planned: Promise<void> = Promise.resolve();
  #trouble: string | undefined;

  constructor(world: World, asked: WatchesAsked) {
    this.#world = world;
    this.#its = asked;
  }

  /** Ids of the captures. */
  get ids(): ReadonlySet<string> {
    return new Set(this.#open.map(({ id }) => id));
  }

  isWatched(node: string): boolean {
    return this.#open.some((watch) => watch.isWatched(node));
  }

  /** Why it is not watched everywhere. */
  notes(): readonly string[] {
    const notes = new Set(this.#open.flatMap((watch) => watch.notes()));
    if (this.#trouble !== undefined) notes.add(this.#trouble);
    return [...notes].slice(0, 5);
  }

  /** Begins with the captures for all checks that inject; `ready` waits for them. */
  plan(checks: readonly Check[], run: Run, signal: AbortSignal): void {
    const injecting = checks.filter(
      (check) =>
        check.skip === undefined && (check.kind === 'reach' || check.kind === 'matrix') && check.method === 'inject',
    );
    if (injecting.length === 0 || run.isDry || this.#world.watching === undefined) return;
    this.#planned = this.#plan(injecting, run, signal).catch((error) => {
      if (!signal.aborted) this.#trouble = (error as Error).message;
    });
  }

  /** Resolves when the places are watched, as far as they can be. */
  async ready(places: Places, signal: AbortSignal): Promise<void> {
    if (this.#world.watching === undefined) return;
    await this.#planned;
    signal.throwIfAborted();
    const isMissing = [...places.nodes.keys()].some((id) => !this.#asked.has(id));
    if (isMissing) await this.#add(places);
    else await this.#waiting?.opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    await this.#planned;
    await this.#waiting?.opened;
    await Promise.all(this.#open.map((watch) => watch[Symbol.asyncDispose]()));
  }

  async #plan(checks: readonly Check[], run: Run, signal: AbortSignal): Promise<void> {
    const moment = run.moments.now();
    const found: Places[] = [];
    for (const check of checks) {
      if (check.kind !== 'reach' && check.kind !== 'matrix') continue;
      for (const [from, to] of pairsOf(check)) {
        if (found.length >= PLANNED_MAX) break;
        try {
          for (const one of await endsOf(from, moment, startOf(check), signal))
            for (const other of await endsOf(to, moment, 'to', signal)) {
              const { proto, port, method } = check;
              const way = await wayOf(
                { check, from: one, to: other, proto, port, method, count: 1 } as Sending,
                moment,
                signal,
              );
              found.push(placesOf(way));
            }
        } catch (error) {
          // It is told when the check is tried.
          if (!(error instanceof Mistake)) throw error;
        }
      }
    }
    if (found.length > 0) await this.#start(found);
  }

  #add(places: Places): Promise<void> {
    const waiting = this.#waiting;
    if (waiting !== undefined) {
      waiting.places.push(places);
      return waiting.opened;
    }
    const all = [places];
    const opened = pause(this.#world.clock, GATHER_MS, this.#closed.signal).then(() => {
      this.#waiting = undefined;
      return this.#start(all);
    });
    this.#waiting = { places: all, opened };
    return opened;
  }

  async #start(all: readonly Places[]): Promise<void> {
    const nodes = [...new Set(all.flatMap((places) => [...places.nodes.keys()]))].filter((id) => !this.#asked.has(id));
    for (const id of nodes) this.#asked.add(id);
    const filter = filterOf(all);
    for (let at = 0; at < nodes.length; at += NODES_MAX) {
      if (this.#closed.signal.aborted) return;
      if (this.#open.length >= WATCHES_MAX) {
        this.#trouble = `a run has ${WATCHES_MAX} captures at most: packets are not looked for everywhere`;
        return;
      }
      await this.#openOne(new Set(nodes.slice(at, at + NODES_MAX)), filter);
    }
  }

  async #openOne(nodes: ReadonlySet<string>, filter: string | undefined): Promise<void> {
    try {
      const watch = await this.#world.watching?.open({
        nodes,
        filter,
        ttlMs: Math.max(0, this.#its.endAt - this.#world.clock.now()) + TTL_SLACK_MS,
        readyMs: READY_MS,
        packetsKept: this.#its.packetsKept,
        name: `check ${this.#its.id}`,
      });
      if (watch) this.#open.push(watch);
    } catch (error) {
      if (!(error instanceof Mistake) && !(error instanceof Unavailable)) throw error;
      this.#trouble = `packets are not looked for on their way: ${error.message}`;
    }
  }
}

function pairsOf(check: Check): [Endpoint, Endpoint][] {
  if (check.kind === 'reach') return [[check.from, check.to]];
  if (check.kind !== 'matrix') return [];
  return check.rows.flatMap(({ from, cells }) =>
    cells.flatMap((cell, at): [Endpoint, Endpoint][] => (cell === '.' ? [] : [[from, check.columns[at] as Endpoint]])),
  );
}

/** Interfaces on the way there and back, and those at its end, which it may never be known to come to. */
export function placesOf({ there, back, to, packet }: PathAnswer): Places {
  const nodes = new Map<string, GraphNode>();
  const add = (node: GraphNode | undefined) => {
    if (node && isWatchable(node)) nodes.set(node.id, node);
  };
  const hops = [...there.hops, ...(back?.hops ?? [])];
  for (const { node } of hops) add(node);
  add(to.node);
  const hosts = new Set([packet.source, packet.destination]);
  // Behind a translation of both ends it has neither of these.
  for (const { how } of hops) if (how.nat) for (const end of [how.nat.newFrom, how.nat.newTo]) hosts.add(bare(end));
  return { nodes, hosts: [...hosts], isTunnelled: hops.some(({ depth }) => depth > 0) };
}

/** `10.0.0.1:80` and `[fd00::1]:80` without their port. */
export function bare(end: string): string {
  return /^\[(.*)\](?::\d+)?$/.exec(end)?.[1] ?? /^([\d.]+):\d+$/.exec(end)?.[1] ?? end;
}

/** Addresses of a filter; with more of them everything is looked at. */
const HOSTS_MAX = 100;

/** Outside of a tunnel it is the tunnel that is seen. */
const TUNNELS = 'udp port 4789 or udp port 8472 or udp port 6081 or proto 47 or proto 4 or proto 41';

function filterOf(all: readonly Places[]): string | undefined {
  const hosts = new Set(all.flatMap(({ hosts: its }) => its));
  if (hosts.size === 0 || hosts.size > HOSTS_MAX) return undefined;
  const terms = [...hosts].map((host) => `host ${host}`);
  if (all.some(({ isTunnelled }) => isTunnelled)) terms.push(TUNNELS);
  return terms.join(' or ');
}
