/** An agent, put together as `skein agent` is, on a host whose world goes on when it is not there. */

import { meets } from '../../src/archive/flow-query.ts';
import { SocketTable } from '../../src/ends/socket-table.ts';
import type { FlowQuery, FlowView } from '../../src/flow/view.ts';
import type { Change, GraphEvent } from '../../src/graph/change.ts';
import { Graph } from '../../src/graph/graph.ts';
import { versionOf } from '../../src/graph/telling.ts';
import { AgentRelay } from '../../src/relay/agent/agent-relay.ts';
import { Outbox } from '../../src/relay/agent/outbox.ts';
import { flowAnswers } from '../../src/relay/fleet/flow-answers.ts';
import type { Dialer } from '../../src/relay/link.ts';
import type { Facts } from '../../src/relay/message.ts';
import { openSpool } from '../../src/relay/spool/open.ts';
import type { Spool } from '../../src/relay/spool/spool.ts';
import { encodeFacts } from '../../src/relay/wire/facts.ts';
import { FakeDisk } from '../relay/spool/fake-disk.ts';
import { Captured } from './captured.ts';
import type { Chance } from './chance.ts';
import { Diary } from './diary.ts';
import { type HostClock, ProcessClock, type VirtualTime } from './time.ts';
import { World } from './world.ts';

export interface SimAgentParts {
  readonly index: number;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly clock: HostClock;
  readonly spoolBytes: number;
  /** In the order in which they are tried. */
  readonly dialers: (clock: ProcessClock) => readonly Dialer[];
  readonly log: (line: string) => void;
  /** Its disk has cut it short. */
  readonly crashed: () => void;
  readonly faulty: { readonly forgetsBatch?: boolean } | undefined;
}

interface Running {
  readonly clock: ProcessClock;
  readonly spool: Spool;
  readonly graph: Graph;
  readonly sockets: SocketTable;
  readonly outbox: Outbox;
  readonly relay: AgentRelay;
  readonly captured: Captured;
  /** All that was there at the start has been told, and what an earlier run knew and is not there any more. */
  isSettled: boolean;
}

export class SimAgent {
  readonly host: string;
  readonly disk = new FakeDisk();
  readonly world: World;
  readonly diary = new Diary();
  readonly #parts: SimAgentParts;
  running: Running | undefined;
  /** By all its runs. */
  readonly lost: Record<string, number> = { graph: 0, samples: 0, flows: 0, rawPackets: 0, sockets: 0 };
  #clock: ProcessClock | undefined;
  hasLostPower = false;

  constructor(parts: SimAgentParts) {
    this.#parts = parts;
    this.host = `h${parts.index}`;
    this.world = new World(parts.chance, this.host);
  }

  get isUp(): boolean {
    return this.#clock !== undefined;
  }

  get origin(): string {
    return `agent.${this.host}`;
  }

  async start(): Promise<void> {
    const { time, clock: host, chance, index, dialers, log, crashed, spoolBytes, faulty } = this.#parts;
    const { disk } = this;
    const clock = new ProcessClock(time, host, () => {
      if (disk.hasCrashed && !clock.isDead) crashed();
    });
    this.#clock = clock;
    const startedAt = clock.now();
    const say = (line: string) => log(`${this.host}: ${line}`);
    const spool = await openSpool({
      disk,
      clock,
      log: { info: say, warn: say },
      uuid: () => `spool-${index}-${chance.uuid().slice(0, 8)}`,
      maxBytes: spoolBytes,
      picture: function* () {
        yield* graph.told();
        for (const element of graph.awaited()) yield versionOf(element);
      },
    });
    const { elements, lastTime } = spool.restored();
    if (this.#lastSpool !== undefined) this.diary.restarted(this.#lastSpool, spool.next, this.#lastSpool === spool.id);
    this.#lastSpool = spool.id;
    const begin = Math.max(startedAt, Math.floor(lastTime) + 1);
    const graph: Graph = new Graph({ begin, firstRevision: begin * 1_000 });
    graph.remember(elements);
    let pending: GraphEvent[] = [];
    graph.subscribe(({ events }) => void pending.push(...events));
    const sockets = new SocketTable({ begin });
    const picture = () => (running.isSettled ? graph.told() : undefined);
    const openSockets = () => sockets.find({});
    const append = (facts: Facts): number => {
      const before = spool.status().lost.graph;
      const since = this.diary.since(spool.id, spool.first);
      const seq = faulty?.forgetsBatch && chance.is(0.05) ? spool.next - 1 : spool.append(facts);
      this.diary.write({ spool: spool.id, seq, facts, events: pending });
      pending = [];
      if (spool.status().lost.graph > before) this.diary.lost(since);
      if (facts.isWholeGraph && !spool.needsWholeGraph) this.diary.toldWhole(facts.time);
      return seq;
    };
    const outbox = new Outbox({
      spool: {
        append,
        get needsWholeGraph() {
          return spool.needsWholeGraph;
        },
        status: () => spool.status(),
      },
      clock,
      picture,
      sockets: { open: openSockets, get: (id) => sockets.get(id) },
    });
    graph.subscribe((commit) => outbox.commit(commit));
    sockets.listen(outbox);
    const captured = new Captured(chance, this.host);
    const relay = new AgentRelay({
      analyzers: dialers(clock).map((dialer) => ({ dialer })),
      agent: `agent-${index}`,
      run: chance.uuid(),
      host: this.host,
      software: 'skein 1',
      spool,
      outbox,
      picture,
      openSockets,
      encode: encodeFacts,
      handlers: flowAnswers(listView(captured)),
      clock,
      random: chance.unit,
      log: { info: say, warn: say },
    });
    const running: Running = {
      clock,
      spool,
      graph,
      sockets,
      outbox,
      relay,
      captured,
      isSettled: false,
    };
    this.running = running;
    relay.start();
    // The probes look; what an earlier run knew and nobody spoke of then ended with it.
    clock.after(chance.between(20, 500), () => {
      this.apply(this.world.all());
      sockets.tell([...this.world.sockets.values()]);
      const gone = graph.forgotten().map((element): GraphEvent => {
        const deletedAt = Math.max(lastTime, element.updatedAt);
        return { revision: 0, kind: 'removed', element: { ...element, deletedAt }, before: element };
      });
      running.isSettled = true;
      pending.push(...gone);
      if (gone.length > 0) outbox.commit({ events: gone, samples: [] });
    });
  }

  #lastSpool: string | undefined;

  apply(changes: readonly Change[]): void {
    const { host, origin } = this;
    this.running?.graph.apply(changes, { host, origin, time: this.running.clock.now() });
  }

  /** Something happens on the host, and is seen if anybody looks. */
  step(): void {
    const { chance, clock } = this.#parts;
    const { running, world } = this;
    const isLooking = running?.isSettled === true;
    const what = chance.below(10);
    if (what < 5) {
      const changes = world.step();
      if (isLooking) this.apply(changes);
    } else if (what === 5) {
      const changes = world.counters();
      if (isLooking) this.apply(changes);
    } else if (what === 6) {
      const socket = chance.is(0.5) ? world.open(clock.now()) : undefined;
      if (socket) {
        if (isLooking) running.sockets.tell([socket]);
        return;
      }
      const closed = world.close();
      if (closed && isLooking) running.sockets.tell([{ ...closed, closedAt: Math.max(clock.now(), closed.openedAt) }]);
    } else if (isLooking && !running.outbox.isFull) {
      const { flows, packets } = running.captured.step(clock.now());
      running.outbox.flows(flows);
      for (const { uuid, packet } of packets) running.outbox.rawPacket(uuid, packet);
    }
    if (this.disk.hasCrashed && this.isUp) this.#parts.crashed();
  }

  /** The end of the process, as `kill -9` makes it, or of the machine. */
  kill(how: 'process' | 'power'): void {
    if (this.#clock) this.#clock.isDead = true;
    this.#count();
    this.#clock = undefined;
    this.running = undefined;
    if (how === 'power') this.hasLostPower = true;
    this.disk.restart(how);
  }

  /** Of this run and those before. */
  lostSoFar(): Record<string, number> {
    const now = this.running?.spool.status().lost;
    return Object.fromEntries(
      Object.entries(this.lost).map(([what, count]) => [what, count + (now?.[what as keyof typeof now] ?? 0)]),
    );
  }

  #count(): void {
    Object.assign(this.lost, this.lostSoFar());
  }
}

function listView(captured: Captured): FlowView {
  const of = ({ where, time }: FlowQuery) =>
    [...captured.live.values()].filter(
      (flow) => meets(flow, where) && (!time || (flow.Start <= time.to && flow.Last >= time.from)),
    );
  return {
    find: (query) => [of(query)],
    count: (query) => of(query).length,
    metrics: (uuids) =>
      new Map(
        uuids.map((uuid) => {
          const point = captured.live.get(uuid)?.LastUpdateMetric;
          return [uuid, point ? [point] : []];
        }),
      ),
    rawPackets: (uuids) => new Map(uuids.map((uuid) => [uuid, []])),
    loss: () => [],
  };
}
