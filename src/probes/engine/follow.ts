/** What an engine has, kept up with its events for as long as the connection holds. */
import type { IncomingMessage } from 'node:http';
import { bell } from '../../std/bell.ts';
import type { Container } from '../containers/container.ts';
import { textAt } from '../containers/reading.ts';
import { AT_ONCE, BadAnswer, type EngineClient, LIST_BYTES_MAX } from './client.ts';
import { type Described, type Network, readContainer, readNetwork } from './describe.ts';
import { type EngineEvent, readEvent } from './events.ts';
import { Lines } from './lines.ts';

export interface Followed {
  readonly containers: Map<string, Container>;
  readonly networks: Map<string, Network>;
  /** Time of the newest event, as the engine counts: where to go on after a cut. */
  since: string | undefined;
}

export interface FollowParts {
  readonly client: EngineClient;
  readonly followed: Followed;
  readonly containersMax: number;
  readonly verifyMs: number;
  readonly signal: AbortSignal;
  /** `isWhole`: all that there is has been read once over this connection. */
  readonly changed: (isWhole: boolean) => void;
  readonly count: (name: string, by?: number) => void;
}

/** An event is a line; labels of its container are in it. */
const LINE_BYTES_MAX = 1 << 20;
/** What could not be read is asked for again. */
const RETRY_MS = 5_000;
/** Networks beyond that are not shown. */
const NETWORKS_MAX = 10_000;

/** Resolves never but by throwing: why it is over. */
export async function follow(parts: FollowParts): Promise<never> {
  const { client, followed, signal } = parts;
  const ending = new AbortController();
  const until = AbortSignal.any([signal, ending.signal]);
  try {
    await client.greet(until);
    // First listen, then look: whatever happens in between is told.
    const since = followed.since === undefined ? '' : `?since=${encodeURIComponent(followed.since)}`;
    const events = await client.stream(`/events${since}`, until).catch((error) => {
      // The engine may not like the time.
      followed.since = undefined;
      throw error;
    });
    const reading = new Reading(parts, until);
    return await Promise.race([listen(events, reading, parts), reading.run()]);
  } finally {
    ending.abort();
    client.close();
  }
}

async function listen(events: IncomingMessage, reading: Reading, { followed, count }: FollowParts): Promise<never> {
  const lines = new Lines({ bytesMax: LINE_BYTES_MAX });
  for await (const chunk of events as AsyncIterable<Buffer>) {
    const before = lines.tooLong;
    for (const line of lines.take(chunk)) {
      const { event, time } = readEvent(line);
      if (time !== undefined) followed.since = time;
      if (event) {
        count('events');
        reading.happened(event);
      }
    }
    // It was about something.
    if (lines.tooLong > before) {
      count('eventsTooLong', lines.tooLong - before);
      reading.doubt();
    }
  }
  throw new Error('events ended');
}

class Reading {
  readonly #parts: FollowParts;
  readonly #signal: AbortSignal;
  readonly #look = bell();
  /** Containers of which something may have changed. */
  #touched = new Set<string>();
  #failed = new Set<string>();
  /** Told to be gone while they were being asked for. */
  readonly #gone = new Set<string>();
  #doubtsNetworks = true;
  #doubtsAll = true;

  constructor(parts: FollowParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  happened(event: EngineEvent): void {
    if (event.kind === 'network') this.#doubtsNetworks = true;
    else if (event.isGone) this.#remove(event.id);
    else this.#touch(event.id);
    if (event.kind === 'network' && event.containerId !== undefined) this.#touch(event.containerId);
    this.#look.ring();
  }

  doubt(): void {
    this.#doubtsAll = true;
    this.#doubtsNetworks = true;
    this.#look.ring();
  }

  async run(): Promise<never> {
    const verify = setInterval(() => this.doubt(), this.#parts.verifyMs).unref();
    const retry = setInterval(() => this.#retry(), RETRY_MS).unref();
    this.#look.ring();
    let isWhole = false;
    try {
      while (await this.#look.rung(this.#signal)) {
        if (this.#doubtsNetworks) await this.#readNetworks();
        if (this.#doubtsAll) await this.#list();
        await this.#readTouched(isWhole);
        isWhole = true;
        this.#parts.changed(isWhole);
      }
    } finally {
      clearInterval(verify);
      clearInterval(retry);
    }
    throw new Error('stopped');
  }

  #touch(id: string): void {
    // More would be asked for than may be shown: then all are listed anew.
    if (this.#touched.size >= this.#parts.containersMax) this.#doubtsAll = true;
    else this.#touched.add(id);
  }

  #remove(id: string): void {
    this.#touched.delete(id);
    this.#failed.delete(id);
    this.#gone.add(id);
    this.#parts.followed.containers.delete(id);
  }

  #retry(): void {
    if (this.#failed.size === 0) return;
    for (const id of this.#failed) this.#touch(id);
    this.#failed = new Set();
    this.#look.ring();
  }

  async #readNetworks(): Promise<void> {
    const { client, followed, count } = this.#parts;
    this.#doubtsNetworks = false;
    const answer = await this.#ask(() => client.get('/networks', this.#signal, LIST_BYTES_MAX));
    if (!Array.isArray(answer)) return;
    const read = answer.slice(0, NETWORKS_MAX).map(readNetwork);
    count('labelsLeftOut', leftOut(read));
    followed.networks.clear();
    for (const network of read) if (network) followed.networks.set(network.what.id, network.what);
  }

  async #list(): Promise<void> {
    const { client, followed, containersMax, count } = this.#parts;
    this.#doubtsAll = false;
    const touched = this.#touched;
    this.#touched = new Set();
    this.#gone.clear();
    const answer = await client.get('/containers/json?all=1', this.#signal, LIST_BYTES_MAX);
    if (!Array.isArray(answer)) throw new BadAnswer('containers are not listed');
    const ids = new Set<string>();
    for (const summary of answer) {
      const id = textAt(summary, 'Id');
      if (id !== undefined && !this.#gone.has(id) && ids.size < containersMax) ids.add(id);
    }
    count('containersNotShown', Math.max(0, answer.length - containersMax));
    for (const id of followed.containers.keys()) if (!ids.has(id)) followed.containers.delete(id);
    for (const id of [...touched, ...ids]) this.#touched.add(id);
  }

  async #readTouched(tells: boolean): Promise<void> {
    const ids = [...this.#touched];
    this.#touched = new Set();
    this.#gone.clear();
    let next = 0;
    const readSome = async () => {
      for (let id = ids[next++]; id !== undefined; id = ids[next++]) {
        await this.#read(id);
        if (tells) this.#parts.changed(true);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, readSome));
  }

  async #read(id: string): Promise<void> {
    const { client, followed, containersMax, count } = this.#parts;
    if (this.#gone.has(id)) return;
    try {
      const container = readContainer(await client.get(`/containers/${encodeURIComponent(id)}/json`, this.#signal));
      if (container?.what.key !== id) throw new BadAnswer('not the container that was asked for');
      // Since the question was asked it may have gone.
      if (this.#gone.has(id)) return;
      if (followed.containers.size >= containersMax && !followed.containers.has(id)) {
        count('containersNotShown');
        return;
      }
      count('labelsLeftOut', container.labelsLeftOut);
      followed.containers.set(id, container.what);
    } catch (error) {
      if (!(error instanceof BadAnswer)) throw error;
      if (error.status === 404) followed.containers.delete(id);
      else {
        count('badAnswers');
        this.#failed.add(id);
      }
    }
  }

  async #ask(question: () => Promise<unknown>): Promise<unknown> {
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof BadAnswer)) throw error;
      this.#parts.count('badAnswers');
      return undefined;
    }
  }
}

function leftOut(read: readonly (Described<unknown> | undefined)[]): number {
  return read.reduce((sum, one) => sum + (one?.labelsLeftOut ?? 0), 0);
}
