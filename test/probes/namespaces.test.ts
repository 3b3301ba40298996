import { namespaceRegistry } from '../../src/probes/namespaces.ts';
import type { Namespace } from '../../src/probes/probe.ts';

const namespace = (nodeId: string, path = `/run/netns/${nodeId}`): Namespace => ({
  nodeId,
  tid: `tid-${nodeId}`,
  path,
  cookie: 1n,
  name: nodeId,
});

function heard() {
  const words: string[] = [];
  return {
    words,
    added: (ns: Namespace) => void words.push(`+${ns.nodeId}`),
    removed: (ns: Namespace) => void words.push(`-${ns.nodeId}`),
  };
}

test('a listener hears of those that are known, then of each that comes and goes', () => {
  const namespaces = namespaceRegistry();
  const listener = heard();
  namespaces.add(namespace('a'));
  namespaces.watch(listener, new AbortController().signal);
  namespaces.add(namespace('b'));
  namespaces.remove('a');
  expect(listener.words).toEqual(['+a', '+b', '-a']);
});

test('a namespace under a new path is replaced without a word', () => {
  const namespaces = namespaceRegistry();
  const listener = heard();
  namespaces.watch(listener, new AbortController().signal);
  namespaces.add(namespace('a'));
  namespaces.add(namespace('a', '/proc/7/ns/net'));
  expect(listener.words).toEqual(['+a']);
  expect(namespaces.list().map((ns) => ns.path)).toEqual(['/proc/7/ns/net']);
});

test('after the signal nothing is heard, before it everything', () => {
  const namespaces = namespaceRegistry();
  const listener = heard();
  const stop = new AbortController();
  namespaces.watch(listener, stop.signal);
  stop.abort();
  namespaces.add(namespace('a'));
  namespaces.watch(listener, stop.signal);
  namespaces.remove('unknown');
  expect(listener.words).toEqual([]);
});
