/**
 * A fleet in one process: agents, analyzers, their archive, links and clocks, as a seed says, with faults. The code is
 * the real one; time, chance, disk, wires and archive are not. In the end all that was told has to be there, once.
 */
import type { Flow } from '../../src/flow/flow.ts';
import { type Dialer, DialRefusal } from '../../src/relay/link.ts';
import type { Message } from '../../src/relay/message.ts';
import { Mistake } from '../../src/std/mistake.ts';
import { Unavailable } from '../../src/std/unavailable.ts';
import { Chance } from './chance.ts';
import { check } from './checks.ts';
import { FAULTS, type Fault, type FaultKind, faults } from './faults.ts';
import type { Mutation } from './mutations.ts';
import { type Connection, Network } from './network.ts';
import { ShakyArchive } from './shaky-archive.ts';
import { SimAgent } from './sim-agent.ts';
import { SimAnalyzer } from './sim-analyzer.ts';
import { HostClock, type ProcessClock, VirtualTime } from './time.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** All that happens, line by line. */
  readonly log?: (line: string) => void;
  /** A mistake made on purpose. */
  readonly mistake?: Mutation;
}

export interface Simulated {
  readonly seed: number;
  /** What is not as it has to be; empty when all is well. */
  readonly wrong: readonly string[];
  readonly faults: Readonly<Record<FaultKind, number>>;
  readonly counts: Readonly<Record<string, number>>;
}

const EPOCH = 1_700_000_000_000;

export async function simulate(options: SimulationOptions): Promise<Simulated> {
  return new Simulation(options).run();
}

export class Simulation {
  readonly chance: Chance;
  readonly time = new VirtualTime(EPOCH);
  readonly archive: ShakyArchive;
  readonly network: Network;
  readonly agents: readonly SimAgent[];
  readonly analyzers: readonly SimAnalyzer[];
  readonly wrong: string[] = [];
  readonly counts: Record<string, number> = {};
  readonly graceMs: number;
  readonly heldBytesMax: number;
  readonly #options: SimulationOptions;
  readonly #runMs: number;
  readonly #clocks: { readonly agents: HostClock[]; readonly analyzers: HostClock[] };
  readonly #acked = new WeakMap<Connection, { role: string; spool: string; kept: number }>();

  constructor(options: SimulationOptions) {
    const { seed, mistake } = options;
    this.#options = options;
    const chance = new Chance(seed);
    this.chance = chance;
    const { time } = this;
    this.#runMs = chance.between(15_000, 60_000);
    this.graceMs = chance.between(15_000, 40_000);
    this.heldBytesMax = chance.is(0.3) ? chance.between(4_000, 40_000) : 1 << 20;
    this.archive = new ShakyArchive(time, chance, mistake === 'counts-twice');
    this.network = new Network({
      time,
      chance,
      isEncoded: seed % 4 === 0,
      latencyMs: chance.pick([0, 5, 200]),
      sent: (message, from, connection) => this.#sent(message, from, connection),
    });
    const clock = (mostMs: number) =>
      new HostClock(time, { offsetMs: chance.between(-mostMs, mostMs), drift: chance.between(-500, 500) / 1e6 });
    const offsetMs = chance.pick([0, 100, 5_000]);
    this.#clocks = {
      agents: Array.from({ length: chance.between(3, 6) }, () => clock(offsetMs)),
      analyzers: Array.from({ length: chance.between(1, 3) }, () => clock(offsetMs)),
    };
    const memories = new Map();
    this.analyzers = this.#clocks.analyzers.map(
      (its, index) =>
        new SimAnalyzer({
          index,
          time,
          chance,
          clock: its,
          archive: this.archive,
          memories,
          graceMs: this.graceMs,
          heldBytesMax: this.heldBytesMax,
          log: this.log,
          told: (agent, facts) => {
            const { diary } = this.agents[Number(agent.split('-')[1])] as SimAgent;
            for (const lost of facts.lost) diary.saidLost.set(`${facts.time} ${lost.what}`, lost);
          },
          wrong: (sentence) => this.failed(sentence),
          faulty: { acksEarly: mistake === 'acks-early', ignoresGone: mistake === 'ignores-gone' },
        }),
    );
    this.agents = this.#clocks.agents.map((its, index) => {
      const spoolBytes = chance.is(0.2) ? chance.between(8_000, 40_000) : 4 << 20;
      const order = this.analyzers.map((_, i) => i).sort(() => chance.below(3) - 1);
      return new SimAgent({
        index,
        time,
        chance,
        clock: its,
        spoolBytes,
        dialers: (process) => order.map((to) => this.#dialer(index, to, process)),
        log: this.log,
        crashed: () => this.#kill(index, 'process', chance.between(100, 5_000)),
        faulty: { forgetsBatch: mistake === 'forgets-batch' },
      });
    });
  }

  readonly log = (line: string): void => {
    this.#options.log?.(`${((this.time.now - EPOCH) / 1_000).toFixed(3).padStart(8)} ${line}`);
  };

  failed(sentence: string): void {
    this.log(`WRONG: ${sentence}`);
    if (this.wrong.length < 20) this.wrong.push(sentence);
  }

  async run(): Promise<Simulated> {
    const { chance, time, agents, analyzers } = this;
    const planned = faults({
      chance,
      runMs: this.#runMs,
      graceMs: this.graceMs,
      agents: agents.length,
      analyzers: analyzers.length,
    });
    this.log(
      `${agents.length} agents, ${analyzers.length} analyzers, ${this.#runMs} ms, grace ${this.graceMs} ms, ${planned.length} faults`,
    );
    const injected = Object.fromEntries(FAULTS.map((kind) => [kind, 0])) as Record<FaultKind, number>;
    try {
      for (const analyzer of analyzers) void this.#start(analyzer);
      for (const agent of agents) time.after(chance.between(0, 2_000), () => void this.#start(agent));
      for (const fault of planned)
        time.after(fault.atMs, () => {
          injected[fault.kind]++;
          this.#inject(fault);
        });
      for (const agent of agents) this.#live(agent);
      if (chance.is(0.5)) this.#ask();
      await time.run(EPOCH + this.#runMs);
      await this.#settle();
      if (this.wrong.length === 0) await check(this);
    } catch (error) {
      this.failed(`an error got away: ${error instanceof Error ? error.stack : String(error)}`);
    }
    const { appends, refused, unanswered } = this.archive.count;
    Object.assign(this.counts, { appends, refused, unanswered });
    for (const agent of agents)
      for (const [what, count] of Object.entries(agent.lostSoFar())) this.count(`lost ${what}`, count);
    return { seed: this.#options.seed, wrong: this.wrong, faults: injected, counts: this.counts };
  }

  count(what: string, count = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + count;
  }

  async #start(one: SimAgent | SimAnalyzer): Promise<void> {
    if (one.isUp) return;
    this.count(one instanceof SimAgent ? 'agent starts' : 'analyzer starts');
    this.log(`${one instanceof SimAgent ? one.host : one.name} starts`);
    try {
      await one.start();
    } catch (error) {
      this.failed(`a start: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }

  get #isRunning(): boolean {
    return this.time.now < EPOCH + this.#runMs;
  }

  #live(agent: SimAgent): void {
    this.time.after(this.chance.between(50, 1_500), () => {
      if (!this.#isRunning) return;
      agent.step();
      this.#bounds(agent);
      this.#live(agent);
    });
  }

  /** Somebody wants to know something, of now or of then. */
  #ask(): void {
    this.time.after(this.chance.between(500, 5_000), () => {
      if (!this.#isRunning) return;
      this.#ask();
      const { running } = this.chance.pick(this.analyzers);
      if (!running) return;
      const at = this.chance.between(EPOCH, this.time.now);
      const question = async () => {
        await running.timeline.at(at);
        for await (const flows of running.flows.find({ where: [], time: { from: EPOCH, to: at } })) this.#asked(flows);
      };
      this.count('asked');
      question().catch((error: unknown) => {
        if (error instanceof Mistake || error instanceof Unavailable) return;
        this.failed(`a question: ${error instanceof Error ? error.stack : String(error)}`);
      });
    });
  }

  #asked(flows: readonly Flow[]): void {
    const uuids = new Set(flows.map(({ UUID }) => UUID));
    if (uuids.size < flows.length) this.failed('a flow came twice in an answer');
  }

  #inject({ kind, forMs, agent, analyzer }: Fault): void {
    const { time, network, archive, chance } = this;
    const until = time.now + forMs;
    this.log(`fault ${kind} for ${forMs} ms: h${agent}, analyzer-${analyzer}`);
    const its = this.agents[agent] as SimAgent;
    switch (kind) {
      case 'cut':
        network.end(network.of(agent, analyzer), 'cut');
        return;
      case 'shut':
      case 'deaf':
        for (const from of chance.pick([['agent'], ['analyzer'], ['agent', 'analyzer']] as const))
          network.shut(agent, analyzer, { from, until, isHeld: kind === 'shut' });
        return;
      case 'agent-killed':
      case 'agent-long-away':
        this.#kill(agent, 'process', forMs);
        return;
      case 'agent-power':
        this.#kill(agent, 'power', forMs);
        return;
      case 'agent-torn':
        its.disk.crashAfterBytes = chance.between(0, 3_000);
        return;
      case 'analyzer-killed': {
        this.analyzers[analyzer]?.kill();
        network.end(network.of(undefined, analyzer), chance.pick(['cut', 'silence']));
        time.after(forMs, () => void this.#start(this.analyzers[analyzer] as SimAnalyzer));
        return;
      }
      case 'analyzer-stopped': {
        const stopped = this.analyzers[analyzer] as SimAnalyzer;
        void stopped.stop().then(() => time.after(forMs, () => void this.#start(stopped)));
        return;
      }
      case 'disk-full':
        its.disk.roomBytes = 0;
        time.after(forMs, () => {
          its.disk.roomBytes = Number.POSITIVE_INFINITY;
        });
        return;
      case 'archive-slow':
        archive.slowUntil = until;
        return;
      case 'archive-away':
        archive.awayUntil = until;
        return;
      case 'archive-mute':
        archive.muteUntil = until;
        return;
      case 'agent-clock':
        (this.#clocks.agents[agent] as HostClock).offsetMs += chance.between(-3_000, 3_000);
        return;
      case 'analyzer-clock':
        (this.#clocks.analyzers[analyzer] as HostClock).offsetMs += chance.between(-10_000, 10_000);
    }
  }

  #kill(index: number, how: 'process' | 'power', forMs: number): void {
    const agent = this.agents[index] as SimAgent;
    if (!agent.isUp) return;
    this.log(`${agent.host} ends (${how})`);
    agent.kill(how);
    this.network.end(this.network.of(index, undefined), how === 'power' ? 'silence' : 'cut');
    this.time.after(forMs, () => void this.#start(agent));
  }

  #dialer(agent: number, to: number, clock: ProcessClock): Dialer {
    const analyzer = this.analyzers[to] as SimAnalyzer;
    const { network, time, chance } = this;
    const nobody = () => new Unavailable(analyzer.name, 'an analyzer that listens');
    return {
      name: analyzer.name,
      async dial(signal) {
        await new Promise<void>((resolve) => time.after(chance.between(0, 20), resolve));
        if (clock.isDead || network.isShut(agent, to))
          return new Promise((_, reject) => signal.addEventListener('abort', () => reject(nobody()), { once: true }));
        if (!analyzer.running) throw nobody();
        if (chance.is(0.002)) throw new DialRefusal('no-relay', 'no relay there');
        const connection = network.connect(agent, to);
        analyzer.accept(connection.links.analyzer);
        return connection.links.agent;
      },
    };
  }

  /** What is acknowledged has to be in the archive by then; and is so for ever. */
  #sent(message: Message, from: 'agent' | 'analyzer', connection: Connection): void {
    this.count(`${message.kind}s`);
    if (from === 'agent') {
      if (message.kind === 'hello') this.#acked.set(connection, { role: message.role, spool: message.spool, kept: 0 });
      return;
    }
    const acked = this.#acked.get(connection);
    if ((message.kind !== 'ack' && message.kind !== 'welcome') || !acked) return;
    const { kept } = message;
    if (kept < acked.kept) this.failed(`analyzer-${connection.analyzer} acknowledges ${kept} after ${acked.kept}`);
    const before = acked.kept;
    acked.kept = kept;
    const agent = this.agents[connection.agent] as SimAgent;
    if (acked.role !== 'home' || agent.lostSoFar().flows !== 0) return;
    for (const { seq, spool, facts } of agent.diary.entries)
      if (spool === acked.spool && seq > before && seq <= kept && facts.flows.length > 0)
        if (!this.archive.kept.flows.has(`${spool}-${seq}`))
          this.failed(`batch ${seq} of ${spool} is acknowledged, and its flows are not in the archive`);
  }

  #bounds({ host, running, disk }: SimAgent): void {
    const status = running?.spool.status();
    if (status && status.bytes > status.bytesMax)
      this.failed(`${host}: ${status.bytes} bytes in a spool of ${status.bytesMax}`);
    if (status && disk.files.size > 80) this.failed(`${host}: ${disk.files.size} files`);
    for (const analyzer of this.analyzers) {
      const { heldBytes = 0, heldBytesMax = 0 } = analyzer.running?.agents.status() ?? {};
      if (heldBytes > heldBytesMax + 64_000 * this.agents.length)
        this.failed(`${analyzer.name}: ${heldBytes} bytes wait for the archive`);
    }
  }

  /** No more faults; all come back, and what is on its way arrives. */
  async #settle(): Promise<void> {
    const { time, archive, agents, analyzers } = this;
    this.log('no more faults');
    archive.slowUntil = archive.awayUntil = archive.muteUntil = 0;
    for (const { disk } of agents) {
      disk.roomBytes = Number.POSITIVE_INFINITY;
      if (!disk.hasCrashed) disk.crashAfterBytes = Number.POSITIVE_INFINITY;
    }
    for (let waited = 0; waited < 300_000; waited += 5_000) {
      await time.pass(5_000);
      if (agents.every((agent) => this.#isSettled(agent)) && analyzers.every(({ running }) => running)) {
        // A last word of each, which tells all the rest.
        for (const { running } of agents) running?.outbox.flush();
        await time.pass(15_000);
        if (agents.every((agent) => this.#isSettled(agent))) return;
      }
    }
    for (const agent of agents)
      if (!this.#isSettled(agent)) {
        const { running } = agent;
        const { first, next } = running?.spool ?? {};
        this.failed(
          `${agent.host} does not settle: ${first} of ${next}, ${JSON.stringify(running?.relay.status().analyzers.map(({ name, role, link, lastEnd }) => [name, role, link?.state, lastEnd?.message]))}`,
        );
      }
  }

  #isSettled({ running }: SimAgent): boolean {
    if (!running?.isSettled) return false;
    const { first, next } = running.spool;
    const isConnected = running.relay.status().analyzers.every(({ link }) => link?.state === 'connected');
    return isConnected && running.relay.home !== undefined && first >= next - 1;
  }
}
