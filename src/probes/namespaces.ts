/** The namespaces that are known: the netns probe says which, others listen. Told things are told in order, once. */
import type { Namespace, Namespaces } from './probe.ts';

type Listener = Parameters<Namespaces['watch']>[0];

/**
 * Adding a namespace again, by its node id, replaces what is said of it (path, name) without telling anyone: whoever
 * has it open is not disturbed, and whoever could not open it finds the newer path in `list()`.
 */
export function namespaceRegistry(): Namespaces {
  const known = new Map<string, Namespace>();
  const listeners = new Set<Listener>();
  const searches = new Set<Promise<void>>();
  return {
    list: () => [...known.values()],

    add(namespace) {
      const isNew = !known.has(namespace.nodeId);
      known.set(namespace.nodeId, namespace);
      if (isNew) for (const listener of [...listeners]) listener.added(namespace);
    },

    remove(nodeId) {
      const namespace = known.get(nodeId);
      if (!namespace) return;
      known.delete(nodeId);
      for (const listener of [...listeners]) listener.removed(namespace);
    },

    searching() {
      const { promise, resolve } = Promise.withResolvers<void>();
      searches.add(promise);
      return () => {
        searches.delete(promise);
        resolve();
      };
    },

    async complete() {
      while (searches.size > 0) await Promise.all(searches);
    },

    watch(listener, signal) {
      if (signal.aborted) return;
      listeners.add(listener);
      signal.addEventListener('abort', () => listeners.delete(listener), { once: true });
      for (const namespace of [...known.values()]) listener.added(namespace);
    },
  };
}
