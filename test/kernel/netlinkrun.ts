/** Runs the netlink probe over namespaces made for one test, and takes all of it away again. */

import { execFileSync } from 'node:child_process';
import { SocketTable } from '../../src/ends/socket-table.ts';
import { TranslationTable } from '../../src/ends/translation-table.ts';
import type { GraphEdge, GraphNode } from '../../src/graph/element.ts';
import { Graph } from '../../src/graph/graph.ts';
import { openDoor } from '../../src/native/index.ts';
import { hostId, hostTid } from '../../src/probes/identity.ts';
import { namespaceRegistry } from '../../src/probes/namespaces.ts';
import { netlink } from '../../src/probes/netlink/index.ts';
import type { Options } from '../../src/probes/netlink/options.ts';
import type { Probe } from '../../src/probes/probe.ts';
import { expectVocabulary } from '../probes/context.ts';

export const isRoot = process.getuid?.() === 0;

let made = 0;

export interface Lab {
  readonly graph: Graph;
  readonly counters: Readonly<Record<string, number>>;
  /** Makes a namespace and lists it, unless told not to; gives its name. */
  netns(listed?: boolean): string;
  list(name: string): void;
  unlist(name: string): void;
  ip(netns: string, ...args: string[]): string;
  /** Starts the probe; resolves when its first reading is in the graph. */
  start(options?: Partial<Options>): Promise<void>;
  stop(): Promise<void>;
  /** The one interface of a namespace with this name; undefined while there is none. */
  find(netns: string, name: string): GraphNode | undefined;
  /** Edges between two interfaces, in either direction. */
  between(a: GraphNode | undefined, b: GraphNode | undefined): GraphEdge[];
  /** Resolves with the first answer that is neither undefined nor false, looking after every change. */
  until<T>(look: () => T | undefined | false): Promise<T>;
  [Symbol.asyncDispose](): Promise<void>;
}

export function lab(): Lab {
  const name = `sk${process.pid}t${made++}`;
  const graph = new Graph({ indexed: ['Name', 'Type'] });
  const host = { name, id: hostId(name), tid: hostTid(name), bootId: 'boot' };
  const source = () => ({ host: name, origin: `agent.${name}`, time: Date.now() });
  const namespaces = namespaceRegistry();
  const counters: Record<string, number> = {};
  const created: string[] = [];
  let running: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;

  const nodeOf = (netns: string) => `node-${netns}`;

  const it: Lab = {
    graph,
    counters,
    netns(listed = true) {
      const netns = `${name}n${created.length}`;
      execFileSync('ip', ['netns', 'add', netns]);
      created.push(netns);
      if (listed) it.list(netns);
      return netns;
    },
    list(netns) {
      graph.apply([{ kind: 'node', id: nodeOf(netns), metadata: { Name: netns, Type: 'netns' } }], source());
      const path = `/run/netns/${netns}`;
      namespaces.add({ nodeId: nodeOf(netns), tid: `tid-${netns}`, path, cookie: 0n, name: netns });
    },
    unlist: (netns) => namespaces.remove(nodeOf(netns)),
    ip: (netns, ...args) => execFileSync('ip', ['-n', netns, ...args], { encoding: 'utf8' }),
    async start(options = {}) {
      const stop = new AbortController();
      const { promise: ready, resolve } = Promise.withResolvers<void>();
      const ended = netlink.run({
        options: netlink.options.parse(options),
        door: openDoor(),
        graph: { apply: (changes) => graph.apply(changes, source()) },
        view: () => graph.now(),
        host,
        signal: stop.signal,
        log: { info: () => undefined, warn: () => undefined },
        ready: resolve,
        notice: () => undefined,
        count: (counter, by = 1) => {
          counters[counter] = (counters[counter] ?? 0) + by;
        },
        namespaces,
        sockets: new SocketTable(),
        translations: new TranslationTable(),
      });
      running = { stop, ended };
      await Promise.race([ready, ended]);
    },
    async stop() {
      running?.stop.abort();
      await running?.ended;
      running = undefined;
    },
    find(netns, ifname) {
      for (const owner of graph.now().nodes(nodeOf(netns)))
        for (const edge of graph.now().out(owner))
          for (const node of graph.now().children(edge)) if (node.metadata.Name === ifname) return node;
      return undefined;
    },
    between(a, b) {
      if (!a || !b) return [];
      return [...graph.now().edges()].filter(
        ({ parent, child }) => (parent === a.id && child === b.id) || (parent === b.id && child === a.id),
      );
    },
    until(look) {
      return new Promise((resolve, reject) => {
        let unsubscribe = () => {};
        const late = setTimeout(() => {
          unsubscribe();
          reject(new Error(`not so within 20 s: ${look}`));
        }, 20_000);
        const check = () => {
          const seen = look();
          if (seen === undefined || seen === false) return;
          clearTimeout(late);
          unsubscribe();
          resolve(seen);
        };
        unsubscribe = graph.subscribe(() => queueMicrotask(check));
        check();
      });
    },
    async [Symbol.asyncDispose]() {
      await it.stop();
      expectVocabulary(netlink as Probe, graph);
      expect(counters.refused ?? 0).toBe(0);
      for (const netns of created) {
        try {
          execFileSync('ip', ['netns', 'del', netns], { stdio: 'ignore' });
        } catch {
          // The test took it away itself.
        }
      }
    },
  };
  return it;
}
