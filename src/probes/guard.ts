/**
 * What one run of a probe gets to hold of the outside: a bug in one of its callbacks fails this run and nothing else,
 * what it opened is closed when the run ends, and what it says afterwards is not heard.
 */
import type { SocketWriter } from '../ends/socket.ts';
import type { TranslationWriter } from '../ends/translation.ts';
import type { Commit, GraphWriter } from '../graph/change.ts';
import type { Door } from '../native/door.ts';
import type { Namespaces } from './probe.ts';

export interface Outside {
  readonly door: Door;
  readonly graph: GraphWriter;
  readonly sockets: SocketWriter;
  readonly translations: TranslationWriter;
  readonly namespaces: Namespaces;
}

export interface Guard extends Outside {
  /** Rejects with the first error that a callback threw. */
  readonly failed: Promise<never>;
}

/** Guards until `signal` aborts. */
export function guard(outside: Outside, signal: AbortSignal, now: () => number): Guard {
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  // Nobody may be listening any more when a late callback fails.
  failed.catch(() => undefined);

  const held = new Set<() => void>();
  signal.addEventListener('abort', () => {
    for (const close of [...held]) close();
  });

  function guarded<Arguments extends readonly unknown[]>(listener: (...args: Arguments) => void) {
    return (...args: Arguments): void => {
      if (signal.aborted) return;
      try {
        listener(...args);
      } catch (error) {
        fail(error);
      }
    };
  }

  /** Gives the function that closes `thing`, and calls it at the end of the run at the latest. */
  function hold(thing: { close(): void }): () => void {
    const close = () => {
      held.delete(close);
      thing.close();
    };
    held.add(close);
    if (signal.aborted) close();
    return close;
  }

  const { door, graph, namespaces, sockets, translations } = outside;
  const isOver = () => signal.aborted;
  return {
    failed,
    graph: {
      apply: (changes) => (signal.aborted ? nothing(now()) : graph.apply(changes)),
    },
    sockets: {
      tell: (told) => isOver() || sockets.tell(told),
      close: (ids, at) => isOver() || sockets.close(ids, at),
      begin(node) {
        const end = sockets.begin(node);
        return end && ((at) => isOver() || end(at));
      },
      gone: (node, at) => isOver() || sockets.gone(node, at),
    },
    translations: {
      tell: (told) => isOver() || translations.tell(told),
      end: (ids, at) => isOver() || translations.end(ids, at),
      all: (node, told, at) => isOver() || translations.all(node, told, at),
      gone: (node, at) => isOver() || translations.gone(node, at),
    },
    namespaces: {
      list: () => namespaces.list(),
      add: (namespace) => namespaces.add(namespace),
      remove: (nodeId) => namespaces.remove(nodeId),
      searching: () => hold({ close: namespaces.searching() }),
      complete: () => namespaces.complete(),
      watch(listener, until) {
        const added = guarded((ns: Parameters<typeof listener.added>[0]) => listener.added(ns));
        const removed = guarded((ns: Parameters<typeof listener.removed>[0]) => listener.removed(ns));
        namespaces.watch({ added, removed }, AbortSignal.any([until, signal]));
      },
    },
    door: {
      netnsIdentity: (path) => door.netnsIdentity(path),
      processNamespaces: () => door.processNamespaces(),
      async openNetlink(options) {
        const socket = await door.openNetlink(options);
        return {
          portId: socket.portId,
          send: (message) => socket.send(message),
          onBatch: (listener) => socket.onBatch(guarded(listener)),
          close: hold(socket),
        };
      },
      async openDevices(options) {
        const socket = await door.openDevices(options);
        return { ethtool: (name, command) => socket.ethtool(name, command), close: hold(socket) };
      },
      async openFrames(options) {
        const socket = await door.openFrames(options);
        return {
          join: (interfaceIndex, address) => socket.join(interfaceIndex, address),
          onFrames: (listener) => socket.onFrames(guarded(listener)),
          close: hold(socket),
        };
      },
      watchNamespaces(onChange) {
        const watch = door.watchNamespaces(guarded(onChange));
        return { kind: watch.kind, close: hold(watch) };
      },
      async watchSockets(onChanges) {
        const watch = await door.watchSockets(guarded(onChanges));
        return { walk: () => watch.walk(), close: hold(watch) };
      },
      processSockets: () => door.processSockets(),
    },
  };
}

function nothing(time: number): Commit {
  return { time, recordedAt: time, events: [], samples: [], refused: [] };
}
