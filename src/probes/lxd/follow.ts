/** The instances of a daemon, kept up with its events for as long as the connection holds. */
import { bell } from '../../std/bell.ts';
import type { Container } from '../containers/container.ts';
import { at } from '../containers/reading.ts';
import { BadAnswer, EngineClient, LIST_BYTES_MAX } from '../engine/client.ts';
import { type InstanceRef, isLive, readInstance, readRef, refKey } from './describe.ts';
import { readEvent } from './events.ts';
import { Listener } from './listener.ts';

export interface FollowParts {
  readonly path: string;
  readonly answerMs: number;
  readonly verifyMs: number;
  readonly instancesMax: number;
  /** By project and name; kept when the connection is lost. */
  readonly instances: Map<string, Container>;
  readonly signal: AbortSignal;
  /** All that there is has been read, over this connection. */
  readonly changed: () => void;
  readonly count: (name: string, by?: number) => void;
}

/** Resolves never but by throwing: why it is over. */
export async function follow(parts: FollowParts): Promise<never> {
  const { path, answerMs, verifyMs, instancesMax, signal, changed, count } = parts;
  const ending = new AbortController();
  const until = AbortSignal.any([signal, ending.signal]);
  const client = new EngineClient({ path }, { answerMs });
  const look = bell();
  const touched = new Map<string, InstanceRef>();
  let doubtsAll = true;
  let over: Error | undefined;
  const doubt = () => {
    doubtsAll = true;
    look.ring();
  };
  let verify: NodeJS.Timeout | undefined;
  try {
    // First listen, then look: whatever happens in between is told.
    const listener = await Listener.open({ path, answerMs, heard }, until);
    void listener.ended.then((error) => {
      over = error;
      look.ring();
    });
    verify = setInterval(doubt, verifyMs).unref();
    look.ring();
    const reading = new Reading(parts, client, until);
    while ((await look.rung(until)) && !over) {
      if (doubtsAll) {
        doubtsAll = false;
        for (const ref of await reading.list()) touched.set(refKey(ref), ref);
      }
      for (const [key, ref] of touched) {
        touched.delete(key);
        if (!over) await reading.read(ref);
      }
      changed();
    }
    throw over ?? new Error('stopped');
  } finally {
    clearInterval(verify);
    ending.abort();
    client.close();
  }

  function heard(message: string): void {
    const event = readEvent(message);
    if (!event) return;
    count('events');
    for (const ref of event.touched)
      if (touched.size < instancesMax) touched.set(refKey(ref), ref);
      else doubtsAll = true;
    if (event.isAboutAll) doubtsAll = true;
    look.ring();
  }
}

class Reading {
  readonly #parts: FollowParts;
  readonly #client: EngineClient;
  readonly #signal: AbortSignal;
  /** Before 3.19 there were containers alone. */
  #base = '/1.0/instances';

  constructor(parts: FollowParts, client: EngineClient, signal: AbortSignal) {
    this.#parts = parts;
    this.#client = client;
    this.#signal = signal;
  }

  async list(): Promise<InstanceRef[]> {
    const { instances, instancesMax, count } = this.#parts;
    const entries = await this.#entries();
    const refs = entries.map(readRef).filter((ref) => ref !== undefined);
    const there = new Set(refs.map(refKey));
    for (const key of instances.keys()) if (!there.has(key)) instances.delete(key);
    if (refs.length > instancesMax) count('instancesNotShown', refs.length - instancesMax);
    return refs.slice(0, instancesMax);
  }

  async read(ref: InstanceRef): Promise<void> {
    const { instances, instancesMax, count } = this.#parts;
    const key = refKey(ref);
    try {
      const path = `${this.#base}/${encodeURIComponent(ref.name)}`;
      const project = `?project=${encodeURIComponent(ref.project)}`;
      const answer = await this.#get(`${path}${project}`);
      const state = isLive(answer) ? await this.#get(`${path}/state${project}`) : undefined;
      const container = readInstance(answer, state);
      if (container?.name !== ref.name) throw new BadAnswer('not the instance that was asked for');
      if (instances.size < instancesMax || instances.has(key)) instances.set(key, container);
      else count('instancesNotShown');
    } catch (error) {
      // Others may be well.
      if (!(error instanceof BadAnswer)) throw error;
      if (error.status === 404) instances.delete(key);
      else count('badAnswers');
    }
  }

  async #entries(): Promise<readonly unknown[]> {
    const wanted = '?recursion=1&all-projects=true';
    const found = await this.#get(`${this.#base}${wanted}`, LIST_BYTES_MAX).catch((error) => {
      if (!(error instanceof BadAnswer) || error.status !== 404) throw error;
      this.#base = '/1.0/containers';
      return this.#get(`${this.#base}${wanted}`, LIST_BYTES_MAX);
    });
    if (!Array.isArray(found)) throw new BadAnswer('instances are not listed');
    return found;
  }

  /** Answers come in an envelope of the same kind all. */
  async #get(path: string, bytesMax?: number): Promise<unknown> {
    return at(await this.#client.get(path, this.#signal, bytesMax), 'metadata');
  }
}
