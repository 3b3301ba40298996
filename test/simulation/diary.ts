/** All that an agent told its spool, kept for ever: what is in the archive in the end is held against it. */
import type { Socket } from '../../src/ends/socket.ts';
import type { Flow } from '../../src/flow/flow.ts';
import type { GraphEvent, SampleEvent } from '../../src/graph/change.ts';
import type { Element } from '../../src/graph/element.ts';
import type { Facts } from '../../src/relay/message.ts';

/** `sure`: the disk has it. `maybe`: the disk has lost it, an analyzer may have got it before. */
export interface Entry {
  readonly spool: string;
  readonly seq: number;
  readonly facts: Facts;
  /** What happened in the agent's graph until then, as the graph said it. */
  readonly events: readonly GraphEvent[];
  /** When it was told before, and now, by the agent's clock. */
  readonly since: number;
  state: 'sure' | 'maybe';
}

interface Life {
  readonly versions: Map<number, Element>;
  end: number | undefined;
}

interface Told {
  readonly flow: Flow;
  readonly isSure: boolean;
}

export class Diary {
  readonly entries: Entry[] = [];
  /** Spans of the agent's clock about whose graph something was lost, and said to be. */
  readonly unsure: { from: number; to: number }[] = [];
  /** What was taken in by any analyzer as lost, by batch and kind. */
  readonly saidLost = new Map<string, { readonly what: string; readonly count: number; readonly from: number }>();
  #lastTime = 0;

  write(entry: Omit<Entry, 'since' | 'state'>): void {
    this.entries.push({ ...entry, since: this.#lastTime, state: 'sure' });
    this.#lastTime = Math.max(this.#lastTime, entry.facts.time);
  }

  /**
   * After a restart the spool goes on with this number. What was beyond it was never told, if the spool is sure of that;
   * else the disk has lost it.
   */
  restarted(spool: string, next: number, isSure: boolean): void {
    let lostFrom = Number.POSITIVE_INFINITY;
    for (const entry of this.entries.splice(0)) {
      const isHere = entry.state === 'maybe' || entry.spool !== spool || entry.seq < next;
      if (isSure && !isHere) continue;
      this.entries.push(entry);
      if (isHere) continue;
      entry.state = 'maybe';
      lostFrom = Math.min(lostFrom, entry.since, ...entry.events.map(timeOf));
    }
    if (!isSure) this.lost(Math.min(lostFrom, this.#lastTime));
  }

  /** From then on the graph is not what was told, until it is told anew. */
  lost(from: number): void {
    this.unsure.push({ from, to: Number.POSITIVE_INFINITY });
  }

  /** When the first that is not acknowledged began. */
  since(spool: string, first: number): number {
    return this.entries.find((entry) => entry.spool === spool && entry.seq >= first)?.since ?? this.#lastTime;
  }

  /** The graph was told anew. */
  toldWhole(time: number): void {
    for (const span of this.unsure) if (span.to === Number.POSITIVE_INFINITY) span.to = time;
  }

  isSureAt(time: number): boolean {
    return !this.unsure.some(({ from, to }) => time >= from - UNSURE_MS && time <= to + UNSURE_MS);
  }

  /**
   * Elements of which nobody can know all: what a loss of power took had perhaps been told before; and of what ended
   * while changes were lost only a whole picture tells, to who still shows it.
   */
  doubtful(): Set<string> {
    const doubtful = new Set<string>();
    for (const { events, state } of this.entries)
      if (state === 'maybe') for (const { element } of events) doubtful.add(keyOf(element));
    for (const [key, lives] of this.lives())
      for (const { end } of lives.values()) if (end !== undefined && !this.isSureAt(end)) doubtful.add(key);
    return doubtful;
  }

  saidLostOf(what: string): number {
    let count = 0;
    for (const lost of this.saidLost.values()) if (lost.what === what) count += lost.count;
    return count;
  }

  lives(): Map<string, Map<number, Life>> {
    const lives = new Map<string, Map<number, Life>>();
    for (const { events, facts, state } of this.entries) {
      if (state === 'maybe') continue;
      const whole = facts.isWholeGraph ? facts.graph.flatMap((one) => (one.kind === 'version' ? [one] : [])) : [];
      for (const { kind, element } of [...events, ...whole]) {
        const key = keyOf(element);
        const ofId = lives.get(key) ?? new Map<number, Life>();
        lives.set(key, ofId);
        const life = ofId.get(element.createdAt) ?? { versions: new Map(), end: undefined };
        ofId.set(element.createdAt, life);
        if (kind === 'removed') life.end = element.deletedAt;
        else {
          life.versions.set(element.revision, element);
          // It ended and began again within one moment: it never ended.
          if (kind === 'added') life.end = undefined;
        }
      }
    }
    return lives;
  }

  samples(): Map<string, { readonly sample: SampleEvent; readonly isSure: boolean }> {
    return this.#all(
      ({ samples }) => samples.map((sample) => [`${sample.id} ${sample.series} ${sample.last}`, { sample }]),
      ({ sample }, isSure) => ({ sample, isSure }),
    );
  }

  /** Each as it stood at its updates, by UUID. */
  flows(): Map<string, Told[]> {
    const flows = new Map<string, Told[]>();
    for (const { facts, state } of this.entries)
      for (const flow of facts.flows)
        flows.set(flow.UUID, [...(flows.get(flow.UUID) ?? []), { flow, isSure: state === 'sure' }]);
    return flows;
  }

  packets(): Map<string, boolean> {
    return this.#all(
      ({ rawPackets }) => rawPackets.map(({ uuid, packet }) => [`${uuid} ${packet.index}`, undefined]),
      (_, isSure) => isSure,
    );
  }

  /** The newest word on each. */
  sockets(): Map<string, { readonly socket: Socket; readonly isSure: boolean }> {
    return this.#all(
      ({ sockets }) => sockets.map((socket) => [socket.id, { socket }]),
      ({ socket }, isSure) => ({ socket, isSure }),
    );
  }

  #all<T, R>(of: (facts: Facts) => [string, T][], make: (value: T, isSure: boolean) => R): Map<string, R> {
    const all = new Map<string, R>();
    for (const { facts, state } of this.entries)
      for (const [key, value] of of(facts)) all.set(key, make(value, state === 'sure'));
    return all;
  }
}

/** Nothing is told at once. */
const UNSURE_MS = 1_000;

function keyOf({ kind, id }: Element): string {
  return `${kind} ${id}`;
}

function timeOf({ element }: GraphEvent): number {
  return element.deletedAt ?? element.updatedAt;
}

/** What a life was at a moment, if it was. */
export function versionAt(lives: Map<number, Life>, time: number): Element | undefined {
  const births = [...lives.keys()].sort((a, b) => a - b);
  const index = births.findLastIndex((birth) => birth <= time);
  const life = lives.get(births[index] ?? Number.NaN);
  if (!life || (life.end !== undefined && life.end <= time)) return undefined;
  let found: Element | undefined;
  for (const version of life.versions.values())
    if (version.updatedAt <= time && (!found || version.revision > found.revision)) found = version;
  return found;
}
