/** Shows containers whose state lies in files of JSON, one or more of them for each. */
import { existsSync } from 'node:fs';
import { keysOf } from '../../model/vocabulary.ts';
import { bell } from '../../std/bell.ts';
import type { ProbeContext } from '../probe.ts';
import type { Container, Manager } from './container.ts';
import { Watched } from './files.ts';
import { JsonFiles } from './jsonfiles.ts';
import { stage } from './stage.ts';
import { Container as ContainerType } from './vocabulary.ts';

export interface FromFilesParts<T> {
  readonly context: ProbeContext<unknown>;
  readonly manager: Manager;
  /** Directories in which state is kept, where that manager is there at all. */
  readonly roots: readonly string[];
  /** What is wanted of one file. */
  readonly read: (json: unknown) => T | undefined;
  /** `directories`: what is to be watched for changes, besides the roots. */
  readonly find: (files: JsonFiles<T>) => {
    readonly containers: readonly Container[];
    readonly directories: readonly string[];
  };
}

/** Until the signal aborts. */
export async function showFromFiles<T>({ context, manager, roots, read, find }: FromFilesParts<T>): Promise<void> {
  const look = bell();
  const watched = new Watched(look, context.signal);
  const files = new JsonFiles(read);
  look.ring();
  await stage({
    context,
    manager,
    owned: new Set(keysOf([ContainerType])),
    look,
    scene() {
      const { containers, directories } = find(files);
      files.turn();
      watched.watch([...roots, ...directories]);
      const isThere = roots.some((path) => existsSync(path));
      context.notice(isThere ? undefined : `no ${manager}: nothing at ${roots.join(', ')}`, 'quietly');
      return { containers, looksAround: false };
    },
  });
}
