/** Agents and analyzers of one process, with links that a test cuts, an archive that goes away, and a clock that it turns. */

import type { ArchiveBatch, FlowBatch, SocketBatch } from '../../src/archive/archive.ts';
import { SocketTable } from '../../src/ends/socket-table.ts';
import { isOpenIn, type SocketQuery } from '../../src/ends/socket-view.ts';
import type { Flow } from '../../src/flow/flow.ts';
import type { Change } from '../../src/graph/change.ts';
import type { Element } from '../../src/graph/element.ts';
import { Graph } from '../../src/graph/graph.ts';
import { AgentRelay, type AgentRelayParts } from '../../src/relay/agent/agent-relay.ts';
import { Outbox } from '../../src/relay/agent/outbox.ts';
import { Agents, type AgentsParts } from '../../src/relay/analyzer/agents.ts';
import type { Visitor } from '../../src/relay/analyzer/hello.ts';
import { noMemory } from '../../src/relay/analyzer/memory.ts';
import type { AgentLink, Dialer } from '../../src/relay/link.ts';
import { type MemoryLinkOptions, type MemoryLinks, memoryLinks } from '../../src/relay/memory-link.ts';
import type { Facts } from '../../src/relay/message.ts';
import type { SpooledBatch } from '../../src/relay/spool/spool.ts';
import { decodeFacts, encodeFacts } from '../../src/relay/wire/facts.ts';
import type { Clock } from '../../src/std/clock.ts';
import { Unavailable } from '../../src/std/unavailable.ts';

/** What a spool is, without a disk. */
export class ListSpool {
  readonly id: string;
  needsWholeGraph = false;
  bytesMax = 1_000_000;
  readonly batches: SpooledBatch[] = [];
  #next = 1;

  constructor(id: string) {
    this.id = id;
  }

  get next(): number {
    return this.#next;
  }

  get first(): number {
    return this.batches[0]?.seq ?? this.#next;
  }

  append(facts: Facts): number {
    this.batches.push({
      seq: this.#next,
      after: this.batches.at(-1)?.seq ?? this.#next - 1,
      facts: encodeFacts(facts),
    });
    if (facts.isWholeGraph) this.needsWholeGraph = false;
    return this.#next++;
  }

  read(from: number, maxBytes: number): readonly SpooledBatch[] {
    const read: SpooledBatch[] = [];
    let bytes = 0;
    for (const batch of this.batches) {
      if (batch.seq < from) continue;
      if (read.length > 0 && bytes + batch.facts.length > maxBytes) break;
      read.push(batch);
      bytes += batch.facts.length;
    }
    return read;
  }

  acknowledge(upTo: number): void {
    while (this.batches[0] && this.batches[0].seq <= upTo) this.batches.shift();
  }

  /** As a spool does that has no room: the oldest of it are gone. */
  loseFirst(count: number): void {
    this.batches.splice(0, count);
  }

  status() {
    const { id, first, next, bytesMax } = this;
    const bytes = this.batches.reduce((sum, { facts }) => sum + facts.length, 0);
    const lost = { graph: 0, samples: 0, flows: 0, rawPackets: 0, sockets: 0 };
    return { id, first, next, bytes, bytesMax, reserveBytes: 0, segments: 1, lost, damaged: 0, syncFailures: 0 };
  }
}

/** Keeps batches by their ids, as an archive does: the same one again changes nothing. */
export class ListArchive {
  readonly batches = new Map<string, ArchiveBatch>();
  readonly flowBatches = new Map<string, FlowBatch>();
  readonly socketBatches = new Map<string, SocketBatch>();
  /** Rejects what is appended, with this. */
  fault: Error | undefined;
  appends = 0;

  readonly flows = {
    append: (batch: FlowBatch) => this.#keep(this.flowBatches, batch),
  };
  readonly sockets = {
    append: (batch: SocketBatch) => this.#keep(this.socketBatches, batch),
    find: ({ time, nodes }: SocketQuery) => {
      if (this.fault) return Promise.reject(this.fault);
      const newest = new Map([...this.socketBatches.values()].flatMap(({ sockets }) => sockets.map((s) => [s.id, s])));
      const found = [...newest.values()].filter((socket) => isOpenIn(socket, time));
      return Promise.resolve(found.filter(({ node }) => !nodes || nodes.includes(node)));
    },
  };

  append(batch: ArchiveBatch): Promise<void> {
    return this.#keep(this.batches, batch);
  }

  versions(ids: readonly string[]): Promise<Element[]> {
    const found = [...this.batches.values()].flatMap(({ events }) => events.map(({ element }) => element));
    return Promise.resolve(found.filter(({ id }) => ids.includes(id)));
  }

  open(origins: ReadonlySet<string>): Promise<Element[]> {
    const open = new Map<string, Element>();
    for (const { events } of this.batches.values())
      for (const { kind, element } of events)
        if (kind === 'removed') open.delete(element.id);
        else open.set(element.id, element);
    return Promise.resolve([...open.values()].filter(({ origin }) => origins.has(origin)));
  }

  goAway(): void {
    this.fault = new Unavailable('archive', 'a disk that is there');
  }

  /** Names of all versions, and ends, that are kept: `a@1000#2`, `a@1000 ended 1500`. */
  names(): string[] {
    const names = [...this.batches.values()].flatMap(({ events }) =>
      events.map(({ kind, element: { id, createdAt, revision, deletedAt } }) =>
        kind === 'removed' ? `${id} ended ${deletedAt}` : `${id}@${createdAt}#${revision}`,
      ),
    );
    return [...new Set(names)].toSorted();
  }

  flowIds(): string[] {
    return [...this.flowBatches.values()].flatMap(({ flows }) => flows.map(({ UUID }) => UUID));
  }

  #keep<B extends { readonly id: string }>(batches: Map<string, B>, batch: B): Promise<void> {
    this.appends++;
    if (this.fault) return Promise.reject(this.fault);
    if (!batches.has(batch.id)) batches.set(batch.id, batch);
    return Promise.resolve();
  }
}

export function aFlow(uuid: string): Flow {
  const metric = { ABPackets: 1, ABBytes: 60, BAPackets: 0, BABytes: 0, Start: 1, Last: 2 };
  const about = { ParentUUID: '', TrackingID: 't', L3TrackingID: 'l', LayersPath: 'Ethernet', Application: 'Ethernet' };
  return {
    UUID: uuid,
    ...about,
    Metric: metric,
    Start: 1,
    Last: 2,
    NodeTID: 'n',
    CaptureID: 'c',
    RawPacketsCaptured: 0,
  };
}

/** Sentences it said. */
export function listLog() {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  return { lines, info: say, warn: say };
}

/** An analyzer that agents can dial. */
export function anAnalyzer(clock: Clock, options: Partial<AgentsParts> & { readonly visitor?: Visitor } = {}) {
  const archive = new ListArchive();
  const graph = new Graph();
  const sockets = new SocketTable();
  const log = listLog();
  const links: MemoryLinks[] = [];
  const { name = 'one' } = options;
  const agents = new Agents({
    name,
    software: 'skein 1',
    graph,
    archive,
    sockets,
    clock,
    random: () => 0.5,
    log,
    memory: noMemory,
    decode: decodeFacts,
    graceMs: 60_000,
    ...options,
  });
  const analyzer = {
    agents,
    archive,
    graph,
    sockets,
    log,
    links,
    isUp: true,
    /** Ids of what is alive. */
    alive: () => [...graph.told()].flatMap((one) => (one.kind === 'version' ? [one.element.id] : [])),
    dialer: (how: Partial<MemoryLinkOptions> = {}): Dialer => ({
      name,
      dial(): Promise<AgentLink> {
        if (!analyzer.isUp) return Promise.reject(new Unavailable(name, 'an analyzer that listens'));
        const link = memoryLinks({ clock, agent: '10.0.0.1:1', analyzer: name, ...how });
        links.push(link);
        agents.accept(link.analyzer, options.visitor);
        return Promise.resolve(link.agent);
      },
    }),
    cut: () => links.at(-1)?.cut(),
    only: () => agents.status().agents[0],
  };
  return analyzer;
}

export interface AnAgentOptions extends Partial<AgentRelayParts> {
  readonly dialers: readonly Dialer[];
  readonly spool?: AgentRelayParts['spool'] & ListSpool;
}

export function anAgent(clock: Clock, options: AnAgentOptions) {
  const { host = 'h1', agent = 'agent-1', dialers } = options;
  const spool = options.spool ?? new ListSpool(`spool-of-${agent}`);
  const graph = new Graph();
  const table = new SocketTable();
  const log = listLog();
  const picture = () => graph.told();
  const openSockets = () => table.find({});
  const outbox = new Outbox({ spool, clock, picture, sockets: { open: openSockets, get: (id) => table.get(id) } });
  graph.subscribe((commit) => outbox.commit(commit));
  table.listen(outbox);
  const relay = new AgentRelay({
    analyzers: dialers.map((dialer) => ({ dialer })),
    agent,
    run: 'run-1',
    host,
    software: 'skein 1',
    spool,
    outbox,
    picture,
    openSockets,
    encode: encodeFacts,
    handlers: {},
    clock,
    random: () => 0.5,
    log,
    ...options,
  });
  const origin = `agent.${host}`;
  return {
    relay,
    outbox,
    spool,
    graph,
    table,
    log,
    apply: (...changes: Change[]) => graph.apply(changes, { host, origin, time: clock.now() }),
    node: (id: string, metadata = {}) =>
      graph.apply([{ kind: 'node', id, metadata }], { host, origin, time: clock.now() }),
  };
}
