/**
 * An agent among its analyzers: one is its home, which keeps what it tells; the others mirror its topology. The first in
 * order that takes it in is the home, and stays it until it is lost or refuses; then the next one is.
 */
import type { Socket } from '../../ends/socket.ts';
import type { Told } from '../../graph/told.ts';
import { type Backoff, backoff } from '../../std/backoff.ts';
import type { Clock } from '../../std/clock.ts';
import type { LineLog } from '../../std/log.ts';
import { mistake } from '../../std/mistake.ts';
import type { Dialer } from '../link.ts';
import type { Facts, Hello, Versions } from '../message.ts';
import type { Spool } from '../spool/spool.ts';
import type { AskHandlers } from './ask-handlers.ts';
import { type FeedCount, HomeFeed } from './feed.ts';
import { type MirrorCount, MirrorFeed, mirrored } from './mirror-feed.ts';
import type { Outbox } from './outbox.ts';
import { type End, Uplink, type UplinkStatus } from './uplink.ts';

export interface AgentRelayParts {
  /** In the order in which they are tried; those of one rank in an order of chance. Without ranks each is its own. */
  readonly analyzers: readonly { readonly dialer: Dialer; readonly rank?: number }[];
  /** Who this is: made when it first ran, and of this run of it. */
  readonly agent: string;
  readonly run: string;
  readonly host: string;
  readonly software: string;
  readonly spool: Pick<Spool, 'id' | 'first' | 'next' | 'read' | 'acknowledge'>;
  readonly outbox: Pick<Outbox, 'listen' | 'tellAll'>;
  /** As the outbox has it. */
  readonly picture: () => Iterable<Told> | undefined;
  readonly openSockets?: () => Iterable<Socket>;
  /** `encodeFacts`. */
  readonly encode: (facts: Facts) => Uint8Array;
  readonly handlers: AskHandlers;
  /** Of these, what is to be done: the home alone tells that. Default: none. */
  readonly orders?: readonly string[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: LineLog;
  readonly beatMs?: number;
  /** For tests of other versions. */
  readonly versions?: Versions;
}

export interface AgentRelayStatus {
  /** Name of the analyzer that keeps what is told; undefined while none does. */
  readonly home: string | undefined;
  /** Since when there is one, or none; epoch ms. */
  readonly since: number;
  readonly analyzers: readonly AnalyzerStatus[];
  readonly sent: FeedCount;
  readonly asks: { readonly asked: number; readonly refused: number; readonly failed: number };
  /** Sentences for people; empty when all is well. */
  readonly notes: readonly string[];
}

export interface AnalyzerStatus {
  readonly name: string;
  readonly role: Hello['role'] | undefined;
  readonly link: UplinkStatus | undefined;
  /** Why the connection before ended. */
  readonly lastEnd: End | undefined;
  readonly connections: number;
  readonly mirrored: MirrorCount;
}

/** What this agent speaks. */
export const VERSIONS: Versions = { min: 1, max: 1 };

const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 30_000;
/** After a refusal that is final: someone has to do something first. */
const RETRY_FINAL_MS = 60_000;
/** A connection that lasted so long was a good one. */
const STABLE_MS = 10_000;

export class AgentRelay {
  readonly #parts: AgentRelayParts;
  readonly #peers: Peer[];
  readonly #sent: FeedCount = { batches: 0, bytes: 0, resent: 0, sentUpTo: 0 };
  readonly #asks = { asked: 0, refused: 0, failed: 0 };
  readonly #bytes = new WeakMap<Facts, Uint8Array>();
  #home: Peer | undefined;
  #since: number;
  #isRunning = false;
  #unlisten: () => void = () => undefined;

  constructor(parts: AgentRelayParts) {
    this.#parts = parts;
    const { clock, random } = parts;
    this.#since = clock.now();
    this.#peers = parts.analyzers
      .map(({ dialer, rank }, position) => ({ dialer, rank: rank ?? position, chance: random() }))
      .toSorted((a, b) => a.rank - b.rank || a.chance - b.chance)
      .map(({ dialer }) => ({
        dialer,
        backoff: backoff({ firstMs: RETRY_FIRST_MS, maxMs: RETRY_MAX_MS, random }),
        uplink: undefined,
        mirror: undefined,
        cancelRest: undefined,
        connections: 0,
        welcomedAt: undefined,
        lastEnd: undefined,
        mirrored: { batches: 0, bytes: 0, wholes: 0, leftOut: 0 },
      }));
  }

  /** Name of the analyzer that keeps what is told; undefined while none does. */
  get home(): string | undefined {
    return this.#home?.uplink?.isWelcome ? this.#home.dialer.name : undefined;
  }

  start(): void {
    this.#isRunning = true;
    this.#unlisten = this.#parts.outbox.listen((facts) => this.#told(facts));
    this.#tend();
  }

  stop(): void {
    this.#isRunning = false;
    this.#unlisten();
    for (const peer of this.#peers) {
      peer.cancelRest?.();
      peer.uplink?.close('the agent stops');
      peer.uplink = undefined;
    }
    this.#home = undefined;
  }

  status(): AgentRelayStatus {
    const notes: string[] = [];
    if (this.home === undefined) notes.push('no analyzer keeps what is told here: it waits in the spool');
    for (const { dialer, lastEnd, uplink } of this.#peers)
      if (lastEnd && !uplink?.isWelcome) notes.push(`${dialer.name}: ${lastEnd.message}`);
    return {
      home: this.home,
      since: this.#since,
      analyzers: this.#peers.map((peer) => ({
        name: peer.dialer.name,
        role: peer.uplink?.role,
        link: peer.uplink?.status(),
        lastEnd: peer.lastEnd,
        connections: peer.connections,
        mirrored: { ...peer.mirrored },
      })),
      sent: { ...this.#sent },
      asks: { ...this.#asks },
      notes,
    };
  }

  #told(facts: Facts): void {
    this.#home?.uplink?.feed?.pump();
    for (const { mirror, uplink } of this.#peers) if (uplink?.isWelcome) mirror?.told(facts);
  }

  /** Sees to it that there is a home, and then that all others mirror. */
  #tend(): void {
    if (!this.#isRunning) return;
    if (!this.#home) {
      const next = this.#peers.find(({ cancelRest }) => !cancelRest);
      if (!next) return;
      next.uplink?.close('this analyzer is to be the home');
      this.#home = next;
      this.#connect(next, 'home');
    }
    if (!this.home) return;
    for (const peer of this.#peers) if (!peer.uplink && !peer.cancelRest) this.#connect(peer, 'mirror');
  }

  #connect(peer: Peer, role: Hello['role']): void {
    const { clock, beatMs, log } = this.#parts;
    const handlers = role === 'home' ? this.#parts.handlers : this.#withoutOrders();
    const { dialer } = peer;
    peer.mirror = undefined;
    peer.welcomedAt = undefined;
    peer.uplink = new Uplink({
      dialer,
      role,
      clock,
      beatMs,
      handlers,
      count: this.#asks,
      hello: () => this.#hello(role),
      feed: (link) => {
        const { spool, outbox, picture, openSockets = () => [] } = this.#parts;
        if (role === 'home')
          return new HomeFeed({
            spool,
            link,
            count: this.#sent,
            tellAll: (wants, kept) => outbox.tellAll(wants, kept),
          });
        const encode = (facts: Facts) => this.#encode(facts);
        peer.mirror = new MirrorFeed({ link, clock, picture, openSockets, encode, count: peer.mirrored });
        return peer.mirror;
      },
      welcomed: ({ analyzer }) => {
        peer.connections++;
        peer.welcomedAt = clock.now();
        if (role === 'home') this.#since = clock.now();
        log.info(
          `${dialer.name}: connected to analyzer ${analyzer}${role === 'home' ? ', the home of this agent' : ''}`,
        );
        peer.lastEnd = undefined;
        // The others follow when this one has had its first words.
        clock.after(0, () => this.#tend());
      },
      ended: (end) => this.#ended(peer, end),
    });
  }

  #ended(peer: Peer, end: End): void {
    const { clock, random, log } = this.#parts;
    const wasHome = this.#home === peer;
    const isNews = peer.welcomedAt !== undefined || peer.lastEnd?.code !== end.code;
    if (isNews) log.warn(`${peer.dialer.name}: ${end.message}${end.isFinal ? '; tried again once a minute' : ''}`);
    if (wasHome && peer.welcomedAt !== undefined) this.#since = clock.now();
    if (peer.welcomedAt !== undefined && clock.now() - peer.welcomedAt >= STABLE_MS) peer.backoff.reset();
    peer.lastEnd = end;
    peer.uplink = undefined;
    peer.mirror = undefined;
    if (wasHome) this.#home = undefined;
    const restMs = end.isFinal ? RETRY_FINAL_MS * (1 + random() / 2) : peer.backoff.next();
    peer.cancelRest = clock.after(restMs, () => {
      peer.cancelRest = undefined;
      this.#tend();
    });
    this.#tend();
  }

  #withoutOrders(): AskHandlers {
    const { handlers, orders = [] } = this.#parts;
    const refusal = mistake('agent.not-home', 'another analyzer tells this agent what to do: its home', 'ask there');
    const refuse = () => Promise.reject(refusal);
    return { ...handlers, ...Object.fromEntries(orders.map((what) => [what, refuse])) };
  }

  #hello(role: Hello['role']): Hello {
    const { agent, run, host, software, spool, clock, versions = VERSIONS } = this.#parts;
    const batches =
      role === 'home' ? { spool: spool.id, first: spool.first, next: spool.next } : { spool: run, first: 1, next: 1 };
    return { kind: 'hello', versions, software, agent, run, host, role, ...batches, sentAt: clock.now() };
  }

  /** Once for all that mirror. */
  #encode(facts: Facts): Uint8Array {
    const known = this.#bytes.get(facts);
    if (known) return known;
    const bytes = this.#parts.encode(mirrored(facts));
    this.#bytes.set(facts, bytes);
    return bytes;
  }
}

interface Peer {
  readonly dialer: Dialer;
  readonly backoff: Backoff;
  readonly mirrored: MirrorCount;
  uplink: Uplink | undefined;
  mirror: MirrorFeed | undefined;
  /** While it is left alone. */
  cancelRest: (() => void) | undefined;
  connections: number;
  welcomedAt: number | undefined;
  lastEnd: End | undefined;
}
