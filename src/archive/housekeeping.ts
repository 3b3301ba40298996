/** What is due from time to time: a sign of life, forgetting what is too old to be held here, and a look at the archive. */
import type { Graph } from '../graph/graph.ts';
import type { Clock } from '../std/clock.ts';
import type { LineLog } from '../std/log.ts';
import type { Archive, ArchiveHealth } from './archive.ts';
import type { MergedTimeline } from './timeline.ts';
import type { ArchiveWriter } from './writer.ts';

export interface HousekeepingParts {
  readonly graph: Graph;
  readonly timeline: MergedTimeline;
  /** Both or none. */
  readonly archive: Archive | undefined;
  readonly writer: ArchiveWriter | undefined;
  /** How far back the live graph remembers, ms, and with how many versions at most. */
  readonly horizonMs: number;
  readonly versionsMax: number;
  readonly clock: Clock;
  readonly log: LineLog;
}

export class Housekeeping {
  readonly #parts: HousekeepingParts;
  #health: ArchiveHealth | undefined;
  #trouble: string | undefined;
  #isKeeping = false;

  constructor(parts: HousekeepingParts) {
    this.#parts = parts;
  }

  /** The archive as it was last looked at; undefined without one. */
  get health(): ArchiveHealth | undefined {
    return this.#health;
  }

  /** Does what is due. Never rejects; while one is under way another does nothing. */
  async keep(): Promise<void> {
    if (this.#isKeeping) return;
    this.#isKeeping = true;
    const trouble = await this.#keep().then(
      () => undefined,
      (error: Error) => error.message,
    );
    this.#isKeeping = false;
    this.#tell(trouble);
  }

  async #keep(): Promise<void> {
    const { graph, timeline, archive, writer, clock, horizonMs, versionsMax } = this.#parts;
    writer?.heartbeat();
    let horizon = clock.now() - horizonMs;
    try {
      await writer?.flushed();
    } catch (error) {
      // What is nowhere else stays here, as long as there is room.
      horizon = Number.NEGATIVE_INFINITY;
      throw error;
    } finally {
      graph.forgetBefore(horizon, versionsMax);
      this.#health = await archive?.health();
    }
    await timeline.refresh();
  }

  /** A state is told once, however long it lasts. */
  #tell(trouble: string | undefined): void {
    const { log } = this.#parts;
    if (trouble !== undefined && trouble !== this.#trouble) log.warn(`archive: ${trouble}`);
    if (trouble === undefined && this.#trouble !== undefined) log.info('archive: history is written again');
    this.#trouble = trouble;
  }
}
