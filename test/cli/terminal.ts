/** A terminal that remembers: runs `skein` in this process and says what was printed. */
import type { ArchiveTask } from '../../src/cli/archive-task.ts';
import type { OpenTask } from '../../src/cli/bundle-task.ts';
import type { GraphTask } from '../../src/cli/graph-task.ts';
import type { Io } from '../../src/cli/io.ts';
import { runCli } from '../../src/cli/run.ts';

export interface Ran {
  readonly exitCode: number;
  /** Bytes as they would be as text (latin1). */
  readonly out: string;
  readonly err: string;
}

export interface TerminalOptions {
  readonly env?: Record<string, string>;
  readonly input?: string | Uint8Array;
  /** Columns; left out: output goes to a file. */
  readonly columns?: number;
  readonly now?: number;
  readonly interrupted?: AbortSignal;
  readonly onOut?: (text: string) => void;
  readonly onErr?: (text: string) => void;
  readonly run?: (role: string, options: Readonly<Record<string, unknown>>) => Promise<number>;
  readonly graphs?: (task: GraphTask) => Promise<number>;
  readonly archive?: (task: ArchiveTask, io: Io) => Promise<number>;
  readonly open?: (task: OpenTask) => Promise<number>;
}

export async function skein(words: readonly string[], options: TerminalOptions = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const isTerminal = options.columns !== undefined;
  const io: Io = {
    out: {
      write: (data) => {
        const text = shown(data);
        out += text;
        options.onOut?.(text);
      },
      isTerminal,
      columns: options.columns,
    },
    err: {
      write: (data) => {
        const text = shown(data);
        err += text;
        options.onErr?.(text);
      },
      isTerminal,
      columns: options.columns,
    },
    readInput: async () => shown(options.input ?? ''),
    async *inputPieces() {
      yield Buffer.from(options.input ?? '');
    },
    env: options.env ?? {},
    now: () => options.now ?? Date.UTC(2026, 10, 21, 12),
    interrupted: options.interrupted ?? new AbortController().signal,
  };
  const exitCode = await runCli(words, {
    io,
    run: options.run ?? (async () => 0),
    graphs: options.graphs ?? (async () => 0),
    archive: options.archive ?? (async () => 0),
    open: options.open ?? (async () => 0),
    tryAddon: async () => undefined,
  });
  return { exitCode, out, err };
}

function shown(data: string | Uint8Array): string {
  return typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
}
