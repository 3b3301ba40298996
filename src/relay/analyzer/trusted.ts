/**
 * How far an agent is believed: its word is good for its own host, and for moments that a clock can show. What it says of
 * another's elements is left out and counted.
 */
import type { Socket } from '../../ends/socket.ts';
import type { SampleEvent } from '../../graph/change.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Told } from '../../graph/told.ts';
import type { Facts } from '../message.ts';

export interface Trusted {
  readonly samples: readonly SampleEvent[];
  readonly sockets: readonly Socket[];
  /** So many were about elements that another tells of. */
  readonly foreign: number;
}

export function trusted({ samples, sockets }: Facts, origin: string, graph: Pick<Graph, 'history'>): Trusted {
  if (samples.length + sockets.length === 0) return { samples, sockets, foreign: 0 };
  const known = new Map<string, boolean>();
  const isOwn = (id: string) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    // What is not here, or not any more, may be of an earlier moment.
    const isIts = graph.history([id], NOW).every((element) => element.origin === origin);
    known.set(id, isIts);
    return isIts;
  };
  const ownSamples = samples.filter(({ id }) => isOwn(id));
  const ownSockets = sockets.filter(({ node }) => isOwn(node));
  const foreign = samples.length - ownSamples.length + sockets.length - ownSockets.length;
  return foreign === 0 ? { samples, sockets, foreign } : { samples: ownSamples, sockets: ownSockets, foreign };
}

const NOW = { from: Number.MAX_VALUE, to: Number.MAX_VALUE };

/** What in it no clock shows and no graph counts; undefined: nothing. Sentences and histories are made of such numbers. */
export function oddNumber(facts: Facts): string | undefined {
  if (!isTime(facts.time)) return `the time ${facts.time}`;
  for (const told of facts.graph) {
    const { createdAt, revision } = told.kind === 'version' ? told.element : told;
    if (!timesOf(told).every(isTime) || !isTime(createdAt)) return `a time of ${told.kind} ${nameOf(told)}`;
    if (!Number.isSafeInteger(revision) || revision < 0) return `the revision ${revision} of ${nameOf(told)}`;
  }
  for (const { id, start, last } of facts.samples)
    if (!isTime(start) || !isTime(last)) return `a time of a sample of ${id}`;
  for (const { UUID, Start, Last } of facts.flows) if (!isTime(Start) || !isTime(Last)) return `a time of flow ${UUID}`;
  for (const { uuid, packet } of facts.rawPackets)
    if (!isTime(packet.timestampMs)) return `the time of a packet of flow ${uuid}`;
  for (const { from, to, host } of facts.losses) if (!isTime(from) || !isTime(to)) return `a time of a loss on ${host}`;
  for (const { id, openedAt, closedAt = 0 } of facts.sockets)
    if (!isTime(openedAt) || !isTime(closedAt)) return `a time of socket ${id}`;
  return undefined;
}

/** What `Date` can show (ECMA-262 §21.4.1.1). */
const TIME_MAX = 8.64e15;

function isTime(time: number): boolean {
  return time >= -TIME_MAX && time <= TIME_MAX;
}

function timesOf(told: Told): readonly number[] {
  if (told.kind === 'update') return [told.updatedAt];
  if (told.kind === 'gone') return [told.deletedAt];
  const { updatedAt, deletedAt = 0, validTo = 0 } = told.element;
  return [updatedAt, deletedAt, validTo];
}

function nameOf(told: Told): string {
  return told.kind === 'version' ? told.element.id : told.id;
}
