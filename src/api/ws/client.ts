/** One WebSocket: a subscriber, a publisher, or both. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { syncRequestShape } from '../../contract/message.ts';
import type { ConnectionStatus } from '../../contract/status.ts';
import type { Commit } from '../../graph/change.ts';
import type { GraphView, Timeline } from '../../graph/view.ts';
import type { WebSocketEnd } from '../counts.ts';
import { type Identity, identityOf } from '../identity.ts';
import { issuesText } from '../issues-text.ts';
import type { ApiLog, FlowFeed } from '../parts.ts';
import type { Queries } from '../queries.ts';
import { statusOf } from '../reply.ts';
import { errorText, messageText, syncPieces } from './envelope.ts';
import { type FlowFilter, flowFilter } from './flow-filter.ts';
import { FlowSource } from './flow-source.ts';
import { type Hello, hearsAlerts, hearsGraph, helloOf } from './hello.ts';
import type { Incoming } from './incoming.ts';
import { incomingOf } from './incoming.ts';
import { Intake, type IntakeParts } from './intake.ts';
import { LogSource } from './log-source.ts';
import { Outbox, type Pieces } from './outbox.ts';
import { StandingQuery } from './standing.ts';

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
  readonly #intake: Intake | undefined;
  readonly #identity: Identity | undefined;
  readonly #connected: number;
  readonly #address: string;
  #events: LogSource | undefined;
  #standing: StandingQuery | undefined;
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
      this.#standing?.end();
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
    if (this.hello.filter !== '') {
      this.#filterAtStart();
      return;
    }
    this.#events = new LogSource(this.#parts.graph, this.hello.isPartial, this.#parts.graph.revision);
    this.#outbox.source = this.#events;
    if (this.hello.resume !== undefined) this.#resume('', this.hello.resume);
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
    if (this.#standing) this.#standing.changed(commit);
    else if (this.#events) this.#outbox.wake();
  }

  /** `text` is a whole message. */
  alerted(text: string): void {
    const isListener = this.role === 'subscriber' || this.role === 'pubsub';
    if (isListener && hearsAlerts(this.hello)) this.#outbox.reply(text);
  }

  /** Pings it, and gives it up when not a byte has passed in either direction for too long. */
  check(): void {
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
      const behind = this.#events ? `${this.#events.behind} changes behind` : 'it does not read';
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
      Queued: this.#outbox.waiting + (this.#events?.behind ?? this.#flows?.behind ?? 0),
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
    const asked = syncRequestShape.safeParse(obj ?? {});
    if (!asked.success) {
      this.#syncFailed(uuid, issuesText(asked.error));
      return;
    }
    const { Time, GremlinFilter, Revision } = asked.data;
    if (typeof Time === 'number') this.#syncThen(uuid, Time, GremlinFilter ?? this.#standing?.text ?? '');
    else if (GremlinFilter) this.#refilter(uuid, GremlinFilter.trim());
    else if (GremlinFilter === '' && this.#standing) this.#unfilter(uuid);
    else if (typeof Revision === 'number') this.#resume(uuid, Revision);
    else this.#sync(uuid, undefined);
  }

  /** The state of now; what comes after it are the events after it. */
  #sync(uuid: string, resumed: boolean | undefined): void {
    const { graph } = this.#parts;
    const standing = this.#standing;
    if (standing) {
      this.#outbox.reply(() =>
        this.#shown(uuid, standing, resumed).catch((error) => failedPieces(uuid, this.#textOf(error))),
      );
      return;
    }
    this.#outbox.reply(() => {
      const view = graph.now();
      const logRevision = graph.revision;
      this.#events?.skipTo(logRevision);
      return wholePieces(uuid, view, { logRevision, resumed });
    });
  }

  #syncThen(uuid: string, time: number, filter: string): void {
    const { timeline, queries, graph } = this.#parts;
    this.#outbox.reply(async () => {
      try {
        const logRevision = graph.revision;
        if (filter === '') return wholePieces(uuid, await timeline.at(time), { logRevision, resumed: undefined });
        const answer = await queries.run(queries.prepare(filter), { timeline: await queries.timelineAt(time) });
        if (answer.kind !== 'graph' && answer.kind !== 'nodes') return failedPieces(uuid, noGraph(filter));
        const { nodes, view } = answer;
        const edges = answer.kind === 'graph' ? answer.edges : [];
        return {
          pieces: syncPieces(uuid, { nodes, edges, view }, { logRevision, resumed: undefined }),
          freeze: () => view.freeze(),
        };
      } catch (error) {
        return failedPieces(uuid, this.#textOf(error));
      }
    });
  }

  #resume(uuid: string, revision: number): void {
    const { graph } = this.#parts;
    // What a filter showed then is not known any more.
    const isKept =
      !this.#standing && this.#events && revision <= graph.revision && graph.since(revision, 1) !== undefined;
    if (!isKept) {
      this.#sync(uuid, false);
      return;
    }
    this.#outbox.reply(() => {
      this.#events?.skipTo(revision);
      const obj = { Nodes: null, Edges: null, LogRevision: revision, Resumed: true };
      return { pieces: [messageText('SyncReply', uuid, 200, JSON.stringify(obj))], freeze: () => {} };
    });
  }

  #refilter(uuid: string, filter: string): void {
    const before = this.#standing;
    this.#outbox.reply(async () => {
      try {
        const standing = this.#standingQuery(filter);
        const pieces = await this.#shown(uuid, standing, undefined);
        before?.end();
        this.#use(standing);
        return pieces;
      } catch (error) {
        return failedPieces(uuid, this.#textOf(error));
      }
    });
  }

  #unfilter(uuid: string): void {
    this.#standing?.end();
    this.#standing = undefined;
    if (this.role !== 'publisher') {
      this.#events = new LogSource(this.#parts.graph, this.hello.isPartial, this.#parts.graph.revision);
    }
    this.#outbox.source = this.#events;
    this.#sync(uuid, undefined);
  }

  #filterAtStart(): void {
    try {
      const standing = this.#standingQuery(this.hello.filter);
      // At once: whoever asks for a sync before the first answer must not get what the filter keeps out.
      this.#standing = standing;
      // Events before the first answer would have nothing to be a difference to.
      standing.start().then(
        () => {
          this.#use(standing);
          if (this.hello.resume !== undefined) this.#sync('', false);
        },
        (error) => this.cut('refused', 1008, this.#textOf(error)),
      );
    } catch (error) {
      this.cut('refused', 1008, this.#textOf(error));
    }
  }

  #standingQuery(filter: string): StandingQuery {
    return new StandingQuery(filter, this.#parts, {
      isPartial: this.hello.isPartial,
      wake: () => this.#outbox.wake(),
      failed: (error) => this.#refuse('', this.#textOf(error)),
    });
  }

  #use(standing: StandingQuery): void {
    if (this.#ws.readyState !== this.#ws.OPEN) {
      standing.end();
      return;
    }
    this.#standing = standing;
    this.#events = undefined;
    if (this.role !== 'publisher') this.#outbox.source = standing;
  }

  async #shown(uuid: string, standing: StandingQuery, resumed: boolean | undefined): Promise<Pieces> {
    const { nodes, edges, view, logRevision } = await standing.start();
    const shown = { nodes: nodes.values(), edges: edges.values(), view };
    return { pieces: syncPieces(uuid, shown, { logRevision, resumed }), freeze: () => view.freeze() };
  }

  #syncFailed(uuid: string, text: string): void {
    this.#parts.counts.messagesRefused++;
    this.#outbox.reply(messageText('SyncReply', uuid, 400, JSON.stringify(text)));
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

function wholePieces(
  uuid: string,
  view: GraphView,
  how: { logRevision: number; resumed: boolean | undefined },
): Pieces {
  return {
    pieces: syncPieces(uuid, { nodes: view.nodes(), edges: view.edges(), view }, how),
    freeze: () => view.freeze(),
  };
}

function failedPieces(uuid: string, text: string): Pieces {
  return { pieces: [messageText('SyncReply', uuid, 400, JSON.stringify(text))], freeze: () => {} };
}

function noGraph(filter: string): string {
  return `Gremlin query '${filter}' did not return a graph: end it with .SubGraph()`;
}
