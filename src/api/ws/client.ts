/** One WebSocket: a subscriber, a publisher, or both. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ConnectionStatus } from '../../contract/status.ts';
import type { Commit } from '../../graph/change.ts';
import type { Timeline } from '../../graph/view.ts';
import type { WebSocketEnd } from '../counts.ts';
import { type Identity, identityOf } from '../identity.ts';
import type { ApiLog, FlowFeed } from '../parts.ts';
import type { Queries } from '../queries.ts';
import { statusOf } from '../reply.ts';
import { errorText } from './envelope.ts';
import { type FlowFilter, flowFilter } from './flow-filter.ts';
import { FlowSource } from './flow-source.ts';
import { GraphFeed } from './graph-feed.ts';
import { type Hello, hearsAlerts, hearsGraph, helloOf } from './hello.ts';
import type { Incoming } from './incoming.ts';
import { incomingOf } from './incoming.ts';
import { Intake, type IntakeParts } from './intake.ts';
import { Outbox } from './outbox.ts';

/** `flows` hears of flows, and of the graph nothing. */
export type Role = 'subscriber' | 'publisher' | 'pubsub' | 'flows';

export interface ClientParts extends IntakeParts {
  readonly timeline: Timeline;
  readonly queries: Queries;
  readonly flowFeed: FlowFeed | undefined;
  readonly log: ApiLog;
}

type Other = Incoming & { kind: 'other' };

export class Client {
  readonly role: Role;
  readonly hello: Hello;
  readonly port: number;
  readonly #parts: ClientParts;
  readonly #ws: WebSocket;
  readonly #socket: Socket;
  readonly #outbox: Outbox;
  readonly #graph: GraphFeed;
  readonly #intake: Intake | undefined;
  readonly #identity: Identity | undefined;
  readonly #connected: number;
  readonly #address: string;
  #flows: FlowSource | undefined;
  #unfollow: () => void = () => undefined;
  #end: WebSocketEnd = 'left';
  #bytesRead = 0;
  #bytesDrained = 0;
  #silentPings = 0;

  constructor(
    parts: ClientParts,
    role: Role,
    request: IncomingMessage,
    socket: Duplex,
    ws: WebSocket,
    gone: () => void,
  ) {
    this.#parts = parts;
    this.role = role;
    this.hello = helloOf(request);
    this.#identity = identityOf(request);
    this.#ws = ws;
    this.#socket = socket as Socket;
    this.#connected = parts.clock.now();
    this.#address = this.#socket.remoteAddress ?? '';
    this.port = this.#socket.remotePort ?? 0;
    this.#outbox = new Outbox({
      ws,
      socket,
      limits: parts.limits,
      counts: parts.counts,
      elapsed: () => parts.clock.elapsed(),
      late: (why) => this.cut('slow', 1013, `too slow: ${why}`),
      failed: (error) => this.cut('failed', 1011, this.#textOf(error)),
    });
    this.#graph = new GraphFeed(parts, {
      hello: this.hello,
      hearsEvents: role !== 'publisher',
      outbox: this.#outbox,
      isOpen: () => ws.readyState === ws.OPEN,
      refuse: (uuid, text) => this.#refuse(uuid, text),
      cut: (why) => this.cut('refused', 1008, why),
      textOf: (error) => this.#textOf(error),
    });
    if (role === 'publisher' || role === 'pubsub') {
      this.#intake = new Intake(parts, this.hello, ws, {
        reply: (text) => this.#outbox.reply(text),
        other: (message) => this.#other(message),
        failed: (error) => this.#outbox.reply(errorText('', this.#textOf(error))),
      });
    }
    ws.on('message', (data: Buffer, isBinary: boolean) => this.#message(data, isBinary));
    ws.on('error', () => ws.terminate());
    ws.on('close', () => {
      gone();
      this.#outbox.close();
      this.#graph.end();
      this.#unfollow();
      parts.counts.webSocketEnd(this.#end);
      this.#intake?.end().catch((error) => parts.log.warn(`publisher ${this.hello.hostId}: ${error.message}`));
    });
  }

  /** Greets it: refuses what it cannot have, resumes where it left off. */
  start(): void {
    if (this.hello.protocol !== 'json') {
      this.cut('refused', 1003, `X-Client-Protocol ${this.hello.protocol.slice(0, 30)}: only json is spoken here`);
      return;
    }
    if (this.role === 'flows') {
      this.#follow();
      return;
    }
    if (this.role === 'publisher' || !hearsGraph(this.hello)) return;
    this.#graph.begin();
  }

  #follow(): void {
    const { flowFeed, clock, counts, queries } = this.#parts;
    const { filter: text, namespaces } = this.hello;
    let filter: FlowFilter | undefined;
    try {
      if (text !== '') filter = flowFilter(text, queries);
    } catch (error) {
      this.cut('refused', 1008, this.#textOf(error));
      return;
    }
    const source = new FlowSource({
      namespaces,
      filter,
      nowMs: () => clock.now(),
      lost: (flows) => {
        counts.flowsNotSent += flows;
      },
      failed: (error) => this.cut('failed', 1011, this.#textOf(error)),
      wake: () => this.#outbox.wake(),
    });
    this.#flows = source;
    this.#outbox.source = source;
    if (flowFeed) this.#unfollow = flowFeed.subscribe(source);
  }

  /** The graph has changed. */
  changed(commit: Commit): void {
    this.#graph.changed(commit);
  }

  /** `text` is a whole message. */
  alerted(text: string): void {
    const isListener = this.role === 'subscriber' || this.role === 'pubsub';
    if (isListener && hearsAlerts(this.hello)) this.#outbox.reply(text);
  }

  /** Pings it, and gives it up when not a byte has passed in either direction for too long. */
  check(): void {
    // Whoever has been told to go is gone soon, and for that reason.
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    if (this.#identity?.isStillGood() === false) {
      this.cut('refused', 1008, 'the token or the user is no longer good');
      return;
    }
    // A pong may wait behind all that a client sends, or behind all that it has still to read: any byte is life.
    const drained = this.#socket.bytesWritten - this.#socket.writableLength;
    const moved =
      this.#socket.bytesRead !== this.#bytesRead || (this.#outbox.isBlocked && drained !== this.#bytesDrained);
    this.#bytesRead = this.#socket.bytesRead;
    this.#bytesDrained = drained;
    this.#silentPings = moved || this.#intake?.isPaused ? 0 : this.#silentPings + 1;
    if (this.#silentPings <= this.#parts.limits.silentPingsMax) {
      if (this.#ws.readyState === this.#ws.OPEN && !this.#outbox.isBlocked) this.#ws.ping();
    } else if (this.#outbox.isBlocked) {
      const behind = this.#graph.behind === undefined ? 'it does not read' : `${this.#graph.behind} changes behind`;
      this.cut('slow', 1013, `too slow: ${behind}`);
    } else {
      this.#end = 'silent';
      this.#ws.terminate();
    }
  }

  /** Tells why, and closes. */
  cut(end: WebSocketEnd, code: number, why: string): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    this.#end = end;
    this.#outbox.close();
    if (end !== 'stopping') {
      if (!this.#outbox.isMidMessage) this.#ws.send(errorText('', why));
      if (end === 'slow') this.#parts.log.warn(`${this.role} ${this.hello.hostId} (${this.#address}): ${why}`);
    }
    // Reason of a close frame: 123 bytes (RFC 6455 §5.5).
    this.#ws.close(
      code,
      Buffer.from(why)
        .subarray(0, 123)
        .toString()
        .replace(/\uFFFD$/, ''),
    );
    setTimeout(() => this.#ws.terminate(), cutMs).unref();
  }

  status(): ConnectionStatus {
    return {
      ServiceType: this.hello.clientType,
      ClientProtocol: this.hello.protocol,
      Addr: this.#address,
      Port: this.port,
      IsConnected: true,
      ConnectTime: new Date(this.#connected).toISOString(),
      RemoteHost: this.hello.hostId,
      Queued: this.#outbox.waiting + (this.#graph.behind ?? this.#flows?.behind ?? 0),
    };
  }

  #message(data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      this.#parts.counts.messagesRefused++;
      this.#outbox.reply(errorText('', 'binary messages are not understood: only json is spoken here'));
    } else if (this.#intake) this.#intake.take(data);
    else {
      this.#parts.counts.messagesReceived++;
      for (const message of incomingOf(data.toString())) {
        if (message.kind === 'other') this.#other(message);
        else if (message.kind === 'wrong') this.#refuse(message.uuid, message.text);
        else this.#refuse(message.uuid, 'changes are taken at /ws/publisher and /ws/pubsub');
      }
    }
  }

  #refuse(uuid: string, text: string): void {
    this.#parts.counts.messagesRefused++;
    this.#outbox.reply(errorText(uuid, text));
  }

  #other({ type, uuid, obj }: Other): void {
    if (type !== 'SyncRequest' || this.role === 'flows') {
      this.#refuse(uuid, `no message of Type "${type}" is known`);
      return;
    }
    this.#graph.sync(uuid, obj);
  }

  #textOf(error: unknown): string {
    const { text } = statusOf(error);
    if (text === undefined)
      this.#parts.log.warn(`${this.role} ${this.hello.hostId}: ${(error as Error).stack ?? error}`);
    return (text ?? 'internal error').trimEnd();
  }
}

/** Time for the last words to arrive. */
const cutMs = 2_000;
