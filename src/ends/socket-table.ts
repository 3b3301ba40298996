/**
 * The sockets of all namespaces: those that are open, and for a while those that were. What is told again replaces what
 * was known, so a socket is one object with the newest word about it, not a row of versions.
 */
import { Buckets } from './buckets.ts';
import type { Socket, SocketWriter } from './socket.ts';
import { isOpenIn, type SocketQuery, type SocketView } from './socket-view.ts';
import type { Tuple } from './translation.ts';
import { conversationNumber, numberOf, portNumber } from './tuple.ts';

export interface SocketTableOptions {
  /** Epoch ms: what was before, this table does not know. */
  readonly begin?: number;
  /** Open ones that are held, about 600 bytes each; what comes beyond them is refused and counted. */
  readonly openMax?: number;
  /** Closed ones that are remembered; when there are more the oldest go. */
  readonly closedMax?: number;
}

export interface SocketListener {
  /** One that is over when it is told is not told of here. */
  opened(socket: Socket): void;
  /** With closedAt. */
  closed(socket: Socket): void;
}

export interface SocketTableStats {
  readonly open: number;
  readonly closed: number;
  /** Since the start: opened, closed, refused for lack of room, and forgotten for lack of room. */
  readonly openedTotal: number;
  readonly closedTotal: number;
  readonly refused: number;
  readonly forgotten: number;
}

export class SocketTable implements SocketWriter, SocketView {
  readonly #openMax: number;
  readonly #closedMax: number;
  readonly #byId = new Map<string, Held>();
  readonly #byNode = new Map<string, Set<Held>>();
  readonly #byNumber = new Buckets<Held>();
  /** In the order in which they closed; those before `#firstClosed` are forgotten. */
  #closed: (Held | undefined)[] = [];
  #firstClosed = 0;
  #knownFrom: number;
  readonly #listeners = new Set<SocketListener>();
  /** Times that it was begun to tell all of some namespace. */
  #tellings = 0;
  #count = { openedTotal: 0, closedTotal: 0, refused: 0, forgotten: 0 };

  constructor({ begin = 0, openMax = 262_144, closedMax = 100_000 }: SocketTableOptions = {}) {
    this.#knownFrom = begin;
    this.#openMax = openMax;
    this.#closedMax = closedMax;
  }

  /** From this moment on all that was open is known here. */
  get knownFrom(): number {
    return this.#knownFrom;
  }

  get isEmpty(): boolean {
    return this.#byId.size === 0 && this.#closed.length === this.#firstClosed;
  }

  tell(sockets: readonly Socket[]): void {
    for (const socket of sockets) this.#tell(socket);
  }

  close(ids: readonly string[], at: number): void {
    for (const id of ids) {
      const held = this.#byId.get(id);
      if (held) this.#close(held, at);
    }
  }

  begin(node: string): ((at: number) => void) | undefined {
    if (!this.#byNode.has(node)) return undefined;
    const begun = ++this.#tellings;
    return (at) => {
      for (const held of this.#byNode.get(node) ?? []) if (held.telling < begun) this.#close(held, at);
    };
  }

  gone(node: string, at: number): void {
    for (const held of this.#byNode.get(node) ?? []) this.#close(held, at);
  }

  /** Told of each that opens and closes, at once. Gives how to stop. */
  listen(listener: SocketListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One that is open. */
  get(id: string): Socket | undefined {
    return this.#byId.get(id)?.socket;
  }

  find({ time, nodes, conversations }: SocketQuery): readonly Socket[] {
    const found: Socket[] = [];
    const wanted = nodes && new Set(nodes);
    const take = ({ socket }: Held) => {
      if ((!wanted || wanted.has(socket.node)) && isOpenIn(socket, time)) found.push(socket);
    };
    if (conversations) for (const held of this.#atEndsOf(conversations)) take(held);
    else {
      if (wanted) for (const node of wanted) for (const held of this.#byNode.get(node) ?? []) take(held);
      else for (const held of this.#byId.values()) take(held);
      if (time) for (let at = this.#firstClosed; at < this.#closed.length; at++) take(this.#closed[at] as Held);
    }
    return found;
  }

  /** Open or closed a short while ago: connected either way round, or at one of its ports without another end. */
  *at(conversation: Tuple): Generator<Socket> {
    for (const { socket } of this.#byNumber.of(conversationNumber(conversation))) yield socket;
    yield* this.atPort(conversation.protocol, conversation.sourcePort);
    yield* this.atPort(conversation.protocol, conversation.destinationPort);
  }

  /** Whether there may be any of these: most conversations are of others. */
  has(conversation: Tuple): boolean {
    const { protocol, sourcePort, destinationPort } = conversation;
    return (
      this.#byNumber.has(conversationNumber(conversation)) ||
      this.#byNumber.has(portNumber(protocol, destinationPort)) ||
      this.#byNumber.has(portNumber(protocol, sourcePort))
    );
  }

  /** Those without another end. */
  *atPort(protocol: number, port: number): Generator<Socket> {
    for (const { socket } of this.#byNumber.of(portNumber(protocol, port))) yield socket;
  }

  /** What closed before is forgotten. */
  forgetBefore(time: number): void {
    while (this.#firstClosed < this.#closed.length) {
      const closedAt = this.#closed[this.#firstClosed]?.socket.closedAt ?? 0;
      if (closedAt >= time) break;
      this.#forgetFirst();
    }
    this.#knownFrom = Math.max(this.#knownFrom, time);
  }

  stats(): SocketTableStats {
    return { open: this.#byId.size, closed: this.#closed.length - this.#firstClosed, ...this.#count };
  }

  #tell(socket: Socket): void {
    const held = this.#byId.get(socket.id);
    if (socket.closedAt !== undefined) {
      this.#end(held, socket, socket.closedAt);
      return;
    }
    if (!held) {
      this.#open(socket);
      return;
    }
    this.#replace(held, socket);
  }

  #replace(held: Held, socket: Socket): void {
    held.telling = this.#tellings;
    const number = numberOf(socket);
    if (number !== held.number) {
      // A UDP socket that was connected, or bound to another address.
      this.#byNumber.remove(held.number, held);
      held.number = number;
      this.#byNumber.add(number, held);
    }
    // It was opened when it was opened, whoever sees it again later.
    const { openedAt } = held.socket;
    held.socket = openedAt <= socket.openedAt && openedAt !== socket.openedAt ? { ...socket, openedAt } : socket;
    held.wasEstablished ||= socket.state === 'ESTABLISHED';
  }

  #open(socket: Socket): void {
    if (this.#byId.size >= this.#openMax) {
      this.#count.refused++;
      return;
    }
    const held = heldOf(socket, this.#tellings);
    this.#byId.set(socket.id, held);
    let ofNode = this.#byNode.get(socket.node);
    if (!ofNode) {
      ofNode = new Set();
      this.#byNode.set(socket.node, ofNode);
    }
    ofNode.add(held);
    this.#byNumber.add(held.number, held);
    this.#count.openedTotal++;
    for (const listener of this.#listeners) listener.opened(socket);
  }

  /** Most are short: opened and closed since anything was told, they need no place among those that are open. */
  #end(held: Held | undefined, socket: Socket, at: number): void {
    if (held) {
      this.#replace(held, socket);
      this.#close(held, at);
      return;
    }
    this.#count.openedTotal++;
    const ended = heldOf(socket, this.#tellings);
    this.#byNumber.add(ended.number, ended);
    this.#remember(ended);
  }

  #close(held: Held, at: number): void {
    const { socket } = held;
    this.#byId.delete(socket.id);
    const ofNode = this.#byNode.get(socket.node);
    ofNode?.delete(held);
    if (ofNode?.size === 0) this.#byNode.delete(socket.node);
    // Asked about later it was what it was for most of its time, not how it ended.
    const state = held.wasEstablished ? 'ESTABLISHED' : socket.state;
    held.socket = { ...socket, state, closedAt: Math.max(at, socket.openedAt) };
    this.#remember(held);
  }

  #remember(held: Held): void {
    this.#closed.push(held);
    this.#count.closedTotal++;
    if (this.#closed.length - this.#firstClosed > this.#closedMax) {
      this.#knownFrom = Math.max(this.#knownFrom, this.#closed[this.#firstClosed]?.socket.closedAt ?? 0);
      this.#count.forgotten++;
      this.#forgetFirst();
    }
    for (const listener of this.#listeners) listener.closed(held.socket);
  }

  #forgetFirst(): void {
    const held = this.#closed[this.#firstClosed] as Held;
    this.#closed[this.#firstClosed++] = undefined;
    this.#byNumber.remove(held.number, held);
    if (this.#firstClosed < COMPACT_AT || this.#firstClosed * 2 < this.#closed.length) return;
    this.#closed = this.#closed.slice(this.#firstClosed);
    this.#firstClosed = 0;
  }

  *#atEndsOf(conversations: readonly Tuple[]): Generator<Held> {
    const numbers = new Set<number>();
    for (const tuple of conversations) {
      numbers.add(conversationNumber(tuple));
      numbers.add(portNumber(tuple.protocol, tuple.sourcePort));
      numbers.add(portNumber(tuple.protocol, tuple.destinationPort));
    }
    for (const number of numbers) yield* this.#byNumber.of(number);
  }
}

/** The room of forgotten ones is given back when they are so many, and more than half. */
const COMPACT_AT = 1_024;

function heldOf(socket: Socket, telling: number): Held {
  return { socket, number: numberOf(socket), wasEstablished: socket.state === 'ESTABLISHED', telling };
}

interface Held {
  socket: Socket;
  number: number;
  wasEstablished: boolean;
  /** When it was told last, in tellings that were begun. */
  telling: number;
}
