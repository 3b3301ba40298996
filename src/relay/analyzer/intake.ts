/** Takes facts of agents into this analyzer: into its graph and its table of sockets at once, into the archive when it is their home. */
import type { Archive } from '../../archive/archive.ts';
import { batchId } from '../../archive/batchid.ts';
import type { Socket, SocketWriter } from '../../ends/socket.ts';
import type { GraphEvent } from '../../graph/change.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Teller } from '../../graph/told.ts';
import type { Clock } from '../../std/clock.ts';
import type { Facts } from '../message.ts';
import { leftOpen } from './left-open.ts';
import { lostEnds } from './lost-ends.ts';
import { toldAgain, withoutEvents } from './told-again.ts';
import { trusted } from './trusted.ts';

export interface IntakeParts {
  readonly graph: Pick<Graph, 'mirror' | 'mirrorSamples' | 'close' | 'history' | 'revision' | 'toldBy'>;
  readonly archive: Pick<Archive, 'append' | 'versions' | 'open'> & {
    readonly flows?: Pick<NonNullable<Archive['flows']>, 'append'>;
    readonly sockets?: Pick<NonNullable<Archive['sockets']>, 'append' | 'find'>;
  };
  readonly sockets?: Pick<SocketWriter, 'tell' | 'close'>;
  readonly clock: Clock;
}

/** What is here of one agent. */
export interface Part {
  readonly teller: Teller;
  /** Ids of its open sockets, with what is known of them. */
  readonly sockets: Map<string, Socket>;
  /** Some of its graph was lost: the next whole picture tells more than the graph here can show. */
  hasLostGraph: boolean;
}

export interface Taken {
  /** A version before is not here: a whole picture is needed. */
  readonly isMissing: boolean;
  /** Samples and sockets of elements that are not the agent's: left out. */
  readonly foreign: number;
  /** Makes it durable; again under the same name when it failed. Gives how many changes could not be. */
  readonly keep: (spool: string, seq: number) => Promise<number>;
}

export class Intake {
  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** From its home an agent's facts are kept by another. */
  takeMirrored(facts: Facts, part: Part): boolean {
    const { isMissing } = this.#takeGraph(facts, part.teller);
    const { sockets } = trusted(facts, part.teller.origin, this.#parts.graph);
    this.#takeSockets({ ...facts, sockets }, part);
    return isMissing;
  }

  /** `isFirst`: it is the first word on all sockets after a time in which some may have closed unheard. */
  take(facts: Facts, part: Part, { isFirst = false } = {}): Taken {
    const { teller } = part;
    const recordedAt = this.#parts.clock.now();
    // Those that it has no more are among them.
    const nodes = isFirst && facts.isAllSockets ? this.#nodesOf(teller.origin) : undefined;
    const { events, isMissing } = this.#takeGraph(facts, teller);
    const own = trusted(facts, teller.origin, this.#parts.graph);
    const samples = this.#parts.graph.mirrorSamples(own.samples);
    const sockets = this.#takeSockets({ ...facts, sockets: own.sockets }, part);
    const again = withoutEvents(facts.graph, events, facts.isWholeGraph);
    const { time, flows, rawPackets, losses, isWholeGraph: isWhole } = facts;
    const { archive, graph } = this.#parts;
    if (facts.lost.some(({ what, count }) => what === 'graph' && count > 0)) part.hasLostGraph = true;
    const tellsLost = isWhole && part.hasLostGraph;
    if (tellsLost) part.hasLostGraph = false;
    const keep = async (spool: string, seq: number) => {
      const id = batchId(spool, seq);
      const older = again.length > 0 ? await toldAgain(again, teller, recordedAt, { isWhole, graph, archive }) : NONE;
      const all = older.events.length > 0 ? [...older.events, ...events] : [...events];
      const { origin } = teller;
      const { revision } = graph;
      if (tellsLost) all.push(...(await lostEnds(archive, { origin, facts, recordedAt, events: all, revision })));
      const unheard = nodes && archive.sockets ? await leftOpen(archive.sockets, { nodes, sockets, time }) : [];
      const told = unheard.length > 0 ? [...unheard, ...sockets] : sockets;
      const kept: Promise<void>[] = [];
      if (all.length + samples.length > 0)
        kept.push(archive.append({ id, time, events: all, samples, isRelayed: true }));
      if (flows.length + rawPackets.length + losses.length > 0 && archive.flows)
        kept.push(archive.flows.append({ id, flows, rawPackets, losses }));
      if (told.length > 0 && archive.sockets) kept.push(archive.sockets.append({ id, time, sockets: told }));
      await allKept(kept);
      return older.unresolved;
    };
    return { isMissing, foreign: own.foreign, keep };
  }

  /** Ends all that is here of an agent, at the last moment it was known. What comes back makes that durable. */
  close(part: Part, at: number): (spool: string) => Promise<void> {
    const { graph, archive, sockets, clock } = this.#parts;
    const nodes = this.#nodesOf(part.teller.origin);
    const { events } = graph.close(part.teller.origin, at, clock.now());
    const closed = [...part.sockets.values()].map((socket) => ({ ...socket, closedAt: Math.max(at, socket.openedAt) }));
    sockets?.close([...part.sockets.keys()], at);
    part.sockets.clear();
    return async (spool) => {
      // A writer of its own: it closes at a later moment each time.
      const id = batchId(`${spool}.closed`, Math.max(0, Math.trunc(at)));
      // After a restart the archive may know of more.
      const unheard = archive.sockets ? await leftOpen(archive.sockets, { nodes, sockets: closed, time: at }) : [];
      const over = unheard.length > 0 ? [...unheard, ...closed] : closed;
      const kept: Promise<void>[] = [];
      if (events.length > 0) kept.push(archive.append({ id, time: at, events, samples: [], isRelayed: true }));
      if (over.length > 0 && archive.sockets) kept.push(archive.sockets.append({ id, time: at, sockets: over }));
      await allKept(kept);
    };
  }

  #takeGraph(facts: Facts, teller: Teller): { readonly events: readonly GraphEvent[]; readonly isMissing: boolean } {
    if (facts.graph.length === 0 && !facts.isWholeGraph) return { events: [], isMissing: false };
    const recordedAt = this.#parts.clock.now();
    const how = facts.isWholeGraph ? { recordedAt, wholeAt: facts.time } : { recordedAt };
    const { events, missing } = this.#parts.graph.mirror(facts.graph, teller, how);
    // In a whole picture what changed before comes first: the versions themselves follow.
    return { events, isMissing: missing.length > 0 && !facts.isWholeGraph };
  }

  #nodesOf(origin: string): readonly string[] {
    return [...this.#parts.graph.toldBy(origin)].flatMap(({ kind, id }) => (kind === 'node' ? [id] : []));
  }

  /** Gives all that is news to the archive. */
  #takeSockets({ sockets, isAllSockets, time }: Facts, part: Part): readonly Socket[] {
    if (sockets.length === 0 && !isAllSockets) return [];
    const told = isAllSockets ? new Set(sockets.map(({ id }) => id)) : undefined;
    const closed: Socket[] = [];
    if (told)
      for (const [id, socket] of part.sockets) {
        if (told.has(id)) continue;
        closed.push({ ...socket, closedAt: Math.max(time, socket.openedAt) });
        part.sockets.delete(id);
      }
    for (const socket of sockets)
      if (socket.closedAt === undefined) part.sockets.set(socket.id, socket);
      else part.sockets.delete(socket.id);
    if (closed.length > 0)
      this.#parts.sockets?.close(
        closed.map(({ id }) => id),
        time,
      );
    this.#parts.sockets?.tell(sockets);
    return closed.length > 0 ? [...closed, ...sockets] : sockets;
  }
}

const NONE = { events: [], unresolved: 0 };

/** All of them come to an end before one that failed is told: the next try does not overtake the last. */
async function allKept(kept: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(kept)) if (result.status === 'rejected') throw result.reason;
}
