/** What a script started that goes on by itself, for when it is cut off: it cannot stop that any more then. */
import type { ApiAnswer, AskedOfApi, Caller } from './workflow.ts';

/** For stopping all of it. ms */
const REMOVE_MS = 5_000;
/** Collections whose entries work on without the script. Rules and alerts are made to last. */
const STARTED = /^\/api\/(capture|injectpacket)$/;
const ONE_STARTED = /^\/api\/(?:capture|injectpacket)\/[^/?]+$/;

export class LeftBehind {
  readonly #as: Pick<Caller, 'ask'>;
  readonly #paths = new Set<string>();
  /** What is under way may still start something. */
  readonly #asking = new Set<Promise<unknown>>();

  constructor(as: Pick<Caller, 'ask'>) {
    this.#as = as;
  }

  /** The caller's own, and what comes of it is seen. */
  ask(request: AskedOfApi, over: AbortSignal): Promise<ApiAnswer> {
    const isStart = request.method === 'POST' && STARTED.test(request.path);
    const asked = this.#seen(request, isStart ? aWhileAfter(over) : over);
    if (isStart) {
      const seen = asked.then(
        () => undefined,
        () => undefined,
      );
      this.#asking.add(seen);
      void seen.then(() => this.#asking.delete(seen));
    }
    return asked;
  }

  /** All that was started and not removed. What cannot be removed stays: it is listed where it is. */
  async remove(): Promise<void> {
    await Promise.all(this.#asking);
    const signal = AbortSignal.timeout(REMOVE_MS);
    const removed = [...this.#paths].map((path) => this.#as.ask({ method: 'DELETE', path }, signal));
    await Promise.allSettled(removed);
  }

  async #seen(request: AskedOfApi, signal: AbortSignal): Promise<ApiAnswer> {
    const answer = await this.#as.ask(request, signal);
    if (answer.status >= 300) return answer;
    if (request.method === 'DELETE' && ONE_STARTED.test(request.path)) this.#paths.delete(request.path);
    if (request.method === 'POST' && STARTED.test(request.path)) {
      const id = idIn(answer.text);
      if (id !== undefined) this.#paths.add(`${request.path}/${encodeURIComponent(id)}`);
    }
    return answer;
  }
}

/** A start that is called off half way has perhaps begun: its answer says under which id. */
function aWhileAfter(over: AbortSignal): AbortSignal {
  const late = new AbortController();
  over.addEventListener('abort', () => setTimeout(() => late.abort(over.reason), REMOVE_MS).unref(), { once: true });
  return late.signal;
}

function idIn(text: string): string | undefined {
  try {
    const { UUID } = JSON.parse(text) as { readonly UUID?: unknown };
    return typeof UUID === 'string' ? UUID : undefined;
  } catch {
    return undefined;
  }
}
