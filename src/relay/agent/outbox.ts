/**
 * Gathers what an agent learns into Facts, and appends them to its spool. A batch is closed after a short time, or as
 * soon as it is big enough, so that what waits here is small; when there is no news, a sign of life is told.
 */
import type { Socket } from '../../ends/socket.ts';
import type { SocketListener } from '../../ends/socket-table.ts';
import type { Flow, RawPacket } from '../../flow/flow.ts';
import type { Loss } from '../../flow/loss.ts';
import type { Commit, SampleEvent } from '../../graph/change.ts';
import { toldOf } from '../../graph/telling.ts';
import type { Told } from '../../graph/told.ts';
import type { Clock } from '../../std/clock.ts';
import type { Facts } from '../message.ts';
import type { Spool } from '../spool/spool.ts';

export interface OutboxParts {
  readonly spool: Pick<Spool, 'append' | 'needsWholeGraph' | 'status'>;
  readonly clock: Clock;
  /** All that is alive in the agent's graph; undefined while its probes have not spoken yet: a whole picture waits. */
  readonly picture: () => Iterable<Told> | undefined;
  /** Those that are open, all of them or one by its id. Without it no sockets are told. */
  readonly sockets?: { readonly open: () => Iterable<Socket>; readonly get: (id: string) => Socket | undefined };
  /** How long the first fact waits for company. */
  readonly gatherMs?: number;
  /** Without news for so long a sign of life is told. */
  readonly quietMs?: number;
  /** A socket that is open for so long is told again, as it is then. */
  readonly stayMs?: number;
  /** Changes, flows, … in one batch; one transaction of the graph is never divided. */
  readonly factsMax?: number;
  /** Of kept packets in one batch. */
  readonly packetBytesMax?: number;
}

export interface OutboxStatus {
  /** Batches since the start, and those of them that told the whole graph. */
  readonly batches: number;
  readonly wholeGraphs: number;
  readonly changes: number;
  readonly samples: number;
  readonly flows: number;
  readonly rawPackets: number;
  readonly sockets: number;
}

/** A part of the spool's room that stays free for what cannot wait. */
const FULL_AT = 0.8;

export class Outbox implements SocketListener {
  readonly #parts: OutboxParts;
  readonly #factsMax: number;
  #graph: Told[] = [];
  #samples: SampleEvent[] = [];
  #flows: Flow[] = [];
  #rawPackets: { readonly uuid: string; readonly packet: RawPacket }[] = [];
  #packetBytes = 0;
  #losses: Loss[] = [];
  /** By id: of a socket that changed twice the newer is told, of one that was short its end. */
  #sockets = new Map<string, Socket>();
  /** In the order of their opening. */
  #young: { readonly id: string; readonly dueMs: number }[] = [];
  #wants = { graph: false, sockets: false };
  /** Numbers of the batches that told all of it last. */
  #wholeGraphSeq = 0;
  #allSocketsSeq = 0;
  #count = { batches: 0, wholeGraphs: 0, changes: 0, samples: 0, flows: 0, rawPackets: 0, sockets: 0 };
  readonly #listeners = new Set<(facts: Facts) => void>();
  #cancel: (() => void) | undefined;
  #cancelQuiet: (() => void) | undefined;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#factsMax = parts.factsMax ?? 5_000;
    this.#wants.sockets = parts.sockets !== undefined;
    this.#rest();
  }

  /** So much is spooled that captures and probes should hold back. */
  get isFull(): boolean {
    const { bytes, bytesMax, fault } = this.#parts.spool.status();
    return fault !== undefined || bytes >= bytesMax * FULL_AT;
  }

  /** What `graph.subscribe` tells. */
  commit({ events, samples }: Pick<Commit, 'events' | 'samples'>): void {
    for (const event of events) this.#graph.push(toldOf(event));
    for (const sample of samples) this.#samples.push(sample);
    if (events.length + samples.length > 0) this.#added();
  }

  flows(flows: readonly Flow[]): void {
    for (const flow of flows) {
      this.#flows.push(flow);
      if (this.#flows.length >= this.#factsMax) this.flush();
    }
    if (this.#flows.length > 0) this.#added();
  }

  rawPacket(uuid: string, packet: RawPacket): void {
    this.#rawPackets.push({ uuid, packet });
    this.#packetBytes += packet.data.length;
    this.#added();
  }

  loss(loss: Loss): void {
    this.#losses.push(loss);
    this.#added();
  }

  opened(socket: Socket): void {
    this.#young.push({ id: socket.id, dueMs: this.#parts.clock.now() + (this.#parts.stayMs ?? 10_000) });
    this.#sockets.set(socket.id, socket);
    this.#added();
  }

  closed(socket: Socket): void {
    this.#sockets.set(socket.id, socket);
    this.#added();
  }

  /** An analyzer has kept all up to that batch and lacks the beginning: the next batch tells it, unless one is on its way. */
  tellAll(wants: { readonly graph: boolean; readonly sockets: boolean }, kept: number): void {
    if (wants.graph && this.#wholeGraphSeq <= kept) this.#wants.graph = true;
    if (wants.sockets && this.#allSocketsSeq <= kept && this.#parts.sockets) this.#wants.sockets = true;
    if (this.#wants.graph || this.#wants.sockets) this.#added();
  }

  /** Called with all facts right after they were appended. Gives how to stop. */
  listen(listener: (facts: Facts) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Appends what was gathered, or a sign of life. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const facts = this.#gathered();
    const seq = this.#parts.spool.append(facts);
    if (facts.isWholeGraph) {
      this.#wants.graph = false;
      this.#wholeGraphSeq = seq;
      this.#count.wholeGraphs++;
    }
    if (facts.isAllSockets) {
      this.#wants.sockets = false;
      this.#allSocketsSeq = seq;
    }
    this.#count.batches++;
    this.#count.changes += facts.graph.length;
    this.#count.samples += facts.samples.length;
    this.#count.flows += facts.flows.length;
    this.#count.rawPackets += facts.rawPackets.length;
    this.#count.sockets += facts.sockets.length;
    for (const listener of this.#listeners) listener(facts);
    this.#rest();
  }

  status(): OutboxStatus {
    return { ...this.#count };
  }

  /** Appends the last of it. */
  stop(): void {
    this.flush();
    this.#cancelQuiet?.();
  }

  #added(): void {
    const { clock, gatherMs = 200, packetBytesMax = 1024 * 1024 } = this.#parts;
    const most = Math.max(this.#graph.length, this.#samples.length, this.#sockets.size, this.#rawPackets.length);
    if (most >= this.#factsMax || this.#packetBytes >= packetBytesMax) this.flush();
    else this.#cancel ??= clock.after(gatherMs, () => this.flush());
  }

  #rest(): void {
    const { clock, quietMs = 10_000 } = this.#parts;
    this.#cancelQuiet?.();
    this.#cancelQuiet = clock.after(quietMs, () => this.flush());
  }

  #gathered(): Facts {
    const { clock, spool, picture, sockets } = this.#parts;
    const now = clock.now();
    this.#tellStayed(now);
    const whole = this.#wants.graph || spool.needsWholeGraph ? picture() : undefined;
    const all = sockets && (this.#wants.sockets || (whole && spool.needsWholeGraph)) ? sockets.open() : undefined;
    for (const socket of all ?? []) this.#sockets.set(socket.id, socket);
    const facts: Facts = {
      time: now,
      isWholeGraph: whole !== undefined,
      isAllSockets: all !== undefined,
      // What changed comes first: history is told, too.
      graph: whole ? [...this.#graph, ...whole] : this.#graph,
      samples: this.#samples,
      flows: this.#flows,
      rawPackets: this.#rawPackets,
      losses: this.#losses,
      sockets: [...this.#sockets.values()],
      lost: [],
    };
    this.#graph = [];
    this.#samples = [];
    this.#flows = [];
    this.#rawPackets = [];
    this.#packetBytes = 0;
    this.#losses = [];
    this.#sockets = new Map();
    return facts;
  }

  #tellStayed(now: number): void {
    let stayed = 0;
    for (const { id, dueMs } of this.#young) {
      if (dueMs > now) break;
      stayed++;
      const socket = this.#parts.sockets?.get(id);
      if (socket && !this.#sockets.has(id)) this.#sockets.set(id, socket);
    }
    if (stayed > 0) this.#young.splice(0, stayed);
  }
}
