/** A terminal that remembers: runs `skein` in this process and says what was printed. */
import type { Io } from '../../src/cli/io.ts';
import { runCli } from '../../src/cli/run.ts';

export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export interface TerminalOptions {
  readonly env?: Record<string, string>;
  readonly input?: string;
  /** Columns; left out: output goes to a file. */
  readonly columns?: number;
  readonly now?: number;
  readonly interrupted?: AbortSignal;
  readonly onOut?: (text: string) => void;
  readonly onErr?: (text: string) => void;
  readonly up?: (options: Readonly<Record<string, unknown>>) => Promise<number>;
}

export async function skein(words: readonly string[], options: TerminalOptions = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const isTerminal = options.columns !== undefined;
  const io: Io = {
    out: {
      write: (text) => {
        out += text;
        options.onOut?.(text);
      },
      isTerminal,
      columns: options.columns,
    },
    err: {
      write: (text) => {
        err += text;
        options.onErr?.(text);
      },
      isTerminal,
      columns: options.columns,
    },
    readInput: async () => options.input ?? '',
    env: options.env ?? {},
    now: () => options.now ?? Date.UTC(2026, 10, 21, 12),
    interrupted: options.interrupted ?? new AbortController().signal,
  };
  const exitCode = await runCli(words, { io, up: options.up ?? (async () => 0), tryAddon: async () => undefined });
  return { exitCode, out, err };
}
