/** Reads every namespace for as long as the signal lets it: those that come later too. */
import { aborted } from '../std/aborted.ts';
import type { Namespace, ProbeContext } from './probe.ts';

export interface NamespaceReaders {
  /** Resolves when it has been read once. */
  add(namespace: Namespace): Promise<void>;
  remove(namespace: Namespace): void;
  close(): void;
}

/** Ready when all that there were at the start are read. `failed` ends it; the readers are closed in any case. */
export async function readEvery(
  readers: NamespaceReaders,
  { namespaces, signal, ready }: Pick<ProbeContext<unknown>, 'namespaces' | 'signal' | 'ready'>,
  failed: Promise<never>,
): Promise<void> {
  const readings: Promise<void>[] = [];
  let isBeginning = true;
  try {
    namespaces.watch(
      {
        added(namespace) {
          const reading = readers.add(namespace);
          if (isBeginning) readings.push(reading);
        },
        removed: (namespace) => readers.remove(namespace),
      },
      signal,
    );
    await Promise.race([namespaces.complete(), aborted(signal), failed]);
    isBeginning = false;
    await Promise.race([Promise.all(readings), aborted(signal), failed]);
    ready();
    await Promise.race([aborted(signal), failed]);
  } finally {
    readers.close();
  }
}
