/** Suites are read aside: what is long, or may become long, in a thread of its own, which is gone when this is over. */
import { Worker } from 'node:worker_threads';
import { Mistake, mistake } from '../../std/mistake.ts';
import { type ParsedSuites, parseSuites, type SourceFile, type Variables } from '../suite/parse.ts';
import type { Check } from '../suite/suite.ts';
import type { FromParser, ParserWork } from './parser-messages.ts';

/** Characters that are read on the spot: some hundred checks, in less time than a thread takes to begin. */
const AT_ONCE_CHARS = 16 * 1024;
/** A suite that takes longer to read is none. */
export const PARSE_MS_MAX = 30_000;
/** Of the thread, MiB: ten thousand checks take half of it. What is asked for beyond ends the thread, not the process. */
const HEAP_MB = 512;

export type Parsed = Pick<ParsedSuites, 'suites' | 'warnings'>;

/** Rejects with a Mistake with all that is wrong, or with the reason of the signal. */
export async function parsedAside(
  files: readonly SourceFile[],
  variables: Variables,
  signal: AbortSignal,
  limits: { readonly ms?: number; readonly heapMb?: number } = {},
): Promise<Parsed> {
  return isQuick(files, variables) ? parseSuites(files, variables) : inThread(files, variables, signal, limits);
}

/** An anchor may stand for thousands of values, so a text that has one is never short. */
function isQuick(files: readonly SourceFile[], { vars, env }: Variables): boolean {
  const texts = [
    ...files.map(({ text }) => text),
    ...Object.values(vars).map(String),
    ...Object.values(env).map(String),
  ];
  return (
    texts.reduce((sum, { length }) => sum + length, 0) < AT_ONCE_CHARS && !texts.some((text) => text.includes('&'))
  );
}

async function inThread(
  files: readonly SourceFile[],
  { vars, env, allowed }: Variables,
  signal: AbortSignal,
  { ms = PARSE_MS_MAX, heapMb = HEAP_MB }: { readonly ms?: number; readonly heapMb?: number },
): Promise<Parsed> {
  signal.throwIfAborted();
  const work: ParserWork = { files, vars, env, allowed: [...allowed] };
  const worker = new Worker(new URL('./parser-thread.ts', import.meta.url), {
    workerData: work,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
    env: {},
    stdout: true,
    stderr: true,
  });
  const { promise, resolve, reject } = Promise.withResolvers<Parsed>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const late = setTimeout(
    () => reject(mistake('check.parse', `reading the suites took longer than ${ms / 1000} s`, SMALLER)),
    ms,
  );
  const checks = new Map<number, Check[]>();
  worker.on('message', (message: FromParser) => {
    switch (message.kind) {
      case 'faults':
        return reject(new Mistake(message.faults));
      case 'checks':
        if (!checks.has(message.suite)) checks.set(message.suite, []);
        checks.get(message.suite)?.push(...message.checks);
        // One piece at a time: to take in all of them at once would hold up everybody else.
        return worker.postMessage('more');
      case 'done': {
        const suites = message.suites.map((suite, at) => ({ ...suite, checks: checks.get(at) ?? [] }));
        return resolve({ suites, warnings: message.warnings });
      }
    }
  });
  worker.on('error', (error: NodeJS.ErrnoException) =>
    reject(
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? mistake('check.parse', `reading the suites takes more than ${heapMb} MiB`, SMALLER)
        : error,
    ),
  );
  worker.on('exit', () => reject(new Error('the thread that reads suites ended without a word')));
  try {
    return await promise;
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}

const SMALLER = 'make several runs of it';
