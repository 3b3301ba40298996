/** The near side of the archive's thread: calls with answers, and a new thread when one dies. */
import { Worker } from 'node:worker_threads';
import { Unavailable } from '../../std/unavailable.ts';
import { errorOf } from './failure.ts';
import type { FlowAnswer, FlowOrder } from './flows/ask.ts';
import type { Order, Part, Reply, Request, Summary, ThreadOptions } from './protocol.ts';
import type { SocketAnswer, SocketOrder } from './sockets/ask.ts';

/** A thread that died is started again so many times; then the archive has failed. */
export const RESTARTS_MAX = 5;

/** What it handles is short-lived: with V8's own limit it would hold on to 30 MB more, and be no faster. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 8 };

interface Pending {
  readonly resolve: (answer: { readonly summary?: Summary; readonly answer?: FlowAnswer | SocketAnswer }) => void;
  readonly reject: (error: Error) => void;
  readonly part: (part: Part) => void;
}

export class ThreadCalls {
  readonly #options: ThreadOptions;
  readonly #notes: string[] = [];
  readonly #pending = new Map<number, Pending>();
  #worker: Promise<Worker> | undefined;
  #keepAside: string | undefined;
  #calls = 0;
  #restarts = -1;
  #isClosed = false;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  /** What was found at open, for people. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  get hasFailed(): boolean {
    return this.#restarts >= RESTARTS_MAX && this.#worker === undefined;
  }

  /** Resolves when the thread has opened its files. */
  async open(): Promise<void> {
    await this.#running();
  }

  call(order: Order, part?: (part: Part) => void): Promise<Summary | undefined> {
    return this.callInParts([order], part);
  }

  /** One call in several messages; each is made only when the one before is on its way. */
  async callInParts(orders: Iterable<Order>, part: (part: Part) => void = () => {}): Promise<Summary | undefined> {
    const worker = await this.#running();
    const { call, answered } = this.#expect(worker, part);
    for (const order of orders) worker.postMessage({ call, order } satisfies Request);
    return (await answered).summary;
  }

  /** `pack` is called when the thread is there; the memory that it names is the thread's then. */
  async askFlows(
    pack: () => { readonly order: FlowOrder; readonly memory?: readonly ArrayBuffer[] },
  ): Promise<FlowAnswer> {
    const worker = await this.#running();
    const { order, memory = [] } = pack();
    const { call, answered } = this.#expect(worker, () => {});
    worker.postMessage({ call, order: { kind: 'flows', order } } satisfies Request, [...memory]);
    // Of an order about flows.
    return ((await answered).answer ?? {}) as FlowAnswer;
  }

  async askSockets(order: SocketOrder): Promise<SocketAnswer> {
    const worker = await this.#running();
    const { call, answered } = this.#expect(worker, () => {});
    worker.postMessage({ call, order: { kind: 'sockets', order } } satisfies Request);
    return ((await answered).answer ?? {}) as SocketAnswer;
  }

  #expect(worker: Worker, part: (part: Part) => void) {
    const call = ++this.#calls;
    const { promise: answered, ...settle } = Promise.withResolvers<Parameters<Pending['resolve']>[0]>();
    this.#pending.set(call, { ...settle, part });
    // An answer that someone waits for keeps the process alive; an idle thread does not.
    worker.ref();
    return { call, answered };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    const worker = await this.#worker?.catch(() => undefined);
    if (worker) {
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      await this.call({ kind: 'close' });
      this.#isClosed = true;
      worker.ref();
      await ended;
    }
    this.#isClosed = true;
  }

  #running(): Promise<Worker> {
    if (this.#isClosed) return Promise.reject(this.#unavailable('it to be open (it is closed)'));
    if (this.#worker !== undefined) return this.#worker;
    if (this.#restarts >= RESTARTS_MAX)
      return Promise.reject(this.#unavailable(`a restart of Skein (its thread died ${RESTARTS_MAX + 1} times)`));
    this.#restarts++;
    this.#worker = this.#start();
    return this.#worker;
  }

  #start(): Promise<Worker> {
    const workerData: ThreadOptions = { ...this.#options, keepAside: this.#keepAside };
    this.#keepAside = undefined;
    const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData, resourceLimits: THREAD_LIMITS });
    return new Promise((resolve, reject) => {
      worker.on('message', (reply: Reply) => {
        if (reply.kind === 'opened') {
          this.#notes.push(...reply.notes);
          worker.unref();
          resolve(worker);
        } else if (reply.kind === 'refused') {
          reject(errorOf(reply.failure));
        } else this.#answer(reply, worker);
      });
      let why = 'it ended';
      worker.on('error', (error) => {
        why = `it died: ${error.message}`;
      });
      // Only now has it let go of its files, and another can take them.
      worker.on('exit', () => {
        const error = this.#unavailable(`a thread that lives (${why})`);
        this.#worker = undefined;
        reject(error);
        for (const pending of this.#pending.values()) pending.reject(error);
        this.#pending.clear();
      });
    });
  }

  #answer(reply: Exclude<Reply, { kind: 'opened' | 'refused' }>, worker: Worker): void {
    if (reply.kind === 'corrupt') {
      this.#keepAside = reply.why;
      return;
    }
    if (reply.kind === 'part') {
      this.#take(reply.call, reply.part);
      worker.postMessage({ call: reply.call, order: { kind: 'more' } } satisfies Request);
      return;
    }
    const pending = this.#pending.get(reply.call);
    this.#pending.delete(reply.call);
    if (this.#pending.size === 0) worker.unref();
    if (reply.kind === 'failed') pending?.reject(errorOf(reply.failure));
    else pending?.resolve(reply);
  }

  /** What cannot be read is the end of this call, not of the process. */
  #take(call: number, part: Part): void {
    const pending = this.#pending.get(call);
    try {
      pending?.part(part);
    } catch (error) {
      this.#pending.delete(call);
      pending?.reject(error as Error);
    }
  }

  #unavailable(needs: string): Unavailable {
    return new Unavailable(`history in ${this.#options.directory}`, needs);
  }
}
