/** The archive that all analyzers share, as one of them has it: slow, away for a while, or without an answer that came. */
import type { Archive, ArchiveBatch, FlowBatch, SocketBatch } from '../../src/archive/archive.ts';
import { MemoryArchive } from '../../src/archive/memory/index.ts';
import type { FlowQuery } from '../../src/flow/view.ts';
import { Unavailable } from '../../src/std/unavailable.ts';
import type { Chance } from './chance.ts';
import type { ProcessClock, VirtualTime } from './time.ts';

export class ShakyArchive {
  readonly real: MemoryArchive;
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  /** Names of batches, by what was in them. */
  readonly kept = { graph: new Set<string>(), flows: new Set<string>(), sockets: new Set<string>() };
  slowUntil = 0;
  awayUntil = 0;
  muteUntil = 0;
  readonly count = { appends: 0, refused: 0, unanswered: 0 };

  /** A mistake made on purpose: what comes again counts again. */
  readonly #isTwice: boolean;

  constructor(time: VirtualTime, chance: Chance, isTwice: boolean) {
    this.#isTwice = isTwice;
    this.#time = time;
    this.#chance = chance;
    this.real = new MemoryArchive({ clock: { now: () => time.now, after: time.after.bind(time) } });
  }

  /** Nothing of a process that is gone gets here. */
  for(clock: ProcessClock): Archive {
    const { real } = this;
    const read =
      <A extends unknown[], R>(ask: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        if (this.#isAway) throw awayError();
        return ask(...args);
      };
    return {
      append: (batch: ArchiveBatch) =>
        this.#append(
          clock,
          () => real.append(batch),
          () => this.kept.graph.add(batch.id),
        ),
      viewAt: read(real.viewAt.bind(real)),
      viewBetween: read(real.viewBetween.bind(real)),
      versions: read(real.versions.bind(real)),
      samples: read(real.samples.bind(real)),
      open: read(real.open.bind(real)),
      range: read(real.range.bind(real)),
      gaps: read(real.gaps.bind(real)),
      flows: {
        append: (batch: FlowBatch) =>
          this.#append(
            clock,
            () => real.flows.append(this.#isTwice && this.kept.flows.has(batch.id) ? asNew(batch) : batch),
            () => this.kept.flows.add(batch.id),
          ),
        find: (query: FlowQuery) => real.flows.find(query),
        count: read(real.flows.count.bind(real.flows)),
        metrics: read(real.flows.metrics.bind(real.flows)),
        rawPackets: read(real.flows.rawPackets.bind(real.flows)),
        loss: read(real.flows.loss.bind(real.flows)),
      },
      sockets: {
        append: (batch: SocketBatch) =>
          this.#append(
            clock,
            () => real.sockets.append(batch),
            () => this.kept.sockets.add(batch.id),
          ),
        find: read(real.sockets.find.bind(real.sockets)),
      },
    } as unknown as Archive;
  }

  get #isAway(): boolean {
    return this.awayUntil > this.#time.now;
  }

  async #append(clock: ProcessClock, append: () => Promise<void>, kept: () => void): Promise<void> {
    if (clock.isDead) return never();
    this.count.appends++;
    const slowMs = this.slowUntil > this.#time.now ? this.#chance.between(100, 4_000) : this.#chance.between(0, 8);
    if (slowMs > 0) await new Promise<void>((resolve) => this.#time.after(slowMs, resolve));
    // What left before the process died arrives all the same.
    if (this.#isAway) {
      this.count.refused++;
      if (clock.isDead) return never();
      throw awayError();
    }
    await append();
    kept();
    if (clock.isDead) return never();
    if (this.muteUntil > this.#time.now && this.#chance.is(0.5)) {
      this.count.unanswered++;
      throw awayError();
    }
  }
}

/** What it adds is added once more, a moment later. */
function asNew(batch: FlowBatch): FlowBatch {
  const flows = batch.flows.map((flow) => {
    const { LastUpdateMetric: point } = flow;
    return point ? { ...flow, LastUpdateMetric: { ...point, Last: point.Last + 1 } } : flow;
  });
  return { ...batch, id: `${batch.id}-again-1`, flows };
}

function awayError(): Unavailable {
  return new Unavailable('archive', 'a server that answers');
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
