import { namespaceRegistry } from '../../src/probes/namespaces.ts';
import type { Namespace } from '../../src/probes/probe.ts';
import { type NamespaceWatch, WatchedNamespaces } from '../../src/probes/watched-namespaces.ts';
import { eventually } from '../eventually.ts';

const blue: Namespace = { nodeId: 'n', tid: '', path: '/run/netns/blue', cookie: 1n, name: 'blue' };

/** A watch that tells once and goes on until it is left. */
const quiet = (events: string[]): NamespaceWatch => ({
  async run(signal, first) {
    events.push('runs');
    first();
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  },
  close: () => void events.push('closed'),
});

function watching(open: (namespace: Namespace, events: string[]) => Promise<NamespaceWatch>) {
  const events: string[] = [];
  const failures: unknown[] = [];
  const namespaces = namespaceRegistry();
  namespaces.add(blue);
  const watched = new WatchedNamespaces({
    context: { namespaces, count: (name) => void events.push(name) },
    listed: () => ({ open: (namespace) => open(namespace, events), gone: () => void events.push('gone') }),
    refused: (name, isRefused) => void events.push(`${name} ${isRefused ? 'is refused' : 'is let in'}`),
    fail: (error) => void failures.push(error),
  });
  return { watched, events, failures, namespaces };
}

test('a namespace that may not be entered is said to be so, and is tried again', async () => {
  let tries = 0;
  const { watched, events } = watching(async (_, said) => {
    if (tries++ > 0) return quiet(said);
    throw Object.assign(new Error('setns'), { code: 'EPERM' });
  });
  await watched.add(blue);
  expect(events).toEqual(['namespacesNotRead', 'blue is refused']);
  await eventually(() => expect(events.slice(2)).toEqual(['runs', 'blue is let in']));
  watched.close();
});

test('one that is not listed any more is left, and its watch is closed before that is told', async () => {
  const { watched, events } = watching(async (_, said) => quiet(said));
  await watched.add(blue);
  watched.remove(blue);
  watched.remove(blue);
  expect(events).toEqual(['runs', 'blue is let in', 'closed', 'gone']);
});

test('one that is left while it is entered is closed again, and nothing is counted', async () => {
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const { watched, events } = watching(async (_, said) => {
    await entered;
    return { ...quiet(said), run: async () => undefined };
  });
  const added = watched.add(blue);
  watched.close();
  enter();
  await added;
  expect(events).toEqual(['closed']);
});

test('it is entered by the path it was listed with last', async () => {
  const paths: string[] = [];
  const { watched, namespaces } = watching(async ({ path }, said) => {
    paths.push(path);
    return quiet(said);
  });
  namespaces.add({ ...blue, path: '/proc/7/ns/net' });
  await watched.add(blue);
  watched.close();
  expect(paths).toEqual(['/proc/7/ns/net']);
});

test('what is no refusal of the world ends the run', async () => {
  const bug = new TypeError('a bug');
  const { watched, events, failures } = watching(async () => {
    throw bug;
  });
  await watched.add(blue);
  expect([events, failures]).toEqual([[], [bug]]);
});
