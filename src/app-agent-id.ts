/** Who an agent is: made when it first runs on a machine, and kept. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from './probes/probe.ts';
import { lockFolder } from './relay/spool/lock.ts';

export interface AgentIdParts {
  /** Data folder. */
  readonly data: string;
  /** Folder of the spool. */
  readonly spool: string;
  readonly newId: () => string;
  readonly log: Log;
}

/**
 * To be asked for before the spool is opened. Batches are named after their spool: one that a machine was copied with
 * would have its batches taken for those of the other, so it is put aside when its agent is a new one.
 */
export function agentId({ data, spool, newId, log }: AgentIdParts): string {
  const file = join(data, 'agent-id');
  const known = textOf(file);
  if (known !== undefined) return known;
  const made = newId();
  if (hasFiles(spool)) {
    // Throws when an agent that still runs has it.
    lockFolder(spool)[Symbol.dispose]();
    const aside = `${spool}-before-${made.slice(0, 8)}`;
    renameSync(spool, aside);
    log.warn(`this is a new agent: the spool of the one before is in ${aside}, and nobody is told what is in it`);
  }
  mkdirSync(data, { recursive: true, mode: 0o700 });
  writeFileSync(file, `${made}\n`, { mode: 0o600 });
  return made;
}

/** What a file says; undefined when it says nothing, or is not there. */
export function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function hasFiles(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false;
  }
}
