/** Sockets as nodes tell of them: the list under `Sockets`, each an object with its two ends and its process. */
import type { GraphNode, Metadata } from '../graph/element.ts';
import { objectsIn } from './routing.ts';
import type { Items, SocketsOf } from './step.ts';

export function socketsAt({ metadata }: GraphNode): readonly Metadata[] {
  return objectsIn(metadata.Sockets);
}

/** Only those that pass; what has none left is left out. */
export function keepSockets(passes: (socket: Metadata) => boolean) {
  return function* (input: Items): Generator<SocketsOf | undefined> {
    for (const item of input as Items<SocketsOf>) {
      const sockets = item?.sockets.filter(passes) ?? [];
      if (item === undefined) yield undefined;
      else if (sockets.length > 0) yield { ...item, sockets };
    }
  };
}
