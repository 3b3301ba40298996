/** Processes that hold sockets: each is looked at once, by pid, start and name. */
import type { SocketProcess } from '../../ends/socket.ts';
import { type ProcessFacts, readFacts, readHolder } from './procfs.ts';
import type { Holder } from './sight.ts';
import { Users } from './users.ts';

/** Processes that are remembered, about 500 bytes each; the longest known go first. */
const KEPT_MAX = 20_000;
/** Processes looked at, at once: a storm of short ones must not stop everything else. */
const LOOKS_MAX = 64;

export interface ProcessesParts {
  readonly commands: boolean;
  readonly count: (name: string) => void;
  readonly read?: (pid: number, options: { commands: boolean }) => ProcessFacts;
  readonly readNow?: (pid: number) => Holder | undefined;
}

interface Kept {
  readonly holder: Holder;
  readonly process: SocketProcess;
}

export class Processes {
  readonly #parts: ProcessesParts;
  readonly #users = new Users();
  readonly #byPid = new Map<number, Kept>();
  #looks = LOOKS_MAX;

  constructor(parts: ProcessesParts) {
    this.#parts = parts;
  }

  /** From now on as many may be looked at again as at once may be. */
  breathe(): void {
    this.#looks = LOOKS_MAX;
  }

  of(holder: Holder, nowMs: number): SocketProcess {
    const known = this.#byPid.get(holder.pid);
    if (known && isSame(known.holder, holder)) return known.process;
    if (this.#looks === 0) {
      this.#parts.count('processesNotRead');
      return this.#told(holder, {}, nowMs);
    }
    this.#looks--;
    const process = this.#told(holder, this.#facts(holder), nowMs);
    this.#byPid.delete(holder.pid);
    this.#byPid.set(holder.pid, { holder, process });
    if (this.#byPid.size > KEPT_MAX) for (const pid of this.#byPid.keys()) return this.#forget(pid, process);
    return process;
  }

  #forget(pid: number, process: SocketProcess): SocketProcess {
    this.#byPid.delete(pid);
    return process;
  }

  /** Another process may have the number by now, also while it is being read. */
  #facts(holder: Holder): ProcessFacts {
    const { commands, read = readFacts, readNow = readHolder } = this.#parts;
    const facts = read(holder.pid, { commands });
    return readNow(holder.pid)?.started === holder.started ? facts : {};
  }

  #told({ pid, name, uid: told }: Holder, { uid: read, ...facts }: ProcessFacts, nowMs: number): SocketProcess {
    const uid = told ?? read;
    return { pid, name, ...facts, ...(uid === undefined ? {} : { user: this.#users.nameOf(uid, nowMs) }) };
  }
}

function isSame(one: Holder, other: Holder): boolean {
  return one.started === other.started && one.name === other.name;
}
