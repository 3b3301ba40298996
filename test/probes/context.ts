/** A probe with a graph of its own and nothing else of the world: what it says can be read back. */
import { SocketTable } from '../../src/ends/socket-table.ts';
import { TranslationTable } from '../../src/ends/translation-table.ts';
import { Graph } from '../../src/graph/graph.ts';
import type { Door } from '../../src/native/door.ts';
import { hostId, hostTid } from '../../src/probes/identity.ts';
import { namespaceRegistry } from '../../src/probes/namespaces.ts';
import type { Namespaces, Probe } from '../../src/probes/probe.ts';

export interface Running {
  readonly graph: Graph;
  readonly sockets: SocketTable;
  readonly translations: TranslationTable;
  readonly namespaces: Namespaces;
  readonly notices: (string | undefined)[];
  readonly counters: Record<string, number>;
  /** Resolves when the probe said it is ready; rejects when its run failed. */
  readonly ready: Promise<void>;
  /** Ends the run; rejects when it failed. */
  stop(): Promise<void>;
}

export const self = { name: 'h', id: hostId('h'), tid: hostTid('h'), bootId: 'boot' };

/** `before`: an earlier run, whose graph and namespaces this one goes on with. */
export function runProbe(
  probe: Probe,
  {
    options = {},
    door,
    time = () => 1000,
    before,
  }: { options?: unknown; door?: Door; time?: () => number; before?: Running } = {},
): Running {
  const graph = before?.graph ?? new Graph({ indexed: ['Name', 'Type'] });
  const source = () => ({ host: self.name, origin: 'agent.h', time: time() });
  // Namespaces hang on the host, which the host probe has put there before.
  if (probe.name !== 'host')
    graph.apply(
      [{ kind: 'node', id: self.id, metadata: { Type: 'host', Name: self.name }, owns: new Set() }],
      source(),
    );
  const sockets = before?.sockets ?? new SocketTable();
  const translations = before?.translations ?? new TranslationTable();
  const stop = new AbortController();
  const notices: (string | undefined)[] = [];
  const counters: Record<string, number> = {};
  const namespaces = before?.namespaces ?? namespaceRegistry();
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  const ended = (async () =>
    probe.run({
      options: probe.options.parse(options),
      door: door as Door,
      graph: { apply: (changes) => graph.apply(changes, source()) },
      view: () => graph.now(),
      sockets,
      translations,
      host: self,
      signal: stop.signal,
      log: { info: () => undefined, warn: () => undefined },
      ready: resolve,
      notice: (text) => void notices.push(text),
      count(name, by = 1) {
        // What is counted is declared: the reference tells of it.
        if (probe.counters?.[name] === undefined) throw new Error(`${probe.name} does not declare its counter ${name}`);
        counters[name] = (counters[name] ?? 0) + by;
      },
      namespaces,
    }))();
  ended.catch(reject);
  return {
    graph,
    sockets,
    translations,
    namespaces,
    notices,
    counters,
    ready,
    async stop() {
      stop.abort();
      await ended;
    },
  };
}

/** Everything a run writes fits the vocabulary of its probe: no key is unknown, no value of another type. */
export function expectVocabulary(probe: Probe, graph: Graph): void {
  for (const node of graph.now().nodes()) {
    const type = probe.types.find((one) => one.name === node.metadata.Type);
    if (type) expect(type.fields.strict().parse(node.metadata)).toEqual(node.metadata);
  }
}
