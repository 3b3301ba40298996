/** An archive that was just made, to import into: whatever is asked of what it has already, there is nothing. */
import type { Archive, FlowArchive, SocketArchive } from '../archive/archive.ts';

/** Each thing must come once: nobody looks whether it is there. */
export function fresh(archive: Archive): Archive {
  const { flows, sockets } = archive;
  return over(archive, {
    versions: async () => [],
    samples: async () => new Map(),
    ...(flows && {
      flows: over<FlowArchive>(flows, {
        metrics: async () => new Map(),
        rawPackets: async () => new Map(),
        loss: async () => [],
      }),
    }),
    ...(sockets && { sockets: over<SocketArchive>(sockets, { find: async () => [] }) }),
  });
}

/** `of` with some of it answered otherwise. Its methods are called on itself: they look at what is private to it. */
function over<T extends object>(of: T, instead: Partial<T>): T {
  return new Proxy(of, {
    get(target, name) {
      if (name in instead) return instead[name as keyof T];
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
