/** A run from outside: a thread for it alone, which is gone when this is over, however it is over. */
import { MessageChannel, Worker } from 'node:worker_threads';
import type { Caller } from '../workflow.ts';
import { graceMs, type RunLimits, threadLimits } from './limits.ts';
import { ANSWERED, type Failure, type FromThread, type Setup, WAITING } from './messages.ts';
import { keepWrappers } from './wrappers.ts';

export interface Script {
  readonly source: string;
  /** JSON text of a list; undefined: the source is only looked at. */
  readonly params: string | undefined;
  readonly limits: RunLimits;
  readonly ask: Caller['ask'];
  readonly signal?: AbortSignal | undefined;
  readonly said?: ((line: string) => void) | undefined;
}

export type Came = { readonly console: readonly string[]; readonly asked: number } & (
  | { readonly json: string }
  | { readonly failure: Failure }
);

/** Rejects with the reason of the signal. */
export async function runInSandbox(script: Script): Promise<Came> {
  script.signal?.throwIfAborted();
  const { port1: ours, port2: answers } = new MessageChannel();
  const bell = new SharedArrayBuffer(8);
  const { source, params, limits } = script;
  const setup: Setup = { source, params, limits, answers, bell };
  keepWrappers();
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: setup,
    transferList: [answers],
    resourceLimits: threadLimits,
    env: {},
    // Nothing of a script reaches these; what Node itself may say there is not ours to show.
    stdout: true,
    stderr: true,
  });
  const over = new AbortController();
  try {
    return await new Run(script, worker, over.signal, (text) => {
      ours.postMessage(text);
      const flags = new Int32Array(bell);
      Atomics.add(flags, ANSWERED, 1);
      Atomics.notify(flags, ANSWERED);
    }).came(new Int32Array(bell));
  } finally {
    // Requests that still run are of no use to anybody.
    over.abort();
    ours.close();
    await worker.terminate();
  }
}

/** How often it is looked whether a thread that computes has had its share. */
const watchMs = 250;

class Run {
  readonly #script: Script;
  readonly #worker: Worker;
  readonly #over: AbortSignal;
  readonly #answer: (text: string) => void;
  readonly #console: string[] = [];
  #asked = 0;

  constructor(script: Script, worker: Worker, over: AbortSignal, answer: (text: string) => void) {
    this.#script = script;
    this.#worker = worker;
    this.#over = over;
    this.#answer = answer;
  }

  async came(bell: Int32Array): Promise<Came> {
    const { signal, limits } = this.#script;
    const { promise, resolve, reject } = Promise.withResolvers<FromThread & { kind: 'done' | 'failed' }>();
    const fail = (failure: Failure) => resolve({ kind: 'failed', failure });
    const aborted = () => reject(signal?.reason);
    signal?.addEventListener('abort', aborted, { once: true });
    const worker = this.#worker;
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'done' || message.kind === 'failed') resolve(message);
      else if (message.kind === 'said') this.#said(message.line);
      else if (message.kind === 'ask') this.#ask(message.request);
    });
    worker.on('error', (error: NodeJS.ErrnoException) => fail(threadFailure(error)));
    worker.on('exit', () => fail({ why: 'crashed', message: 'its thread ended without a word' }));
    const watch = this.#watch(bell, limits, fail);
    try {
      const last = await promise;
      const rest = last.kind === 'done' && last.unsaid > 0 ? [`… ${last.unsaid} more lines that were not kept`] : [];
      const common = { console: [...this.#console, ...rest], asked: this.#asked };
      return last.kind === 'done' ? { ...common, json: last.json } : { ...common, failure: last.failure };
    } finally {
      clearInterval(watch);
      signal?.removeEventListener('abort', aborted);
    }
  }

  /** A regular expression, or one call into the engine, is not interrupted from within: these are, from here. */
  #watch(bell: Int32Array, { wallMs, cpuMs }: RunLimits, fail: (failure: Failure) => void): NodeJS.Timeout {
    const begun = performance.now();
    let computedMs = 0;
    let looked = begun;
    return setInterval(() => {
      const now = performance.now();
      if (Atomics.load(bell, WAITING) === 0) computedMs += Math.min(now - looked, 2 * watchMs);
      looked = now;
      if (now - begun > wallMs + graceMs)
        fail({ why: 'time', message: `it ran longer than the ${wallMs / 1000} s that a workflow may` });
      else if (computedMs > 2 * cpuMs + graceMs)
        fail({ why: 'cpu', message: `it computed longer than the ${cpuMs / 1000} s that a workflow may` });
    }, watchMs);
  }

  #said(line: string): void {
    this.#console.push(line);
    this.#script.said?.(line);
  }

  #ask(request: Parameters<Caller['ask']>[0]): void {
    this.#asked++;
    const { answerMax } = this.#script.limits;
    this.#script.ask(request, this.#over).then(
      ({ status, text }) => {
        const isLarge = text.length > answerMax;
        const why = `the answer is larger than the ${answerMax} characters that a workflow is given: ask for less`;
        this.#answer(isLarge ? `413${why}` : `${String(status).padStart(3, '0')}${text}`);
      },
      (error: Error) => this.#answer(`503${error.message}`),
    );
  }
}

function threadFailure(error: NodeJS.ErrnoException): Failure {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return { why: 'memory', message: 'it used up the memory that a workflow may have' };
  return { why: 'crashed', message: `its thread died: ${error.message}` };
}
