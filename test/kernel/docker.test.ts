/** The probe of Docker beside a real engine of our own. Needs root. */
import type { GraphNode } from '../../src/graph/element.ts';
import { openDoor } from '../../src/native/index.ts';
import { containerd } from '../../src/probes/containerd/index.ts';
import { docker } from '../../src/probes/docker/index.ts';
import { netns } from '../../src/probes/netns/index.ts';
import { runc } from '../../src/probes/runc/index.ts';
import { eventually } from '../eventually.ts';
import { expectVocabulary, type Running, runProbe, self } from '../probes/context.ts';
import { demand, OwnDocker } from './containing.ts';

const door = openDoor();
let own: OwnDocker;
let namespaces: Running;
let running: Running;

beforeAll(async () => {
  demand('dockerd', 'docker', 'runc', 'busybox', 'nsenter');
  own = await OwnDocker.start();
}, 120_000);
afterAll(() => own[Symbol.asyncDispose](), 120_000);

beforeEach(async () => {
  namespaces = runProbe(netns, { options: { paths: [own.namespaces] }, door, time: Date.now });
  running = start(namespaces);
  await Promise.all([namespaces.ready, running.ready]);
});
afterEach(async () => {
  await running.stop();
  await namespaces.stop();
  const all = own.docker('ps', '-aq').split('\n').filter(Boolean);
  if (all.length > 0) own.docker('rm', '-f', ...all);
}, 120_000);

function start(before: Running): Running {
  return runProbe(docker, { options: { url: own.url, goneAfterMs: 20_000 }, door, time: Date.now, before });
}

function all(type: string, name: string): GraphNode[] {
  const nodes = [...running.graph.now().nodes()];
  return nodes.filter(({ metadata }) => metadata.Type === type && metadata.Name === name);
}

function only(type: string, name: string): GraphNode {
  const found = all(type, name);
  expect(found).toHaveLength(1);
  return found[0] as GraphNode;
}

const container = (name: string) => only('container', name);
const told = (name: string) => container(name).metadata.Container as Record<string, unknown>;

function owners(node: GraphNode): GraphNode[] {
  const view = running.graph.now();
  const edges = [...view.in(node)].filter(({ metadata }) => metadata.RelationType === 'ownership');
  return edges.flatMap((edge) => [...view.parents(edge)]);
}

test('a container lives through all it can live through, and is one node all along', async () => {
  const id = own.docker(
    'create',
    '--name',
    'one',
    '-e',
    'PASSWORD=hunter2',
    '-l',
    'team=blue',
    'skein-test:1',
    'sleep',
    '99',
  );
  await eventually(() => expect(told('one')).toMatchObject({ ID: id, Status: 'created', Labels: { team: 'blue' } }));
  const node = container('one').id;
  expect(owners(container('one'))).toEqual([]);
  own.docker('start', 'one');
  await eventually(() => {
    expect(told('one')).toMatchObject({ Status: 'running', InitProcessPID: expect.any(Number) });
    expect(owners(container('one'))).toMatchObject([
      { metadata: { Type: 'netns', Manager: 'docker', Runtime: 'runc' } },
    ]);
  });
  own.docker('pause', 'one');
  await eventually(() => expect(told('one')).toMatchObject({ Status: 'paused' }));
  own.docker('unpause', 'one');
  own.docker('rename', 'one', 'uno');
  await eventually(() => expect(told('uno')).toMatchObject({ Status: 'running' }));
  expect(all('container', 'one')).toEqual([]);
  expectVocabulary(docker, running.graph);
  own.docker('kill', 'uno');
  await eventually(() => {
    expect(told('uno')).toMatchObject({ Status: 'exited', ExitCode: 137 });
    expect(owners(container('uno'))).toEqual([]);
    expect(container('uno')).toMatchObject({ id: node, metadata: { State: 'DOWN' } });
  });
  own.docker('rm', 'uno');
  await eventually(() => expect(all('container', 'uno')).toEqual([]));
  expect(JSON.stringify(await running.graph.history([node]))).not.toContain('hunter2');
}, 120_000);

test('two containers in one namespace hang on it both, and one on the host hangs on the host, until it ends', async () => {
  own.run('first');
  own.run('second', '--network', 'container:first');
  own.run('plain', '--network', 'host');
  await eventually(() => {
    const [home] = owners(container('first'));
    expect(home?.metadata.Type).toBe('netns');
    expect(owners(container('second'))).toEqual([home]);
    // This engine's own host is the namespace it was started in.
    expect(owners(container('plain'))).toHaveLength(1);
  });
  own.docker('rm', '-f', 'plain');
  await eventually(() => expect(all('container', 'plain')).toEqual([]));
}, 120_000);

test('a network is there with its subnet, and with who is on it', async () => {
  own.docker('network', 'create', '--subnet', '10.77.0.0/24', 'shop');
  try {
    own.run('buyer', '--network', 'shop', '--network-alias', 'customer', '-p', '127.0.0.1:18099:80');
    await eventually(() => {
      const network = only('dockernetwork', 'shop');
      expect(network.metadata.Network).toMatchObject({ Driver: 'bridge', Subnets: ['10.77.0.0/24'] });
      expect(owners(network).map(({ id }) => id)).toEqual([self.id]);
      const edges = [...running.graph.now().in(container('buyer'))].filter((edge) => edge.parent === network.id);
      expect(edges).toMatchObject([
        { metadata: { RelationType: 'attachment', IPV4: '10.77.0.2/24', Gateway: '10.77.0.1' } },
      ]);
    });
    const [on] = told('buyer').Networks as Record<string, unknown>[];
    expect(on).toMatchObject({ Name: 'shop', MAC: expect.any(String), Aliases: expect.arrayContaining(['customer']) });
    expect(told('buyer').Ports).toEqual([{ Port: 80, Protocol: 'tcp', HostIP: '127.0.0.1', HostPort: 18099 }]);
    own.docker('network', 'disconnect', 'shop', 'buyer');
    await eventually(() => expect(told('buyer').Networks).toBeUndefined());
    own.docker('network', 'connect', 'bridge', 'buyer');
    await eventually(() => expect(told('buyer').Networks).toMatchObject([{ Name: 'bridge' }]));
  } finally {
    own.docker('rm', '-f', 'buyer');
    own.docker('network', 'rm', 'shop');
  }
  await eventually(() => expect(all('dockernetwork', 'shop')).toEqual([]));
}, 120_000);

test('what runs a container for Docker sees it too, and does not tell of it', async () => {
  const below = [
    runProbe(containerd, {
      options: { paths: [`${own.execRoot}/containerd/daemon`] },
      door,
      time: Date.now,
      before: running,
    }),
    runProbe(runc, { options: { paths: [`${own.execRoot}/runtime-runc`] }, door, time: Date.now, before: running }),
  ];
  try {
    const id = own.run('web');
    await eventually(() => expect(told('web').Status).toBe('running'));
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const containers = [...running.graph.now().nodes()].filter(({ metadata }) => metadata.Type === 'container');
    expect(containers.map(({ metadata }) => [metadata.Manager, metadata.Name])).toEqual([['docker', 'web']]);
    expect(told('web').ID).toBe(id);
    own.docker('rm', '-f', 'web');
    await eventually(() => expect(all('container', 'web')).toEqual([]));
  } finally {
    for (const one of below) await one.stop();
  }
}, 120_000);

test('after the engine or Skein was started anew everything is there once, and nothing is left', async () => {
  own.run('stays', '--restart', 'always');
  own.run('goes');
  await eventually(() => expect([told('stays').Status, told('goes').Status]).toEqual(['running', 'running']));
  const ids = [container('stays').id, container('goes').id];
  await running.stop();
  own.docker('rm', '-f', 'goes');
  running = start(namespaces);
  await eventually(() => expect(all('container', 'goes')).toEqual([]));
  expect(container('stays').id).toBe(ids[0]);

  const before = told('stays').InitProcessPID;
  await own.down();
  await own.up();
  await eventually(() => {
    expect(told('stays')).toMatchObject({ Status: 'running', InitProcessPID: expect.any(Number) });
    expect(told('stays').InitProcessPID).not.toBe(before);
    expect(owners(container('stays'))).toHaveLength(1);
  }, 40_000);
  expect(container('stays').id).toBe(ids[0]);
  expect(all('dockernetwork', 'bridge')).toHaveLength(1);
}, 120_000);
