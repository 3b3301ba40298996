/** What a command of `skein` is: it declares itself to commander when it is called for, and acts through a session. */
import type { Command } from 'commander';
import type { ArchiveTask } from './archive-task.ts';
import type { OpenTask } from './bundle-task.ts';
import type { GraphTask } from './graph-task.ts';
import type { Io } from './io.ts';

export interface ListedCommand {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly doc: string;
  /** Not shown in help: for shells, or for people who come from elsewhere. */
  readonly hidden?: true;
  readonly load: () => Promise<CommandModule>;
}

export interface CommandModule {
  /** Adds arguments, options, examples and the action. */
  readonly define: (command: Command, session: Session) => void;
}

/** What runs until it is stopped. */
export type Role = 'up' | 'agent' | 'analyzer';

/** One run of `skein`. */
export interface Session {
  readonly io: Io;
  /** Runs an agent, an analyzer, or both in one, until a signal ends it; resolves to the exit code. */
  readonly run: (role: Role, options: Readonly<Record<string, unknown>>) => Promise<number>;
  /** Serves graphs of one's own, or brings them in or out; resolves to the exit code. */
  readonly graphs: (task: GraphTask) => Promise<number>;
  /** Looks through an archive, or brings it in or out; resolves to the exit code. */
  readonly archive: (task: ArchiveTask, io: Io) => Promise<number>;
  /** Answers from a bundle, until a signal ends it or one command is done; resolves to the exit code. */
  readonly open: (task: OpenTask, io: Io) => Promise<number>;
  /** Loads the addon; rejects with Unavailable when it does not fit this machine. */
  readonly tryAddon: () => Promise<void>;
  /** Loads what lies below a command of the tree, once. */
  readonly grow: (command: Command) => Promise<void>;
  /** What the process will end with: 0 unless an action says otherwise. */
  exitCode: number;
}

/** Lines under `Examples:` at the end of a command's help. */
export function examples(command: Command, lines: readonly string[]): void {
  command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`);
}
