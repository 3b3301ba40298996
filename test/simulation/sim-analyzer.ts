/** An analyzer: a graph and a table of sockets that mirror the fleet, a door for agents, the archive that all share. */

import type { Archive } from '../../src/archive/archive.ts';
import { FlowTimeline } from '../../src/archive/flow-timeline.ts';
import { restore } from '../../src/archive/restore.ts';
import { MergedTimeline } from '../../src/archive/timeline.ts';
import { SocketTable } from '../../src/ends/socket-table.ts';
import { Graph } from '../../src/graph/graph.ts';
import { Agents } from '../../src/relay/analyzer/agents.ts';
import type { AgentMemory, RememberedAgent } from '../../src/relay/analyzer/memory.ts';
import { FleetFlows } from '../../src/relay/fleet/flows.ts';
import { HeldFlows } from '../../src/relay/fleet/held-flows.ts';
import type { AnalyzerLink } from '../../src/relay/link.ts';
import type { Facts } from '../../src/relay/message.ts';
import { decodeFacts } from '../../src/relay/wire/facts.ts';
import { Unavailable } from '../../src/std/unavailable.ts';
import type { Chance } from './chance.ts';
import type { ShakyArchive } from './shaky-archive.ts';
import { type HostClock, ProcessClock, type VirtualTime } from './time.ts';

export interface SimAnalyzerParts {
  readonly index: number;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly clock: HostClock;
  readonly archive: ShakyArchive;
  /** Of all analyzers, by their numbers. */
  readonly memories: Map<number, Map<string, RememberedAgent>>;
  readonly graceMs: number;
  readonly heldBytesMax: number;
  readonly log: (line: string) => void;
  readonly told: (agent: string, facts: Facts) => void;
  readonly wrong: (sentence: string) => void;
  readonly faulty: { readonly acksEarly?: boolean; readonly ignoresGone?: boolean } | undefined;
}

interface Running {
  readonly clock: ProcessClock;
  readonly graph: Graph;
  readonly sockets: SocketTable;
  readonly agents: Agents;
  readonly timeline: MergedTimeline;
  readonly flows: FlowTimeline;
}

export class SimAnalyzer {
  readonly name: string;
  readonly #parts: SimAnalyzerParts;
  running: Running | undefined;
  #clock: ProcessClock | undefined;

  constructor(parts: SimAnalyzerParts) {
    this.#parts = parts;
    this.name = `analyzer-${parts.index}`;
  }

  get isUp(): boolean {
    return this.#clock !== undefined;
  }

  async start(): Promise<void> {
    const { time, clock: host, chance, archive: shaky, log, graceMs, heldBytesMax, told, wrong, faulty } = this.#parts;
    const clock = new ProcessClock(time, host);
    this.#clock = clock;
    const archive = shaky.for(clock);
    const say = (line: string) => log(`${this.name}: ${line}`);
    const range = await archive.range().catch(() => undefined);
    const begin = Math.max(clock.now(), Math.floor(range?.to ?? 0) + 1);
    const graph = new Graph({ begin, firstRevision: begin * 1_000 });
    await restore(archive, graph).catch(() => undefined);
    if (clock.isDead) return;
    let revision = graph.revision;
    graph.subscribe(({ events }) => {
      for (const event of events) {
        if (event.revision <= revision) wrong(`${this.name}: revision ${event.revision} follows ${revision}`);
        revision = event.revision;
      }
    });
    const sockets = new SocketTable({ begin });
    const held = new HeldFlows();
    const agents = new Agents({
      name: this.name,
      software: 'skein 1',
      graph: faulty?.ignoresGone ? deafToEnds(graph) : graph,
      archive: faulty?.acksEarly ? hasty(archive) : archive,
      sockets,
      clock,
      random: chance.unit,
      log: { info: say, warn: say },
      memory: this.#memory(clock),
      decode: decodeFacts,
      graceMs,
      heldBytesMax,
      told: (agent, facts) => {
        told(agent, facts);
        return held.told(facts.flows);
      },
    });
    await agents.start();
    if (clock.isDead) return;
    const flushed = () => agents.flushed();
    const timeline = new MergedTimeline({
      graph,
      archive,
      flushed,
      nowMs: () => Math.max(clock.now(), graph.lastTime),
    });
    const keepHouse = async () => {
      clock.after(HOUSEKEEPING_MS, () => void keepHouse());
      await timeline.refresh().catch(() => undefined);
    };
    await keepHouse();
    const fleet = new FleetFlows({ fleet: agents, originOf: () => undefined, held, nowMs: () => clock.now() });
    const flows = new FlowTimeline({ live: fleet, archive: archive.flows, flushed });
    this.running = { clock, graph, sockets, agents, timeline, flows };
  }

  accept(link: AnalyzerLink): boolean {
    this.running?.agents.accept(link);
    return this.running !== undefined;
  }

  kill(): void {
    if (this.#clock) this.#clock.isDead = true;
    this.#clock = undefined;
    this.running = undefined;
  }

  /** As a service is stopped: what is here is kept first. */
  async stop(): Promise<void> {
    const { running } = this;
    await running?.agents.stop();
    if (this.running === running) this.kill();
  }

  #memory(clock: ProcessClock): AgentMemory {
    const { memories, index, archive, time } = this.#parts;
    const own = memories.get(index) ?? new Map<string, RememberedAgent>();
    memories.set(index, own);
    const isAway = () => archive.awayUntil > time.now;
    const away = () => Promise.reject(new Unavailable('archive', 'a server that answers'));
    return {
      load: () => (isAway() ? away() : Promise.resolve([...own.values()])),
      keep: (agents) => {
        if (isAway()) return away();
        if (!clock.isDead) for (const agent of agents) own.set(agent.agent, agent);
        return Promise.resolve();
      },
      find: (agent) => {
        if (isAway()) return away();
        const known = [...memories.values()].flatMap((all) => all.get(agent) ?? []);
        const homes = known.filter(({ role }) => role === 'home');
        return Promise.resolve(homes.toSorted((a, b) => b.lastTime - a.lastTime)[0]);
      },
      forget: (agent) => {
        if (!clock.isDead) own.delete(agent);
        return Promise.resolve();
      },
    };
  }
}

/** As the archive's state is read by `skein analyzer`. */
const HOUSEKEEPING_MS = 5_000;

/** A mistake made on purpose: what is on its way counts as kept. */
function hasty(archive: Archive): Archive {
  const soon = (promise: Promise<void>) => {
    promise.catch(() => undefined);
    return Promise.resolve();
  };
  const { flows, sockets } = archive;
  return {
    ...archive,
    append: (batch) => soon(archive.append(batch)),
    ...(flows && { flows: { ...flows, append: (batch) => soon(flows.append(batch)) } }),
    ...(sockets && { sockets: { ...sockets, append: (batch) => soon(sockets.append(batch)) } }),
  };
}

/** Another: what ends goes on. */
function deafToEnds(graph: Graph) {
  return {
    mirror: (...[told, teller, how]: Parameters<Graph['mirror']>) =>
      graph.mirror(
        [...told].filter(({ kind }) => kind !== 'gone'),
        teller,
        how,
      ),
    mirrorSamples: graph.mirrorSamples.bind(graph),
    close: graph.close.bind(graph),
    history: graph.history.bind(graph),
    toldBy: graph.toldBy.bind(graph),
    get revision() {
      return graph.revision;
    },
  };
}
