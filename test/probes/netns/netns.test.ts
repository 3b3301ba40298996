import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { netnsId, netnsTid } from '../../../src/probes/identity.ts';
import { netns } from '../../../src/probes/netns/index.ts';
import { eventually } from '../../eventually.ts';
import { expectVocabulary, self } from '../context.ts';
import { namespace, OWN, world } from './world.ts';

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a named namespace is a node with its path, inode and cookie, owned by the host', async () => {
  await using w = world();
  w.mount(`${w.directory}/blue`, namespace(7));
  const { ready, graph, namespaces } = w.run();
  await ready;
  const id = netnsId('h', 'boot', 7n);
  const path = `${w.directory}/blue`;
  const tid = netnsTid(self.tid, path);
  const [node] = graph.now().nodes(id);
  expect(node?.metadata).toEqual({
    Type: 'netns',
    Name: 'blue',
    TID: tid,
    Path: path,
    Inode: 1007,
    Device: 4,
    Cookie: '7',
  });
  expectVocabulary(netns, graph);
  expect([...graph.now().edges()].map(({ parent, child, metadata }) => ({ parent, child, ...metadata }))).toEqual([
    { parent: self.id, child: id, RelationType: 'ownership' },
  ]);
  expect(namespaces.list()).toEqual([
    { nodeId: self.id, tid: self.tid, path: '/proc/self/ns/net', cookie: 1n, name: 'h' },
    { nodeId: id, tid, path, cookie: 7n, name: 'blue' },
  ]);
});

test('names come and go, also in directories that come and go', async () => {
  await using w = world();
  await w.run().ready;
  w.mount(`${w.directory}/a`, namespace(7));
  await eventually(() => expect(w.seen()).toEqual(['a /netns/a']));
  mkdirSync(w.docker, { recursive: true });
  w.mount(`${w.docker}/0123456789ab`, namespace(8));
  await eventually(() => expect(w.seen()).toEqual(['0123456789ab /docker/netns/0123456789ab', 'a /netns/a']));
  w.unmount(`${w.directory}/a`);
  await eventually(() => expect(w.seen()).toEqual(['0123456789ab /docker/netns/0123456789ab']));
  rmSync(w.docker, { recursive: true });
  await eventually(() => expect(w.seen()).toEqual([]));
});

test('the namespace may be mounted after its file was made', async () => {
  await using w = world();
  await w.run().ready;
  writeFileSync(`${w.directory}/late`, '');
  await later(30);
  expect(w.seen()).toEqual([]);
  w.door.script.identities = Object.assign(w.door.script.identities ?? {}, { [`${w.directory}/late`]: namespace(7) });
  await eventually(() => expect(w.seen()).toEqual(['late /netns/late']));
});

test('what Docker made says so, and its name for our own namespace is the host', async () => {
  await using w = world();
  mkdirSync(w.docker, { recursive: true });
  w.mount(`${w.docker}/default`, OWN);
  w.mount(`${w.docker}/0123456789ab`, namespace(7));
  const { ready, graph } = w.run();
  await ready;
  const nodes = [...graph.now().nodes()].map(({ metadata }) => [metadata.Name, metadata.Manager]);
  expect(nodes).toEqual([
    ['h', undefined],
    ['0123456789ab', 'docker'],
  ]);
});

test('one namespace under several names is one node, called by the first directory', async () => {
  await using w = world();
  mkdirSync(w.docker, { recursive: true });
  w.mount(`${w.docker}/0123456789ab`, namespace(7));
  const { ready, graph } = w.run();
  await ready;
  w.mount(`${w.directory}/web`, namespace(7));
  await eventually(() => expect(w.seen()).toEqual(['web /netns/web']));
  const [node] = graph.now().nodes(netnsId('h', 'boot', 7n));
  expect(node?.metadata).toMatchObject({ Manager: 'docker', TID: netnsTid(self.tid, `${w.docker}/0123456789ab`) });
  w.unmount(`${w.directory}/web`);
  await eventually(() => expect(w.seen()).toEqual(['0123456789ab /docker/netns/0123456789ab']));
});

test('the same name with the same inode but another cookie is another namespace', async () => {
  await using w = world();
  w.mount(`${w.directory}/a`, namespace(7, 5000));
  const { ready, graph, namespaces } = w.run();
  await ready;
  w.unmount(`${w.directory}/a`);
  w.mount(`${w.directory}/a`, namespace(8, 5000));
  await eventually(() => expect(namespaces.list().map((ns) => ns.cookie)).toEqual([1n, 8n]));
  expect([...graph.now().nodes()].map((node) => node.id)).toEqual([self.id, netnsId('h', 'boot', 8n)]);
});

describe('namespaces without a name', () => {
  test('of a container are not called after what prepares it', async () => {
    await using w = world();
    const { ready } = w.run();
    await ready;
    const runs = 'printf "runc:[2:INIT]" > /proc/self/comm; echo; read; printf web > /proc/self/comm; echo; read';
    const child = spawn('bash', ['-c', runs], { stdio: ['pipe', 'pipe', 'ignore'] });
    try {
      await once(child.stdout, 'data');
      const pid = Number(child.pid);
      w.live({ [pid]: namespace(7) });
      await eventually(() => expect(w.seen()).toEqual([`runc:[2:INIT]-${pid} /proc/${pid}/ns/net`]));
      child.stdin.write('\n');
      await once(child.stdout, 'data');
      w.live({ [pid]: namespace(7) });
      await eventually(() => expect(w.seen()).toEqual([`web-${pid} /proc/${pid}/ns/net`]));
    } finally {
      child.kill();
    }
  });

  test('are called after a process, which keeps its word when another one takes its place', async () => {
    await using w = world();
    const { ready, graph } = w.run();
    await ready;
    w.live({ 900001: namespace(7), 900002: namespace(7) });
    await eventually(() => expect(w.seen()).toEqual(['process-900001 /proc/900001/ns/net']));
    w.live({ 900002: namespace(7) });
    await eventually(() => expect(w.seen()).toEqual(['process-900001 /proc/900002/ns/net']));
    // Somebody with a lower pid comes in: no reason to change what opens it.
    const { revision } = graph;
    w.live({ 900000: namespace(7), 900002: namespace(7) });
    await later(60);
    expect(graph.revision).toBe(revision);
    w.live({});
    await eventually(() => expect(w.seen()).toEqual([]));
  });

  test('are shown only when they last', async () => {
    await using w = world();
    const { ready, graph } = w.run({ settleMs: 100 });
    await ready;
    const { revision } = graph;
    w.live({ 900001: namespace(7) });
    await later(40);
    w.live({});
    await later(150);
    expect(graph.revision).toBe(revision);
    w.live({ 900001: namespace(8) });
    await eventually(() => expect(w.seen()).toEqual(['process-900001 /proc/900001/ns/net']));
  });

  test('that get a name take it; that lose it are what their processes call them', async () => {
    await using w = world();
    w.live({ 900001: namespace(7) });
    await w.run().ready;
    expect(w.seen()).toEqual(['process-900001 /proc/900001/ns/net']);
    w.mount(`${w.directory}/a`, namespace(7));
    await eventually(() => expect(w.seen()).toEqual(['a /netns/a']));
    w.unmount(`${w.directory}/a`);
    await eventually(() => expect(w.seen()).toEqual(['process-900001 /proc/900001/ns/net']));
  });

  test('are told apart although the inode is used again by the same process', async () => {
    await using w = world();
    w.live({ 900001: namespace(7, 5000) });
    const { ready, namespaces } = w.run({ verifyMs: 1000 });
    await ready;
    w.live({ 900001: namespace(8, 5000) });
    await eventually(() => expect(namespaces.list().map((ns) => ns.cookie)).toEqual([1n, 8n]));
  });

  test('are looked for in turns where the kernel does not tell, and it is said', async () => {
    await using w = world({ watch: 'EPERM' });
    const { ready, notices } = w.run({ pollMs: 50 });
    await ready;
    expect(notices.at(-1)).toContain('looked for every 0.05 s (watch network namespaces: EPERM)');
    w.live({ 900001: namespace(7) });
    await eventually(() => expect(w.seen()).toEqual(['process-900001 /proc/900001/ns/net']));
  });

  test('stay while a process that was to be asked just ended', async () => {
    await using w = world();
    w.live({ 900001: namespace(7), 900002: namespace(8) });
    const { ready, graph } = w.run();
    await ready;
    const { revision } = graph;
    w.door.script.processes = [{ pid: 900009, inode: 1007 }];
    w.door.changeNamespaces();
    await later(60);
    expect(graph.revision).toBe(revision);
    w.live({ 900002: namespace(8) });
    await eventually(() => expect(w.seen()).toEqual(['process-900002 /proc/900002/ns/net']));
  });
});

test('a link to a process ends with it', async () => {
  await using w = world();
  w.live({ 900001: namespace(7) });
  const path = `${w.directory}/link`;
  const { identities = {} } = w.door.script;
  symlinkSync('/proc/self/ns/net', path);
  identities[path] = namespace(7);
  await w.run().ready;
  expect(w.seen()).toEqual(['link /netns/link']);
  delete identities[path];
  rmSync(path);
  symlinkSync('/proc/999999999/ns/net', path);
  w.live({});
  await eventually(() => expect(w.seen()).toEqual([]));
});

test('no more namespaces are shown than asked for, and it is said and counted', async () => {
  await using w = world();
  for (const cookie of [5, 6, 7]) w.mount(`${w.directory}/${cookie}`, namespace(cookie));
  const { ready, notices, counters } = w.run({ namespacesMax: 2 });
  await ready;
  expect(w.seen()).toEqual(['5 /netns/5', '6 /netns/6']);
  expect(notices.at(-1)).toContain('no more than 2 namespaces are shown (namespacesMax)');
  expect(counters.namespacesNotShown).toBe(1);
});

test('saying it all again changes nothing', async () => {
  await using w = world();
  w.live({ 900001: namespace(7) });
  w.mount(`${w.directory}/a`, namespace(8));
  const { ready, graph } = w.run({ verifyMs: 1000 });
  await ready;
  const { revision } = graph;
  writeFileSync(`${w.directory}/a`, 'again');
  w.door.changeNamespaces();
  await later(1100);
  expect(graph.revision).toBe(revision);
});

test('whatever happens in whatever order, in the end each namespace that something keeps is there once', async () => {
  await using w = world();
  const { ready, namespaces } = w.run({ settleMs: 0 });
  await ready;
  const names = ['a', 'b', 'c'].map((name) => `${w.directory}/${name}`);
  const step = fc.oneof(
    fc.record({ path: fc.constantFrom(...names), cookie: fc.option(fc.integer({ min: 5, max: 9 })) }),
    fc.record({
      processes: fc.dictionary(fc.integer({ min: 900001, max: 900004 }).map(String), fc.integer({ min: 5, max: 9 })),
    }),
    fc.record({ pauseMs: fc.integer({ min: 0, max: 4 }) }),
  );
  const mounted = new Map<string, number>();
  let inhabited: number[] = [];
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      for (const one of steps) {
        if ('path' in one) {
          if (existsSync(one.path)) w.unmount(one.path);
          mounted.delete(one.path);
          if (one.cookie !== null) {
            w.mount(one.path, namespace(one.cookie));
            mounted.set(one.path, one.cookie);
          }
        } else if ('processes' in one) {
          inhabited = Object.values(one.processes);
          w.live(Object.fromEntries(Object.entries(one.processes).map(([pid, cookie]) => [pid, namespace(cookie)])));
        } else await later(one.pauseMs);
      }
      const kept = [...new Set([...mounted.values(), ...inhabited])].sort();
      await eventually(() => {
        expect(
          namespaces
            .list()
            .slice(1)
            .map((ns) => Number(ns.cookie))
            .sort(),
        ).toEqual(kept);
        expect(w.seen().length).toBe(kept.length);
        for (const ns of namespaces.list()) expect(w.door.script.identities?.[ns.path]?.cookie).toBe(ns.cookie);
      });
    }),
    { numRuns: 40 },
  );
});

test('a run after a failed one finds what is gone since', async () => {
  await using w = world();
  w.mount(`${w.directory}/a`, namespace(8));
  const first = w.run();
  await first.ready;
  await first.stop();
  w.unmount(`${w.directory}/a`);
  const second = w.run({}, first);
  await second.ready;
  expect(second.namespaces.list().map((ns) => ns.name)).toEqual(['h']);
  expect(w.seen()).toEqual([]);
});

test('without /proc it says what it needs', async () => {
  await using w = world();
  delete w.door.script.identities?.['/proc/self/ns/net'];
  await expect(w.run().ready).rejects.toThrow(
    'our own namespace cannot be told (open /proc/self/ns/net: ENOENT): needs /proc',
  );
});
