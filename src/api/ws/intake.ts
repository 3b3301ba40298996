/**
 * What one publisher sends, applied in slices: all that has come is one transaction of the graph, at most some
 * milliseconds of it at a time. While too much waits, here or in the archive, its socket is not read.
 */
import type { WebSocket } from 'ws';
import type { Change } from '../../graph/change.ts';
import type { Metadata, Value } from '../../graph/element.ts';
import type { Counts } from '../counts.ts';
import { type ApiLimits, sliceMs } from '../limits.ts';
import type { ApiParts } from '../parts.ts';
import { turn } from '../write.ts';
import { errorText, messageText } from './envelope.ts';
import type { Hello } from './hello.ts';
import { type Incoming, incomingOf, type PartialOp } from './incoming.ts';

export interface IntakeParts extends Pick<ApiParts, 'graph' | 'clock' | 'archive' | 'host'> {
  readonly limits: ApiLimits;
  readonly counts: Counts;
}

export class Intake {
  readonly #parts: IntakeParts;
  readonly #hello: Hello;
  readonly #ws: WebSocket;
  readonly #reply: (text: string) => void;
  readonly #other: (message: Incoming & { kind: 'other' }) => void;
  readonly #failed: (error: unknown) => void;
  readonly #origin: string;
  readonly #waiting: Buffer[] = [];
  #first = 0;
  #working: Promise<void> | undefined;
  /** Messages taken since the archive was last asked to keep what there is. */
  #unkept = 0;
  #keeping: Promise<void> | undefined;
  #isPaused = false;
  /** What it has added and not taken away, when it is to go with it. */
  readonly #mine: Map<string, Change & { kind: 'gone' }> | undefined;

  constructor(
    parts: IntakeParts,
    hello: Hello,
    ws: WebSocket,
    to: {
      reply: (text: string) => void;
      other: (message: Incoming & { kind: 'other' }) => void;
      /** Our bug: the rest of what waits is tried with the next message. */
      failed: (error: unknown) => void;
    },
  ) {
    this.#parts = parts;
    this.#hello = hello;
    this.#ws = ws;
    this.#reply = to.reply;
    this.#other = to.other;
    this.#failed = to.failed;
    this.#origin = `${hello.clientType}.${hello.hostId}`;
    this.#mine = hello.deleteOnDisconnect ? new Map() : undefined;
  }

  /** Its socket is not read: silence means nothing. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  take(message: Buffer): void {
    this.#waiting.push(message);
    if (!this.#isPaused && this.#waiting.length - this.#first >= this.#parts.limits.publishedMax) this.#pause();
    this.#working ??= this.#work().catch(this.#failed);
  }

  /** The client has gone; what it had sent is still applied, then what goes with it goes. */
  async end(): Promise<void> {
    await this.#working;
    if (!this.#mine || this.#mine.size === 0) return;
    this.#apply([...this.#mine.values()], this.#hello.hostId, this.#origin);
  }

  async #work(): Promise<void> {
    const { clock, limits } = this.#parts;
    try {
      // What else has come with the first message is part of the first slice.
      await turn();
      while (this.#first < this.#waiting.length) {
        this.#slice(clock.elapsed() + sliceMs);
        await turn();
        await this.#keepUp();
        if (this.#isPaused && this.#waiting.length - this.#first < limits.publishedMax / 2) this.#resume();
      }
    } finally {
      this.#working = undefined;
    }
  }

  /** The graph is quicker than the archive: what is between them is memory, so it does not get far ahead. */
  async #keepUp(): Promise<void> {
    const { archive, limits } = this.#parts;
    if (this.#unkept < limits.unkeptMax / 2 && !archive.isFull()) return;
    const before = this.#keeping;
    this.#keeping = archive.flushed();
    // A rejection is seen below, or when it is awaited next time.
    this.#keeping.catch(() => {});
    this.#unkept = 0;
    try {
      await before;
      if (archive.isFull()) await this.#waitFor(this.#keeping);
    } catch {
      // While the archive is away the publisher waits as long as there is little room left.
      if (archive.isFull()) await this.#waitFor(pause(awayMs));
    }
  }

  async #waitFor(kept: Promise<void>): Promise<void> {
    this.#pause();
    await kept;
  }

  #slice(until: number): void {
    const batch = new Batch((changes, host, origin) => this.#apply(changes, host, origin));
    let lastUuid = '';
    let count = 0;
    while (this.#first < this.#waiting.length) {
      const text = (this.#waiting[this.#first] as Buffer).toString();
      this.#first++;
      for (const message of incomingOf(text)) {
        count++;
        this.#unkept++;
        this.#parts.counts.messagesReceived++;
        if (message.uuid !== '') lastUuid = message.uuid;
        this.#handle(message, batch);
      }
      if (this.#parts.clock.elapsed() >= until) break;
    }
    if (this.#first > 1024 || this.#first === this.#waiting.length) {
      this.#waiting.splice(0, this.#first);
      this.#first = 0;
    }
    batch.flush();
    const refused = batch.refused.map(({ uuid, reason }) => errorText(uuid, reason));
    for (const text of refused) this.#refuse(text);
    if (this.#hello.wantsAcks) this.#acknowledge(lastUuid, count, refused.length + batch.wrong);
  }

  #handle(message: Incoming, batch: Batch): void {
    switch (message.kind) {
      case 'change':
        batch.add(message.change, message.uuid, message.host || this.#hello.hostId, message.origin || this.#origin);
        return;
      case 'deep': {
        batch.flush();
        const change = deepChange(this.#parts.graph, message);
        if (change) batch.add(change, message.uuid, this.#hello.hostId, this.#origin);
        else {
          batch.wrong++;
          this.#refuse(errorText(message.uuid, 'Graph element not found'));
        }
        return;
      }
      case 'other':
        batch.flush();
        this.#other(message);
        return;
      case 'wrong':
        batch.wrong++;
        this.#refuse(errorText(message.uuid, message.text));
    }
  }

  #apply(changes: readonly Change[], host: string, origin: string) {
    const commit = this.#parts.graph.apply(changes, { host, origin, time: this.#parts.clock.now() });
    if (this.#mine) {
      for (const { kind, element } of commit.events) {
        const key = `${element.kind} ${element.id}`;
        if (kind === 'removed') this.#mine.delete(key);
        else if (kind === 'added') this.#mine.set(key, { kind: 'gone', id: element.id, of: element.kind });
      }
    }
    return commit.refused;
  }

  #refuse(text: string): void {
    this.#parts.counts.messagesRefused++;
    this.#reply(text);
  }

  /** Said when it is durable, not before. */
  #acknowledge(uuid: string, count: number, refused: number): void {
    const { archive, graph } = this.#parts;
    const obj = JSON.stringify({ Count: count, Refused: refused, LogRevision: graph.revision });
    archive.flushed().then(
      () => this.#reply(messageText('Ack', uuid, 200, obj)),
      (error) => this.#reply(errorText(uuid, `not kept: ${(error as Error).message}`)),
    );
  }

  #pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#parts.counts.publisherPauses++;
    this.#ws.pause();
  }

  #resume(): void {
    this.#isPaused = false;
    this.#ws.resume();
  }
}

/** Between two looks at an archive that is away. */
const awayMs = 200;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

type ApplyBatch = (
  changes: readonly Change[],
  host: string,
  origin: string,
) => readonly { readonly change: Change; readonly reason: string }[];

/** Changes that follow each other and come from one host and origin are one transaction. */
class Batch {
  readonly refused: { readonly uuid: string; readonly reason: string }[] = [];
  /** Messages that came to nothing before the graph saw them. */
  wrong = 0;
  readonly #apply: ApplyBatch;
  #changes: Change[] = [];
  #uuids: string[] = [];
  #host = '';
  #origin = '';

  constructor(apply: ApplyBatch) {
    this.#apply = apply;
  }

  add(change: Change, uuid: string, host: string, origin: string): void {
    if (host !== this.#host || origin !== this.#origin) this.flush();
    this.#host = host;
    this.#origin = origin;
    this.#changes.push(change);
    this.#uuids.push(uuid);
  }

  flush(): void {
    if (this.#changes.length === 0) return;
    const changes = this.#changes;
    const uuids = this.#uuids;
    this.#changes = [];
    this.#uuids = [];
    const refused = this.#apply(changes, this.#host, this.#origin);
    if (refused.length === 0) return;
    // One look at all of them: one message can hold a graph of which nothing fits.
    const uuidOf = new Map(changes.map((change, index) => [change, uuids[index] ?? '']));
    for (const { change, reason } of refused) this.refused.push({ uuid: uuidOf.get(change) ?? '', reason });
  }
}

/** `a.b.c` in a partial update: the top-level key anew, with one value in it changed. */
function deepChange(graph: IntakeParts['graph'], { of, id, ops }: Incoming & { kind: 'deep' }): Change | undefined {
  const view = graph.now();
  const [element] = of === 'node' ? view.nodes(id) : view.edges(id);
  if (!element) return undefined;
  let metadata = element.metadata;
  for (const op of ops) metadata = withOp(metadata, op.Key.split('.'), op);
  const roots = [...new Set(ops.map(({ Key }) => Key.split('.', 1)[0] as string))];
  const set = Object.fromEntries(
    roots.filter((key) => Object.hasOwn(metadata, key)).map((key) => [key, metadata[key] as Value]),
  );
  return { kind: 'set', id, of, set, unset: roots.filter((key) => !Object.hasOwn(metadata, key)) };
}

function withOp(object: Metadata, [key = '', ...rest]: readonly string[], op: PartialOp): Metadata {
  if (rest.length > 0) {
    const inner = Object.hasOwn(object, key) ? object[key] : undefined;
    const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    if (!isObject && op.Type === 2) return object;
    return { ...object, [key]: withOp(isObject ? (inner as Metadata) : {}, rest, op) };
  }
  if (op.Type === 1) return { ...object, [key]: op.Value ?? null };
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}
