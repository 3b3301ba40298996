/** Runs queries for all doors: bounded in number and time, cancelled when the client has gone, counted by outcome. */
import type { FlowView } from '../flow/view.ts';
import { shifted } from '../graph/shifted.ts';
import type { Timeline } from '../graph/view.ts';
import { dialectOf } from '../query/dialect.ts';
import type { Answer, Context, PreparedQuery } from '../query/query.ts';
import { Later } from '../std/later.ts';
import { Mistake, mistake } from '../std/mistake.ts';
import { Unavailable } from '../std/unavailable.ts';
import type { CallWorkflow } from './called-by.ts';
import type { Counts, QueryOutcome } from './counts.ts';
import type { Guard } from './guard.ts';
import type { ApiLimits } from './limits.ts';
import { packetsFor } from './packets-for.ts';
import type { ApiParts } from './parts.ts';
import type { StandardQueries } from './standard.ts';
import { turn } from './write.ts';

export interface Asked {
  readonly signal?: AbortSignal;
  /** Instead of the server's own: to see another moment as now. */
  readonly timeline?: Timeline;
  /** Instead of all flows. */
  readonly flows?: FlowView;
  /** Absent: workflows cannot be called. */
  readonly workflow?: CallWorkflow | undefined;
  /** What it may besides reading; absent: everything. */
  readonly guard?: Guard | undefined;
}

type Parts = Pick<ApiParts, 'engine' | 'timeline' | 'flows' | 'clock' | 'gremlin' | 'keys'>;

/** The engine, which knows better what took so long, has the first word. */
const LATE_MS = 1_000;

export class Queries {
  readonly #parts: Parts;
  readonly #limits: ApiLimits;
  readonly #counts: Counts;
  readonly #standard: Later<StandardQueries> | undefined;
  #running = 0;

  constructor(parts: Parts, limits: ApiLimits, counts: Counts) {
    this.#parts = parts;
    this.#limits = limits;
    this.#counts = counts;
    const { gremlin, keys } = parts;
    // Loaded when someone asks in that dialect.
    this.#standard =
      gremlin &&
      new Later(async () => {
        const { StandardQueries } = await import('./standard.ts');
        return new StandardQueries(await gremlin(), keys);
      });
  }

  get running(): number {
    return this.#running;
  }

  /** Throws a Mistake that tells all that is wrong with the text. */
  prepare(text: string): PreparedQuery {
    if (dialectOf(text) === 'gremlin' && this.#standard !== undefined)
      throw mistake(
        'query.dialect',
        'what is asked again and again is asked with G, not in standard Gremlin',
        "G.V().Has('Type', 'veth')",
      );
    return this.#parts.engine.prepare(text);
  }

  /** At once when the engine can; otherwise the event loop turns in between. */
  ask(text: string, asked: Asked = {}): Answer | Promise<Answer> {
    const start = this.#parts.clock.elapsed();
    try {
      const standard = dialectOf(text) === 'gremlin' ? this.#standard : undefined;
      if (standard !== undefined)
        return this.#run(async (context) => (await standard.get()).ask(text, context, asked.guard), asked, start);
      const prepared = this.prepare(text);
      return this.#run((context) => this.#parts.engine.run(prepared, context), asked, start);
    } catch (error) {
      throw this.#failed(error, start, asked.signal);
    }
  }

  run(prepared: PreparedQuery, asked: Asked = {}): Answer | Promise<Answer> {
    const start = this.#parts.clock.elapsed();
    try {
      return this.#run((context) => this.#parts.engine.run(prepared, context), asked, start);
    } catch (error) {
      throw this.#failed(error, start, asked.signal);
    }
  }

  /** The timeline as it looks when `time` is now. */
  async timelineAt(time: number): Promise<Timeline> {
    const { timeline } = this.#parts;
    return shifted(timeline, await timeline.at(time));
  }

  #run(
    ask: (context: Context) => Answer | Promise<Answer>,
    { signal, timeline, flows = this.#parts.flows?.flows, guard, workflow }: Asked,
    start: number,
  ): Answer | Promise<Answer> {
    if (this.#running >= this.#limits.queriesMax) {
      throw mistake('query.busy', `${this.#running} queries are running already`, 'try again in a moment');
    }
    const { clock } = this.#parts;
    const stopping = new AbortController();
    const stop = () => stopping.abort();
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    const answer = ask({
      timeline: timeline ?? this.#parts.timeline,
      ...this.#parts.flows,
      ...(flows && { flows: guard ? packetsFor(flows, guard.packets) : flows }),
      ...(workflow && {
        workflow: (name: string, params: readonly unknown[]) => workflow(name, params, stopping.signal),
      }),
      nowMs: clock.now(),
      elapsed: () => clock.elapsed(),
      turn,
      limits: { timeMs: this.#limits.queryMs },
      signal: stopping.signal,
    });
    if (!(answer instanceof Promise)) {
      signal?.removeEventListener('abort', stop);
      this.#counts.query('ok', clock.elapsed() - start);
      return answer;
    }
    this.#running++;
    // The engine looks at its time while it works; an archive that never answers is noticed here.
    const { queryMs } = this.#limits;
    const timer = setTimeout(stop, queryMs + LATE_MS);
    return answer
      .then(
        (done) => {
          this.#counts.query('ok', clock.elapsed() - start);
          return done;
        },
        (error) => {
          const isLate = stopping.signal.aborted && !signal?.aborted;
          throw this.#failed(isLate ? unanswered(queryMs) : error, start, signal);
        },
      )
      .finally(() => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
        this.#running--;
      });
  }

  #failed(error: unknown, start: number, signal: AbortSignal | undefined): unknown {
    this.#counts.query(signal?.aborted ? 'cancelled' : outcomeOf(error), this.#parts.clock.elapsed() - start);
    return error;
  }
}

function unanswered(queryMs: number): Mistake {
  return mistake(
    'query.limit',
    `the query was stopped after ${queryMs / 1000} s: the archive did not answer (limit timeMs)`,
    'ask about now, or see the state of the archive with: skein status',
  );
}

function outcomeOf(error: unknown): QueryOutcome {
  if (error instanceof Unavailable) return 'unavailable';
  if (!(error instanceof Mistake)) return 'error';
  const code = error.faults[0]?.code;
  if (code === 'query.limit') return 'limit';
  if (code === 'query.cancelled') return 'cancelled';
  return code === 'query.busy' ? 'busy' : 'mistake';
}
