/**
 * The changes of the graph as the server sends them, across lost connections: it goes on from the last position it
 * heard of, and where the server has forgotten that one, it compares what it knew with what there is now.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { WireElement } from '../contract/element.ts';
import type { ServerMessage, SyncReply, SyncRequest } from '../contract/message.ts';
import { Directory } from './directory.ts';
import { exitCodes, Failure } from './failure.ts';
import type { Names } from './render/changes.ts';
import { keyChanges } from './render/key-changes.ts';
import { isEdge } from './render/kind.ts';
import type { Server } from './server.ts';
import { listenTo } from './socket.ts';

export interface Change {
  readonly kind: 'added' | 'updated' | 'removed';
  readonly element: WireElement;
  /** What was known of it before; undefined when it was not. */
  readonly before: WireElement | undefined;
  /** Position in the change log; undefined where it was found by comparing. */
  readonly revision: number | undefined;
}

export interface SubscriptionOptions {
  readonly server: Server;
  /** Only what is in the answer to this query, which ends in SubGraph(). */
  readonly filter: string | undefined;
  /** Go on after this position of the change log. */
  readonly revision: number | undefined;
  /** What there was at that position, to know names and what changes. */
  readonly known: readonly WireElement[];
  readonly signal: AbortSignal;
  readonly onChange: (change: Change, names: Names) => void;
  /** In step: the first full reading has come, and how much there is. */
  readonly onSynced: (nodes: number, edges: number) => void;
  readonly onLost: (reason: string) => void;
  /** It goes on: with everything that was missed, with what differs by now, or from now on only. */
  readonly onResumed: (how: 'complete' | 'compared' | 'anew') => void;
}

const retryMsMin = 100;
const retryMsMax = 5_000;

/** Ends when the signal aborts; throws when the server cannot be reached at the start, or refuses. */
export async function subscribe(options: SubscriptionOptions): Promise<void> {
  const follower = new Follower(options);
  let retryMs = retryMsMin;
  while (!options.signal.aborted) {
    try {
      const reason = await follower.connect();
      if (options.signal.aborted) return;
      retryMs = retryMsMin;
      options.onLost(reason);
    } catch (error) {
      if (options.signal.aborted) return;
      if (!follower.isSynced || !(error instanceof Failure) || error.exitCode !== exitCodes.unreachable) throw error;
    }
    await delay(retryMs, undefined, { signal: options.signal }).catch(() => undefined);
    retryMs = Math.min(retryMs * 2, retryMsMax);
  }
}

class Follower {
  readonly #options: SubscriptionOptions;
  #known = new Map<string, WireElement>();
  readonly #directory = new Directory();
  #revision: number | undefined;
  isSynced = false;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#revision = options.revision;
    for (const element of options.known) this.#known.set(element.ID, element);
    for (const element of options.known) this.#directory.learn(element);
  }

  /** One connection from its opening to its end; answers why it ended. */
  connect(): Promise<string> {
    const { server, filter, signal } = this.#options;
    return listenTo(server, {
      path: '/ws/subscriber',
      headers: { 'X-Websocket-Namespace': 'Graph', ...(filter !== undefined && { 'X-Gremlin-Filter': filter }) },
      hello: this.#syncRequest(),
      onMessage: (message) => this.#hear(message as ServerMessage),
      signal,
    });
  }

  #syncRequest(): string {
    // What was known goes on from where it stood; at the start everything is asked for, to know what changes.
    const request: SyncRequest = this.#revision === undefined ? {} : { Revision: this.#revision };
    return JSON.stringify({ Namespace: 'Graph', Type: 'SyncRequest', UUID: 'watch', Status: 200, Obj: request });
  }

  #hear(message: ServerMessage): void {
    if (message.Type === 'SyncReply') {
      if (typeof message.Obj !== 'object' || message.Obj === null) {
        throw new Failure(exitCodes.usage, message.Obj ?? 'the server refuses to say what there is');
      }
      this.#sync(message.Obj);
      return;
    }
    if (message.Type === 'Error') throw new Failure(exitCodes.usage, message.Obj);
    // Heard before the first full reading, it is part of that reading.
    if (!this.isSynced || message.Type === 'Ack') return;
    // Whole elements were asked for.
    if (!('Metadata' in message.Obj)) return;
    if (message.LogRevision !== undefined) this.#revision = message.LogRevision;
    const kind = kinds[message.Type.replace(/^(Node|Edge)/, '')];
    if (kind) this.#tell(kind, message.Obj, message.LogRevision);
  }

  #sync(reply: SyncReply): void {
    const isFirst = !this.isSynced;
    const resumed = reply.Resumed === true;
    const now = new Map([...(reply.Nodes ?? []), ...(reply.Edges ?? [])].map((element) => [element.ID, element]));
    this.isSynced = true;
    // The missed changes follow one by one, each with its own position: until then the old one stands.
    if (!resumed) this.#revision = reply.LogRevision ?? this.#revision;
    if (isFirst) {
      if (!resumed) this.#known = now;
      for (const element of now.values()) this.#directory.learn(element);
      const edges = [...this.#known.values()].filter(isEdge).length;
      this.#options.onSynced(this.#known.size - edges, edges);
      if (this.#options.revision !== undefined) this.#options.onResumed(resumed ? 'complete' : 'anew');
      return;
    }
    this.#options.onResumed(resumed ? 'complete' : 'compared');
    if (!resumed) this.#compare(now);
  }

  #compare(now: ReadonlyMap<string, WireElement>): void {
    for (const [id, element] of this.#known) if (!now.has(id)) this.#tell('removed', element, undefined);
    for (const [id, element] of now) {
      const before = this.#known.get(id);
      if (!before) this.#tell('added', element, undefined);
      // A server that was started anew counts revisions anew: what is the same is no news.
      else if (keyChanges(before, element).length > 0) this.#tell('updated', element, undefined);
      else this.#known.set(id, element);
    }
  }

  #tell(kind: Change['kind'], element: WireElement, revision: number | undefined): void {
    const before = this.#known.get(element.ID);
    this.#directory.learn(element);
    if (kind !== 'removed') this.#known.set(element.ID, element);
    this.#options.onChange({ kind, element, before, revision }, this.#directory.nameOf);
    if (kind !== 'removed') return;
    this.#known.delete(element.ID);
    this.#directory.forget(element);
  }
}

const kinds: Readonly<Record<string, Change['kind']>> = { Added: 'added', Updated: 'updated', Deleted: 'removed' };
