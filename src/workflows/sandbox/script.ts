/** A script in QuickJS: its world, its call, and the loop that goes on until it has come to something. */
import { readFileSync } from 'node:fs';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSSyncVariant,
} from 'quickjs-emscripten-core';
import type { Door } from './door.ts';
import { failureOf, type Thrown } from './failure.ts';
import type { RunLimits } from './limits.ts';
import type { Failure, FromThread, Setup } from './messages.ts';

/** Promises that are gone on with before the clock is looked at again. */
const jobsAtOnce = 1_000;

/** What the script is called in stacks. */
export const sourceName = 'workflow.js';

/** It comes with types of CommonJS only. */
const quickjsBuild = variant as unknown as QuickJSSyncVariant;

/** The types of Node leave it out. */
declare const WebAssembly: { readonly Memory: new (size: { initial: number; maximum: number }) => Memory };

interface Memory {
  readonly buffer: ArrayBuffer;
}

const pageBytes = 64 * 1024;

/** As good as. */
function isFull({ buffer }: Memory, { memoryPages }: RunLimits): boolean {
  return buffer.byteLength > 0.9 * memoryPages * pageBytes;
}

export async function runScript(setup: Setup, door: Door): Promise<FromThread> {
  const { limits } = setup;
  // QuickJS counts what it allocates only in part: what its world can grow to is bounded by the memory it is given.
  const wasmMemory = new WebAssembly.Memory({ initial: 256, maximum: limits.memoryPages });
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(quickjsBuild, { wasmMemory }));
  const runtime = quickjs.newRuntime();
  runtime.setMaxStackSize(limits.stackBytes);
  runtime.setInterruptHandler(() => door.mustStop());
  runtime.setModuleLoader(worldModule, (_, name) => {
    // The script itself finds none of them: the door is for its world alone.
    if (door.isOpen) throw new Error('there are no modules here');
    return name.replace('./', '');
  });
  const context = runtime.newContext();
  try {
    // Not disposed of: the thread ends with it, and what a script has broken is better not touched again.
    return new Script(runtime, context, door, () => isFull(wasmMemory, limits)).run(setup);
  } catch (error) {
    if (door.stopped) return { kind: 'failed', failure: door.stopped };
    const { message } = error as Error;
    if (/memory|OOM/i.test(message)) return { kind: 'failed', failure: outOfMemory };
    return { kind: 'failed', failure: { why: 'crashed', message: `its engine gave up: ${message}` } };
  }
}

/** Its world is made of these, and there are no others: a script must not find files of the host. */
function worldModule(name: string): string {
  if (!worldModules.includes(name)) throw new Error('there are no modules here');
  return readFileSync(new URL(`./inside/${name}`, import.meta.url), 'utf8');
}

const worldModules = ['index', 'client', 'console', 'gremlin', 'host', 'names', 'thenable', 'timers', 'uuid'].map(
  (name) => `${name}.js`,
);

const outOfMemory: Failure = { why: 'memory', message: 'it used up the memory that a workflow may have' };

class Script {
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #door: Door;
  readonly #isFull: () => boolean;

  constructor(runtime: QuickJSRuntime, context: QuickJSContext, door: Door, isFull: () => boolean) {
    this.#runtime = runtime;
    this.#context = context;
    this.#door = door;
    this.#isFull = isFull;
    door.goOn = () => this.#goOn();
  }

  run({ source, params, limits }: Setup): FromThread {
    const context = this.#context;
    this.#openDoor();
    context.unwrapResult(context.evalCode("import 'index.js'", 'world.js', { type: 'module' }));
    this.#door.open();
    const runWorkflow = context.getProp(context.global, 'runWorkflow');
    const read = context.evalCode(`(${source}\n)`, sourceName);
    if (read.error) return this.#failed(read.error, 'syntax');
    if (context.typeof(read.value) !== 'function')
      return failed({ why: 'syntax', message: 'the source has to be one function' });
    if (params === undefined) return { kind: 'done', json: 'null', unsaid: 0 };
    const called = context.callFunction(runWorkflow, context.undefined, read.value, context.newString(params));
    if (called.error) return this.#failed(called.error, 'threw');
    return this.#loop() ?? this.#came(limits.resultMax);
  }

  /** Until it has come to something. A failure: it was stopped, or nothing will happen any more. */
  #loop(): FromThread | undefined {
    const door = this.#door;
    for (;;) {
      const ran = this.#runtime.executePendingJobs(jobsAtOnce);
      if (ran.error) return this.#failed(ran.error, 'threw');
      if (door.mustStop() && door.stopped) return failed(door.stopped);
      if (door.outcome !== undefined) return undefined;
      if (this.#runtime.hasPendingJob()) continue;
      const dueInMs = this.#context.getNumber(this.#called('nextTimer'));
      if (dueInMs < 0)
        return failed({ why: 'unsettled', message: 'it waits for a promise that nothing will settle any more' });
      door.wait(dueInMs);
      const due = this.#call('runTimer');
      if (due.error) return this.#failed(due.error, 'threw');
    }
  }

  /** What fails in a promise fails there; what must stop stops the script as soon as it is its turn again. */
  #goOn(): void {
    while (this.#runtime.hasPendingJob() && !this.#door.mustStop()) {
      const ran = this.#runtime.executePendingJobs(jobsAtOnce);
      if (!ran.error) continue;
      ran.error.dispose();
      return;
    }
  }

  #came(resultMax: number): FromThread {
    const { outcome, unsaid } = this.#door;
    if (outcome === undefined) return failed({ why: 'crashed', message: 'it ended without a word' });
    if ('error' in outcome) {
      const { of, ...thrown } = JSON.parse(outcome.error) as Thrown & { of?: 'result' };
      // Where not even an error finds room, null is thrown.
      if (thrown.message === 'null' && this.#isFull()) return failed(outOfMemory);
      return failed(failureOf(thrown, of ?? 'threw'));
    }
    if (outcome.json.length > resultMax) {
      const message = `its result is larger than the ${resultMax} characters of JSON that a workflow may give`;
      return failed({ why: 'result-size', message });
    }
    return { kind: 'done', json: outcome.json, unsaid };
  }

  #openDoor(): void {
    const context = this.#context;
    const askHost = context.newFunction('askHost', (what, ...args) => {
      const texts = args.map((arg) => context.getString(arg));
      return context.newString(this.#door.called(context.getString(what), texts));
    });
    context.setProp(context.global, 'askHost', askHost);
  }

  #call(name: string) {
    const context = this.#context;
    return context.callFunction(context.getProp(context.global, name), context.undefined);
  }

  #called(name: string): QuickJSHandle {
    return this.#context.unwrapResult(this.#call(name));
  }

  #failed(error: QuickJSHandle, why: 'syntax' | 'threw'): FromThread {
    if (this.#door.stopped) return failed(this.#door.stopped);
    const thrown = this.#context.dump(error) as Partial<Thrown> | null;
    // The engine had no room left even for an error.
    if (thrown === null) return failed(outOfMemory);
    const { name, message, stack } = thrown;
    return failed(failureOf({ name: name ?? '', message: message ?? '', stack: stack ?? '' }, why));
  }
}

function failed(failure: Failure): FromThread {
  return { kind: 'failed', failure };
}
