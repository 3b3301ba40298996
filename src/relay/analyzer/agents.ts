/**
 * The agents of an analyzer: who may come in, what each told, who is away and who is gone. Hellos are checked here: the
 * version, an agent that is there twice, two on one host, a host with a new name.
 */
import type { LineLog } from '../../std/log.ts';
import { settlesWithin } from '../../std/pause.ts';
import { Unavailable } from '../../std/unavailable.ts';
import type { AwayAgent, Fleet, FleetAgent, ReplyPart } from '../fleet/fleet.ts';
import type { AnalyzerLink } from '../link.ts';
import type { Batch, Facts, Hello, Refusal, Versions, Welcome } from '../message.ts';
import type { AgentsStatus } from './agents-status.ts';
import type { AskOptions } from './asks.ts';
import { Batches } from './batches.ts';
import { Gate } from './gate.ts';
import { lookAt, type Visitor } from './hello.ts';
import { Intake, type IntakeParts } from './intake.ts';
import { KnownAgent } from './known-agent.ts';
import { Lane } from './lane.ts';
import type { AgentMemory, RememberedAgent } from './memory.ts';
import { Pressure } from './pressure.ts';
import { Roll } from './roll.ts';
import { Session } from './session.ts';

export interface AgentsParts extends IntakeParts {
  /** Of this analyzer. */
  readonly name: string;
  readonly software: string;
  readonly random: () => number;
  readonly log: LineLog;
  readonly memory: AgentMemory;
  /** `decodeFacts`: throws when they are none. */
  readonly decode: (facts: Uint8Array) => Facts;
  readonly beatMs?: number;
  /** An agent that is away for longer is gone. */
  readonly graceMs?: number;
  /** Connected at a time, and known at all. */
  readonly connectedMax?: number;
  readonly knownMax?: number;
  /** Of what waits for the archive, encoded. */
  readonly heldBytesMax?: number;
  /** Batches that are written to the archive at a time. */
  readonly appendsMax?: number;
  /** Of analyzers that share an archive this one does what is done once. Default: it shares none. */
  readonly isFirst?: () => boolean;
  /** For tests of other versions. */
  readonly versions?: Versions;
  /** Facts that an agent told its home, in this turn: for those who follow flows as they come. What it gives is called once they are kept. */
  readonly told?: (agent: string, facts: Facts) => (() => void) | undefined;
}

export type { AgentsStatus } from './agents-status.ts';

export const VERSIONS: Versions = { min: 1, max: 1 };

const STOP_MS = 5_000;
/** Connections that have said nothing yet. */
const STRANGERS_MAX = 1_024;

export class Agents implements Fleet {
  readonly #parts: AgentsParts;
  readonly #intake: Intake;
  readonly #pressure: Pressure;
  readonly #gate: Gate;
  readonly #roll: Roll;
  readonly #sessions = new Set<Session>();
  readonly #batches: Batches;
  readonly #refusals: Partial<Record<Refusal['code'], number>> = {};
  #isStopping = false;

  constructor(parts: AgentsParts) {
    this.#parts = parts;
    const { memory, clock, knownMax = 20_000 } = parts;
    this.#roll = new Roll({ memory, clock, knownMax });
    this.#intake = new Intake(parts);
    this.#pressure = new Pressure(parts.heldBytesMax === undefined ? {} : { bytesMax: parts.heldBytesMax });
    this.#pressure.listen(() => this.#pressed());
    this.#batches = new Batches({
      intake: this.#intake,
      pressure: this.#pressure,
      decode: parts.decode,
      told: parts.told,
      changed: (known) => this.#roll.changed(known),
      connections: () => this.#sessions.size,
    });
    this.#gate = new Gate(parts.appendsMax ?? 64);
  }

  /** Remembers those of an earlier run: they are away from now on. To be awaited before anybody is let in. */
  async start(): Promise<void> {
    for (const remembered of await this.#roll.start()) {
      const known = this.#add(remembered);
      // What is left of it in the graph is its own to change, before it has said a word.
      this.#parts.graph.mirror([], known.teller, { recordedAt: this.#parts.clock.now() });
      this.#awaitReturn(known);
    }
    if (this.#roll.fault !== undefined)
      this.#parts.log.warn(`agents of earlier runs are not known: ${this.#roll.fault}`);
  }

  /** Takes a connection, which is closed when its visitor is not welcome. */
  accept(link: AnalyzerLink, visitor: Visitor = {}): void {
    const { clock, beatMs } = this.#parts;
    const session = new Session({
      link,
      clock,
      beatMs,
      greet: (hello, its) => this.#greet(hello, its, visitor),
      batch: (batch, its) => this.#batch(batch, its),
      ended: (its, reason) => this.#ended(its, reason),
    });
    this.#sessions.add(session);
    if (visitor.refusal !== undefined)
      session.refuse(this.#refusal({ code: 'token', message: visitor.refusal, isFinal: true }));
    else if (this.#isStopping)
      session.refuse(this.#refusal({ code: 'stopping', message: 'this analyzer stops', isFinal: false }));
    else if (this.#sessions.size - this.#roll.in('connected').length > STRANGERS_MAX) {
      const message = `${STRANGERS_MAX} connections have not said hello yet`;
      session.refuse(this.#refusal({ code: 'full', message, isFinal: false }));
    }
  }

  connected(): readonly FleetAgent[] {
    return this.#roll.in('connected').map(({ agent, host, needsGraph, role, teller }) => ({
      id: agent,
      host,
      origin: teller.origin,
      isHome: role === 'home' && !needsGraph,
      ask: (what, body, signal) => this.ask(agent, what, body, { signal }),
    }));
  }

  away(): readonly AwayAgent[] {
    return [...this.#roll.all.values()].flatMap(({ agent, host, teller, state, lastTime }) =>
      state === 'connected' ? [] : [{ id: agent, host, origin: teller.origin, since: lastTime }],
    );
  }

  /** Hosts that nobody tells of at the moment: since when, and from when on they are taken for gone. */
  absent(): readonly { readonly host: string; readonly since: number; readonly until: number | undefined }[] {
    return [...this.#roll.all.values()].flatMap(({ host, state, since, lastTime }) =>
      state === 'connected' ? [] : [{ host, since: lastTime, until: state === 'gone' ? since : undefined }],
    );
  }

  /** Throws an Unavailable when the agent is not there, goes, or says nothing for too long; a Mistake when it refuses. */
  ask(agent: string, what: string, body: unknown, options?: AskOptions): AsyncIterable<ReplyPart> {
    const session = this.#roll.all.get(agent)?.session;
    if (!session) throw new Unavailable(`agent ${agent}`, 'a connection of it to this analyzer');
    return session.ask(what, body, options);
  }

  status(): AgentsStatus {
    const now = this.#parts.clock.now();
    const agents = [...this.#roll.all.values()].map((known) => known.status(now));
    const notes = agents.flatMap((agent) => agent.notes);
    if (this.#roll.fault !== undefined) notes.push(`what is known of agents is not kept: ${this.#roll.fault}`);
    if (this.#pressure.isShut) notes.push('agents have to wait: too much of what they told waits for the archive');
    return {
      connected: this.#roll.in('connected').length,
      away: this.#roll.in('away').length,
      gone: this.#roll.in('gone').length,
      heldBytes: this.#pressure.bytes,
      heldBytesMax: this.#pressure.bytesMax,
      shutTotal: this.#pressure.shutTotal,
      refusals: { ...this.#refusals },
      agents,
      notes,
    };
  }

  /** Resolves when the archive has all that was told so far; rejects while it is away. */
  async flushed(): Promise<void> {
    await Promise.all([...this.#roll.all.values()].map(({ lane }) => lane.flushed()));
  }

  /** Says so to all, lets what is here be kept, for some seconds at most. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#roll.stop();
    for (const session of [...this.#sessions])
      session.refuse(this.#refusal({ code: 'stopping', message: 'this analyzer stops', isFinal: false }));
    const all = [...this.#roll.all.values()];
    for (const { cancelGrace } of all) cancelGrace?.();
    await settlesWithin(this.#parts.clock, STOP_MS, Promise.all(all.map(({ lane }) => lane.idle())));
    for (const { lane } of all) lane.stop();
    await settlesWithin(this.#parts.clock, STOP_MS, this.#roll.keep());
  }

  #greet(hello: Hello, session: Session, visitor: Visitor): Refusal | Omit<Welcome, 'kind' | 'echo' | 'sentAt'> {
    const { versions = VERSIONS, name, software, connectedMax = 5_000 } = this.#parts;
    const { agent, role } = hello;
    const answer = lookAt(hello, {
      analyzer: `${name} (${software})`,
      versions,
      address: session.remote,
      refuses: visitor.refuses,
      known: this.#roll.all,
      isFull: this.#roll.in('connected').length >= connectedMax,
      hasRoom: this.#roll.hasRoom,
    });
    if (answer.refusal) {
      if (answer.rivalOf) this.#rival(answer.rivalOf, answer.refusal.message);
      return this.#refusal(answer.refusal);
    }
    const { version, before, other } = answer;
    if (other) this.#replaced(other, agent);
    const known = before ?? this.#add({ ...hello, address: session.remote, kept: 0, lastTime: 0 });
    this.#arrived(known, hello, session);
    const { graph, sockets } = known.wants ?? { graph: false, sockets: false };
    return {
      version,
      software,
      analyzer: name,
      kept: role === 'home' ? known.lane.kept : 0,
      wants: { graph, sockets },
      ...this.#pressure.window(this.#sessions.size),
    };
  }

  #arrived(known: KnownAgent, hello: Hello, session: Session): void {
    const { clock, log } = this.#parts;
    const { session: older } = known;
    known.session = session;
    if (older) {
      known.receivedBefore += older.receivedBytes;
      older.close('replaced by a newer connection of the same agent');
    }
    known.cancelGrace?.();
    known.cancelGrace = undefined;
    if (known.host !== hello.host) {
      log.warn(
        `host ${known.host} is called ${hello.host} now (agent ${known.agent}): what was told as ${known.host} is closed`,
      );
      this.#closePart(known);
      known.host = hello.host;
    }
    if (hello.role === 'home' && hello.spool !== known.lane.spool) known.lane = this.#lane(known, hello.spool, 0);
    if (hello.run !== known.run) known.needsSockets = true;
    known.run = hello.run;
    known.software = hello.software;
    known.address = session.remote;
    // Another home may have thought it gone, and have closed its part in the archive.
    if (hello.role === 'home' && known.role === 'mirror') {
      known.needsGraph = true;
      known.needsSockets = true;
    }
    known.role = hello.role;
    known.newFrom = hello.role === 'home' && known.wants ? hello.next : 0;
    if (hello.role === 'mirror') this.#batches.beginMirror(session);
    if (known.state !== 'connected') known.since = clock.now();
    if (known.state === 'gone') log.info(`agent of ${known.host} is back`);
    known.state = 'connected';
    this.#roll.changed(known);
  }

  #batch(batch: Batch, session: Session): Refusal | undefined {
    const known = this.#knownOf(session);
    const refusal = known && this.#batches.take(batch, known, session);
    return refusal && this.#refusal(refusal);
  }

  #ended(session: Session, reason: string): void {
    this.#sessions.delete(session);
    const known = this.#knownOf(session);
    if (!known || known.session !== session) return;
    known.receivedBefore += session.receivedBytes;
    known.session = undefined;
    known.state = 'away';
    known.since = this.#parts.clock.now();
    this.#roll.changed(known);
    if (this.#isStopping) return;
    this.#parts.log.info(`agent of ${known.host} is away: ${reason}`);
    this.#awaitReturn(known);
  }

  #awaitReturn(known: KnownAgent): void {
    const { clock, graceMs = 300_000, log } = this.#parts;
    known.cancelGrace?.();
    known.cancelGrace = clock.after(graceMs, () => {
      known.cancelGrace = undefined;
      known.state = 'gone';
      known.since = clock.now();
      log.warn(`agent of ${known.host} is gone: what it told is closed at ${new Date(known.lastTime).toISOString()}`);
      void this.#leave(known);
    });
  }

  /** Where analyzers share what they know of agents, another may be its home by now: then the history is its. */
  async #leave(known: KnownAgent): Promise<void> {
    const isElsewhere = await this.#roll.isElsewhere(known);
    if (isElsewhere) known.role = 'mirror';
    // Its home may have gone with it.
    else if (this.#parts.isFirst?.()) known.role = 'home';
    if (known.state === 'gone') this.#closePart(known);
    this.#roll.bound();
  }

  /** At the last moment it was known. */
  #closePart(known: KnownAgent): void {
    const { spool } = known.lane;
    const keep = this.#intake.close(known, known.lastTime);
    known.needsGraph = true;
    known.needsSockets = true;
    // The home of an agent writes its history.
    if (known.role === 'home') known.lane.put({ seq: undefined, bytes: 0, keep: () => keep(spool) });
  }

  #replaced(older: KnownAgent, agent: string): void {
    this.#parts.log.warn(`host ${older.host} has a new agent: ${agent} in place of ${older.agent}, which is away`);
    older.cancelGrace?.();
    this.#roll.forget(older);
  }

  #add(its: Omit<RememberedAgent, 'address'> & { readonly address: string }): KnownAgent {
    const known: KnownAgent = new KnownAgent(its, this.#lane(its.agent, its.spool, its.kept), this.#parts.clock.now());
    this.#roll.add(known);
    return known;
  }

  #lane(agent: KnownAgent | string, spool: string, kept: number): Lane {
    const id = typeof agent === 'string' ? agent : agent.agent;
    const { clock, random } = this.#parts;
    const of = () => {
      const known = this.#roll.all.get(id);
      return known?.lane.spool === spool ? known : undefined;
    };
    return new Lane({
      spool,
      kept,
      clock,
      random,
      pressure: this.#pressure,
      gate: this.#gate,
      advanced: () => {
        const known = of();
        if (!known) return;
        this.#roll.changed(known);
        if (known.role === 'home') this.#batches.ack(known);
      },
      lost: (reason) => {
        const known = of();
        if (known) known.taken.refused++;
        this.#parts.log.warn(`the archive refuses a batch of spool ${spool}: ${reason}`);
      },
    });
  }

  #pressed(): void {
    for (const { session, role, state } of this.#roll.all.values()) {
      if (state !== 'connected' || role !== 'home' || !session) continue;
      if (!this.#pressure.isShut) session.resume();
    }
    for (const known of this.#roll.all.values()) if (known.role === 'home') this.#batches.ack(known);
  }

  #refusal(refusal: Omit<Refusal, 'kind'>): Refusal {
    const { code } = refusal;
    this.#refusals[code] = (this.#refusals[code] ?? 0) + 1;
    return { kind: 'refusal', ...refusal };
  }

  /** Said once, shown for a while. */
  #rival(known: KnownAgent, sentence: string): void {
    if (known.rival?.sentence !== sentence) this.#parts.log.warn(sentence);
    known.rival = { sentence, at: this.#parts.clock.now() };
  }

  #knownOf({ hello }: Session): KnownAgent | undefined {
    return hello && this.#roll.all.get(hello.agent);
  }
}
