/** One agent as this analyzer knows it, connected or not. */
import type { Socket } from '../../ends/socket.ts';
import type { Teller } from '../../graph/told.ts';
import type { Facts, Hello, Lost } from '../message.ts';
import type { Part } from './intake.ts';
import type { Lane } from './lane.ts';
import type { RememberedAgent } from './memory.ts';
import type { Session } from './session.ts';

/**
 * `away`: not connected; its part of the graph is as it was told last. `gone`: for so long that its part was closed at
 * the last moment that was known.
 */
export type AgentState = 'connected' | 'away' | 'gone';

export interface AgentStatus {
  readonly agent: string;
  readonly run: string | undefined;
  readonly host: string;
  /** Of all its elements. */
  readonly origin: string;
  readonly software: string;
  readonly address: string;
  readonly role: Hello['role'];
  readonly state: AgentState;
  /** Since when it is in that state, epoch ms by this analyzer's clock. */
  readonly since: number;
  /** Its clock less this one's, ms. */
  readonly clockOffsetMs: number | undefined;
  readonly roundTripMs: number | undefined;
  /** Age of the newest thing that is known of it, ms. */
  readonly lagMs: number | undefined;
  /** By its own clock, epoch ms; 0: nothing is known. */
  readonly lastTime: number;
  readonly spool: string;
  /** Batches up to this one are kept; so many more are here and wait for the archive. */
  readonly kept: number;
  readonly waiting: number;
  readonly receivedBytes: number;
  readonly taken: TakenCount;
  /** What it said to have lost, since this analyzer started. */
  readonly lost: Readonly<Partial<Record<Lost['what'], number>>>;
  /** Sentences for people; empty when all is well. */
  readonly notes: readonly string[];
}

export interface TakenCount {
  batches: number;
  /** Batches that were here already. */
  repeated: number;
  changes: number;
  samples: number;
  flows: number;
  rawPackets: number;
  sockets: number;
  losses: number;
  /** Batches that the archive refused for reasons of its own, and changes whose version before was nowhere. */
  refused: number;
  unresolved: number;
  /** Samples and sockets of elements that another tells of: left out. */
  foreign: number;
}

/** Clocks that are further apart make wrong history. */
const OFFSET_MAX_MS = 1_000;
/** For so long a copy is spoken of. */
const COPY_NOTE_MS = 600_000;

export class KnownAgent implements Part {
  readonly agent: string;
  host: string;
  software: string;
  address: string;
  role: Hello['role'];
  run: string | undefined;
  state: AgentState = 'away';
  since: number;
  lastTime: number;
  session: Session | undefined;
  lane: Lane;
  /** A whole picture has to come before its part is right. */
  needsGraph = true;
  needsSockets = true;
  /** What batches before this one tell was told before it was asked for: an old picture is none of what is. */
  newFrom = 0;
  hasLostGraph = false;
  readonly sockets = new Map<string, Socket>();
  readonly taken: TakenCount = {
    batches: 0,
    repeated: 0,
    changes: 0,
    samples: 0,
    flows: 0,
    rawPackets: 0,
    sockets: 0,
    losses: 0,
    refused: 0,
    unresolved: 0,
    foreign: 0,
  };
  readonly lost: Partial<Record<Lost['what'], number>> = {};
  /** Another with its id, or on its host, was refused. */
  rival: { readonly sentence: string; readonly at: number } | undefined;
  /** Over all its connections but this one. */
  receivedBefore = 0;
  cancelGrace: (() => void) | undefined;

  constructor(its: Omit<RememberedAgent, 'spool' | 'kept'>, lane: Lane, now: number) {
    this.agent = its.agent;
    this.host = its.host;
    this.software = its.software;
    this.address = its.address;
    this.role = its.role;
    this.lastTime = its.lastTime;
    this.since = now;
    this.lane = lane;
  }

  get teller(): Teller {
    return { origin: `agent.${this.host}`, host: this.host };
  }

  get wants(): { readonly graph: boolean; readonly sockets: boolean } | undefined {
    return this.needsGraph || this.needsSockets ? { graph: this.needsGraph, sockets: this.needsSockets } : undefined;
  }

  remembered(): RememberedAgent {
    const { agent, host, software, address, role, lastTime } = this;
    return { agent, host, software, address, role, lastTime, spool: this.lane.spool, kept: this.lane.kept };
  }

  took(facts: Facts, seq: number): void {
    const { graph, samples, flows, rawPackets, sockets, losses, lost, time, isWholeGraph, isAllSockets } = facts;
    const { taken } = this;
    taken.batches++;
    taken.changes += graph.length;
    taken.samples += samples.length;
    taken.flows += flows.length;
    taken.rawPackets += rawPackets.length;
    taken.sockets += sockets.length;
    taken.losses += losses.length;
    for (const { what, count } of lost) this.lost[what] = (this.lost[what] ?? 0) + count;
    this.lastTime = Math.max(this.lastTime, time);
    if (seq < this.newFrom) return;
    if (isWholeGraph) this.needsGraph = false;
    if (isAllSockets) this.needsSockets = false;
  }

  status(now: number): AgentStatus {
    const { session, lane } = this;
    const clockOffsetMs = session?.offsetMs;
    return {
      agent: this.agent,
      run: this.run,
      host: this.host,
      origin: this.teller.origin,
      software: this.software,
      address: this.address,
      role: this.role,
      state: this.state,
      since: this.since,
      clockOffsetMs,
      roundTripMs: session?.roundTripMs,
      lagMs: this.lastTime === 0 ? undefined : Math.max(0, now - (this.lastTime - (clockOffsetMs ?? 0))),
      lastTime: this.lastTime,
      spool: lane.spool,
      kept: lane.kept,
      waiting: lane.waiting,
      receivedBytes: this.receivedBefore + (session?.receivedBytes ?? 0),
      taken: { ...this.taken },
      lost: { ...this.lost },
      notes: this.#notes(now, clockOffsetMs),
    };
  }

  #notes(now: number, offsetMs: number | undefined): string[] {
    const notes: string[] = [];
    const { host, lane, lost, taken } = this;
    const at = new Date(this.since).toISOString();
    if (this.state === 'away') notes.push(`agent of ${host} is away since ${at}: what is shown of it is from before`);
    if (this.state === 'gone') notes.push(`agent of ${host} is gone since ${at}: its part was closed`);
    if (offsetMs !== undefined && Math.abs(offsetMs) > OFFSET_MAX_MS)
      notes.push(
        `the clock of ${host} is ${(Math.abs(offsetMs) / 1000).toFixed(1)} s ${offsetMs > 0 ? 'ahead' : 'behind'}: its times are wrong by as much`,
      );
    if (lane.lastError !== undefined) notes.push(`what ${host} tells is not kept for now: ${lane.lastError}`);
    const gone = Object.entries(lost).filter(([, count]) => count > 0);
    if (gone.length > 0)
      notes.push(`${host} lost ${gone.map(([what, count]) => `${count} ${what}`).join(', ')} for lack of room`);
    if (taken.refused > 0) notes.push(`the archive refused ${taken.refused} batches of ${host}`);
    if (taken.unresolved > 0) notes.push(`${taken.unresolved} changes of ${host} lacked the version before`);
    if (taken.foreign > 0)
      notes.push(
        `${host} told ${taken.foreign} samples and sockets of elements that are not its own: they are left out`,
      );
    if (this.rival && now - this.rival.at < COPY_NOTE_MS) notes.push(this.rival.sentence);
    return notes;
  }
}
