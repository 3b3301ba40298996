/** A folder that is gone when it is not needed any more, or the process ends, however it does but by SIGKILL. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Unavailable } from '../std/unavailable.ts';

export interface TemporaryFolder extends Disposable {
  readonly path: string;
}

/** Readable by its owner alone (mkdtemp(3)). Throws Unavailable when there is no place for it. */
export function temporaryFolder(name: string): TemporaryFolder {
  const path = made(join(tmpdir(), `skein-${name}-`));
  const remove = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', remove);
  return {
    path,
    [Symbol.dispose]() {
      process.off('exit', remove);
      remove();
    },
  };
}

function made(prefix: string): string {
  try {
    return mkdtempSync(prefix);
  } catch (error) {
    throw new Unavailable(`a folder in ${tmpdir()}`, `a place to write to: TMPDIR (${(error as Error).message})`, {
      cause: error,
    });
  }
}
