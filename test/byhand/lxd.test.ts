/** The probe of LXD beside a real daemon of our own, with containers that run. Needs root. */
import type { GraphNode } from '../../src/graph/element.ts';
import { openDoor } from '../../src/native/index.ts';
import { lxd } from '../../src/probes/lxd/index.ts';
import { netns } from '../../src/probes/netns/index.ts';
import { eventually } from '../eventually.ts';
import { demand } from '../kernel/containing.ts';
import { OwnLxd } from '../kernel/ownlxd.ts';
import { expectVocabulary, type Running, runProbe } from '../probes/context.ts';

const door = openDoor();
let own: OwnLxd;
let namespaces: Running;
let running: Running;

beforeAll(async () => {
  demand('lxd', 'lxc', 'busybox', 'nsenter', 'unshare');
  own = await OwnLxd.start();
}, 90_000);
afterAll(() => own?.[Symbol.asyncDispose](), 60_000);

beforeEach(async () => {
  namespaces = runProbe(netns, { options: { paths: [] }, door, time: Date.now });
  running = runProbe(lxd, {
    options: { sockets: ['/nothing/here.sock', own.socket], goneAfterMs: 20_000 },
    ...{ door, time: Date.now, before: namespaces },
  });
  await Promise.all([namespaces.ready, running.ready]);
}, 30_000);
afterEach(async () => {
  await running.stop();
  await namespaces.stop();
}, 30_000);

function all(name: string): GraphNode[] {
  const nodes = [...running.graph.now().nodes()];
  return nodes.filter(({ metadata }) => metadata.Type === 'container' && metadata.Name === name);
}

function only(name: string): GraphNode {
  const found = all(name);
  expect(found).toHaveLength(1);
  return found[0] as GraphNode;
}

function owners(node: GraphNode): GraphNode[] {
  const view = running.graph.now();
  return [...view.in(node)].flatMap((edge) => [...view.parents(edge)]);
}

test('a container lives through all it can live through, and is one node all along', async () => {
  const secrets = ['-c', 'environment.PASS=hunter2', '-c', 'user.user-data=hunter2', '-c', 'limits.memory=64MiB'];
  own.lxc('init', 'tiny', 'one', '-s', 'pool', ...secrets);
  await eventually(() => {
    expect(only('one').metadata).toMatchObject({
      ...{ Manager: 'lxd', Runtime: 'lxc', State: 'DOWN', Container: { Status: 'stopped', Image: 'tiny' } },
      LXD: {
        ...{ Type: 'container', Project: 'default', Status: 'Stopped', Architecture: 'x86_64', Ephemeral: false },
        ...{ Stateful: false, Profiles: ['default'], CreatedAt: expect.stringMatching(/^20\d\d-/) },
        Config: { 'limits.memory': '64MiB' },
        Devices: { root: { type: 'disk', pool: 'pool', path: '/' } },
      },
    });
  });
  const { id } = only('one');
  expect(owners(only('one'))).toEqual([]);
  own.lxc('start', 'one');
  await eventually(() => {
    expect(only('one')).toMatchObject({ id, metadata: { State: 'UP', Container: { Status: 'running' } } });
    expect(owners(only('one'))).toMatchObject([
      { metadata: { Type: 'netns', Manager: 'lxd', Runtime: 'lxc', Path: expect.stringMatching(/^\/proc\/\d+\/ns/) } },
    ]);
  });
  expectVocabulary(lxd, running.graph);
  own.lxc('pause', 'one');
  await eventually(() => expect(only('one').metadata.Container).toMatchObject({ Status: 'paused' }));
  own.lxc('start', 'one');
  await eventually(() => expect(only('one').metadata.Container).toMatchObject({ Status: 'running' }));
  own.lxc('stop', '-f', 'one');
  await eventually(() => {
    expect(only('one')).toMatchObject({ id, metadata: { State: 'DOWN', LXD: { Status: 'Stopped' } } });
    expect(owners(only('one'))).toEqual([]);
  });
  own.lxc('rename', 'one', 'uno');
  await eventually(() => {
    expect(only('uno').id).toBe(id);
    expect(all('one')).toEqual([]);
  });
  own.lxc('delete', 'uno');
  await eventually(() => expect(all('uno')).toEqual([]));
  expect(JSON.stringify(await running.graph.history([id]))).not.toContain('hunter2');
}, 60_000);

test('containers of all projects are there, and a daemon that ends and comes again has them under their ids', async () => {
  own.lxc('project', 'create', 'shop', '-c', 'features.images=false', '-c', 'features.profiles=false');
  own.lxc('init', 'tiny', 'same', '-s', 'pool');
  own.lxc('init', 'tiny', 'same', '-s', 'pool', '--project', 'shop');
  await eventually(() => expect(all('same')).toHaveLength(2));
  const ids = all('same').map(({ id }) => id);
  expect(all('same').map(({ metadata }) => (metadata.LXD as { Project: string }).Project)).toEqual(['default', 'shop']);
  await own.down();
  await eventually(() => expect(running.notices.at(-1)).toMatch(/^LXD at .* does not answer: |^no LXD/), 10_000);
  expect(all('same')).toHaveLength(2);
  await own.up();
  await eventually(() => expect(running.notices.at(-1)).toBeUndefined(), 20_000);
  expect(all('same').map(({ id }) => id)).toEqual(ids);
  own.lxc('delete', 'same', '--project', 'shop');
  await eventually(() => expect(all('same')).toHaveLength(1));
  own.lxc('delete', 'same');
  await eventually(() => expect(all('same')).toEqual([]));
}, 60_000);
