/** What agents told their home, read along on the way, and what of it was acknowledged: what the archive has to hold. */
import { isDeepStrictEqual } from 'node:util';
import type { Flow } from '../../src/flow/flow.ts';
import type { Element, GraphEdge, GraphNode } from '../../src/graph/element.ts';
import type { Told } from '../../src/graph/told.ts';
import type { Facts } from '../../src/relay/message.ts';
import { decodeMessage } from '../../src/relay/wire/codec.ts';
import { decodeFacts } from '../../src/relay/wire/facts.ts';
import type { Listening } from './fleet_way.ts';

interface Spooled {
  readonly agent: string;
  readonly batches: Map<number, { readonly bytes: Buffer; readonly after: number }>;
  kept: number;
}

export class ToldByAgents {
  readonly #spools = new Map<string, Spooled>();
  /** Batches that came again as others than they were: none, ever. */
  changed = 0;
  resent = 0;

  readonly listening: Listening = () => {
    let spool: Spooled | undefined;
    const up = frames((bytes) => {
      const message = decodeMessage(bytes);
      if (message.kind === 'hello' && message.role === 'home') spool = this.#spoolOf(message.spool, message.host);
      if (message.kind !== 'batch' || !spool) return;
      const before = spool.batches.get(message.seq);
      const now = { bytes: Buffer.from(message.facts), after: message.after };
      if (!before) spool.batches.set(message.seq, now);
      else {
        this.resent++;
        if (!before.bytes.equals(now.bytes)) this.changed++;
      }
    });
    const down = frames((bytes) => {
      const message = decodeMessage(bytes);
      if ((message.kind === 'ack' || message.kind === 'welcome') && spool)
        spool.kept = Math.max(spool.kept, message.kept);
    });
    return { up, down };
  };

  /** Nothing waits to be acknowledged. */
  get isAllKept(): boolean {
    return [...this.#spools.values()].every(({ batches, kept }) => Math.max(0, ...batches.keys()) <= kept);
  }

  get batches(): number {
    return [...this.#spools.values()].reduce((sum, { batches }) => sum + batches.size, 0);
  }

  /** Numbers that nobody saw pass, though a later one was kept: lost on the way. */
  get gaps(): number {
    let gaps = 0;
    for (const { batches, kept } of this.#spools.values())
      for (const [seq, { after }] of batches) if (seq <= kept && after > 0 && !batches.has(after)) gaps++;
    return gaps;
  }

  /** Of all that is acknowledged, in the order in which it was told. */
  *facts(): Generator<Facts & { readonly agent: string }> {
    for (const { agent, batches, kept } of this.#spools.values())
      for (const [seq, { bytes }] of [...batches].sort(([a], [b]) => a - b))
        if (seq <= kept) yield { ...decodeFacts(bytes), agent };
  }

  #spoolOf(id: string, agent: string): Spooled {
    let spool = this.#spools.get(id);
    if (!spool) {
      spool = { agent, batches: new Map(), kept: 0 };
      this.#spools.set(id, spool);
    }
    return spool;
  }
}

export interface Life {
  readonly kind: 'node' | 'edge';
  readonly id: string;
  readonly createdAt: number;
  readonly versions: Map<number, Element>;
  endedAt: number | undefined;
}

/** Lives of all elements as a plain reader of the facts puts them together. */
export class Lives {
  readonly all = new Map<string, Life>();
  readonly #alive = new Map<string, Map<string, Life>>();
  readonly flows = new Map<string, { newest: Flow; ab: number; points: number }>();
  readonly samples = new Set<string>();
  /** What could not be understood: none, ever. */
  readonly troubles: string[] = [];
  changes = 0;

  constructor(told: Iterable<Facts & { readonly agent: string }>) {
    for (const facts of told) this.#take(facts);
  }

  *versions(): Generator<{ readonly name: string; readonly element: Element; readonly validTo: number | undefined }> {
    for (const [life, { versions, endedAt }] of this.all) {
      const sorted = [...versions.values()].sort((a, b) => a.revision - b.revision);
      for (const [i, element] of sorted.entries())
        yield { name: `${life}/${element.revision}`, element, validTo: sorted[i + 1]?.updatedAt ?? endedAt };
    }
  }

  /** Names of the versions that were so at a moment. */
  at(time: number, kind: 'node' | 'edge'): string[] {
    const names: string[] = [];
    for (const { name, element, validTo } of this.versions())
      if (element.kind === kind && element.updatedAt <= time && (validTo === undefined || validTo > time))
        names.push(name);
    return names.sort();
  }

  #take({ agent, graph, isWholeGraph, time, flows, samples }: Facts & { readonly agent: string }): void {
    const alive = this.#alive.get(agent) ?? new Map<string, Life>();
    this.#alive.set(agent, alive);
    const seen = new Set<string>();
    for (const told of graph) this.#tell(told, alive, seen);
    if (isWholeGraph)
      for (const [id, life] of alive)
        if (!seen.has(id)) {
          life.endedAt = time;
          alive.delete(id);
        }
    for (const flow of flows) this.#flow(flow);
    for (const { id, series, start, last } of samples) this.samples.add(`${id} ${series} ${start} ${last}`);
  }

  #tell(told: Told, alive: Map<string, Life>, seen: Set<string>): void {
    const { kind, id, createdAt, revision } = told.kind === 'version' ? told.element : { ...told, kind: told.of };
    const key = `${kind} ${id}`;
    const name = nameOf({ kind, id, createdAt });
    seen.add(key);
    let life = this.all.get(name);
    if (!life) {
      life = { kind, id, createdAt, versions: new Map(), endedAt: undefined };
      this.all.set(name, life);
    }
    if (told.kind === 'gone') {
      if (life.endedAt === undefined) this.changes++;
      life.endedAt = told.deletedAt;
      if (alive.get(key) === life) alive.delete(key);
      return;
    }
    alive.set(key, life);
    if (told.kind === 'version') this.#version(life, told.element);
    else {
      const base = life.versions.get(revision - 1);
      if (!base) {
        this.troubles.push(`${name} goes on with ${revision} after what nobody told`);
        return;
      }
      const metadata = { ...base.metadata, ...told.set };
      for (const gone of told.unset) delete metadata[gone];
      this.#version(life, { ...base, revision, updatedAt: told.updatedAt, metadata });
    }
  }

  #version({ versions }: Life, element: Element): void {
    const before = versions.get(element.revision);
    if (!before) {
      this.changes++;
      versions.set(element.revision, element);
    } else if (!isSame(before, element)) this.troubles.push(`${nameOf(element)} was told as two things`);
  }

  #flow(flow: Flow): void {
    const known = this.flows.get(flow.UUID);
    const ab = (flow.LastUpdateMetric?.ABPackets ?? 0) + (flow.LastUpdateMetric?.BAPackets ?? 0);
    if (known) {
      known.newest = flow;
      known.ab += ab;
      known.points += flow.LastUpdateMetric ? 1 : 0;
    } else this.flows.set(flow.UUID, { newest: flow, ab, points: flow.LastUpdateMetric ? 1 : 0 });
  }
}

export function nameOf({ kind, id, createdAt }: Pick<Life, 'kind' | 'id' | 'createdAt'>): string {
  return `${kind} ${id}/${createdAt}`;
}

export function isSame(a: Element, b: Element): boolean {
  return isDeepStrictEqual(said(a), said(b));
}

function said(element: Element) {
  const { kind, id, host, origin, createdAt, updatedAt, revision } = element;
  const ends = kind === 'edge' ? [(element as GraphEdge).parent, (element as GraphEdge).child] : [];
  const metadata = JSON.parse(JSON.stringify((element as GraphNode).metadata)) as unknown;
  return { kind, id, host, origin, createdAt, updatedAt, revision, metadata, ends };
}

/** Messages of a WebSocket (RFC 6455 §5.2), after the head of the request or of the answer that begins it. */
function frames(message: (bytes: Buffer) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0);
  let isBegun = false;
  let parts: Buffer[] = [];
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    if (!isBegun) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      rest = rest.subarray(end + 4);
      isBegun = true;
    }
    for (let frame = first(rest); frame; frame = first(rest)) {
      rest = rest.subarray(frame.length);
      // Pings, pongs and closes are no messages.
      if (frame.opcode >= 8) continue;
      parts.push(frame.payload);
      if (!frame.isLast) continue;
      message(Buffer.concat(parts));
      parts = [];
    }
  };
}

function first(bytes: Buffer) {
  if (bytes.length < 2) return undefined;
  const [head, short] = [bytes.readUInt8(0), bytes.readUInt8(1)];
  let at = 2;
  let size = short & 127;
  if (size === 126) {
    if (bytes.length < 4) return undefined;
    size = bytes.readUInt16BE(2);
    at = 4;
  } else if (size === 127) {
    if (bytes.length < 10) return undefined;
    size = Number(bytes.readBigUInt64BE(2));
    at = 10;
  }
  const mask = short & 128 ? bytes.subarray(at, at + 4) : undefined;
  if (mask) at += 4;
  if (bytes.length < at + size) return undefined;
  const payload = Buffer.from(bytes.subarray(at, at + size));
  if (mask) for (let i = 0; i < size; i++) payload[i] = (payload[i] as number) ^ (mask[i & 3] as number);
  return { opcode: head & 15, isLast: (head & 128) !== 0, payload, length: at + size };
}
