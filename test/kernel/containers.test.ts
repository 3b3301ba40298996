/** Containers of real runtimes: podman, containerd and runc, each with a place of its own. Needs root. */
import { once } from 'node:events';
import type { GraphNode } from '../../src/graph/element.ts';
import { openDoor } from '../../src/native/index.ts';
import { containerd } from '../../src/probes/containerd/index.ts';
import { netns } from '../../src/probes/netns/index.ts';
import { podman } from '../../src/probes/podman/index.ts';
import type { Probe } from '../../src/probes/probe.ts';
import { runc } from '../../src/probes/runc/index.ts';
import { eventually } from '../eventually.ts';
import { expectVocabulary, type Running, runProbe } from '../probes/context.ts';
import { demand, OwnContainerd, OwnPodman, OwnRunc } from './containing.ts';

beforeAll(() => demand('podman', 'containerd', 'ctr', 'runc', 'conmon', 'busybox'));

const door = openDoor();
const runs: Running[] = [];

async function run(probe: Probe, options: unknown, before?: Running): Promise<Running> {
  const running = runProbe(probe, { options, door, time: Date.now, ...(before && { before }) });
  runs.push(running);
  await running.ready;
  return running;
}

afterEach(async () => {
  for (const running of runs.splice(0)) await running.stop();
});

function find({ graph }: Running, name: string): GraphNode {
  const found = [...graph.now().nodes()].filter(
    ({ metadata }) => metadata.Type === 'container' && metadata.Name === name,
  );
  expect(found).toHaveLength(1);
  return found[0] as GraphNode;
}

/** Types of the nodes that own it. */
function owners({ graph }: Running, node: GraphNode): unknown[] {
  return [...graph.now().in(node)].flatMap((edge) =>
    [...graph.now().parents(edge)].map(({ metadata }) => metadata.Type),
  );
}

const gone = (running: Running, name: string) => expect(() => find(running, name)).toThrow();

test('runc: a container hangs on its namespace, is held, ends, and leaves nothing behind, on the host neither', async () => {
  using own = new OwnRunc();
  const namespaces = await run(netns, { paths: [] });
  const running = await run(runc, { paths: [own.state] }, namespaces);
  own.start('inside');
  own.start('outside', { isOnHost: true });
  await eventually(() => {
    expect(owners(running, find(running, 'inside'))).toEqual(['netns']);
    expect(owners(running, find(running, 'outside'))).toEqual(['host']);
  });
  expect(find(running, 'inside').metadata).toMatchObject({
    Manager: 'runc',
    Runtime: 'runc',
    State: 'UP',
    Container: { Status: 'running', Pod: 'shop', Labels: { team: 'blue' } },
  });
  expect(JSON.stringify([...running.graph.now().nodes()])).not.toContain('hunter2');
  expectVocabulary(runc, running.graph);
  own.runc('pause', 'inside');
  await eventually(() => expect(find(running, 'inside').metadata.Container).toMatchObject({ Status: 'paused' }));
  own.runc('resume', 'inside');
  await eventually(() => expect(find(running, 'inside').metadata.Container).toMatchObject({ Status: 'running' }));
  own.runc('kill', 'inside', 'KILL');
  await eventually(() => {
    expect(find(running, 'inside').metadata).toMatchObject({ State: 'DOWN', Container: { Status: 'stopped' } });
    expect(owners(running, find(running, 'inside'))).toEqual([]);
  });
  own.runc('delete', 'inside');
  own.runc('delete', '-f', 'outside');
  await eventually(() => {
    gone(running, 'inside');
    gone(running, 'outside');
  });
}, 120_000);

test('containerd and runc see the same container, and it is one', async () => {
  await using own = new OwnContainerd();
  await own.ready();
  const namespaces = await run(netns, { paths: [] });
  const below = await run(runc, {}, namespaces);
  const running = await run(containerd, { paths: [own.state] }, namespaces);
  own.start('web', '--label', 'team=blue', '--env', 'PASSWORD=hunter2');
  await eventually(() => expect(owners(running, find(running, 'web'))).toEqual(['netns']));
  expect(find(running, 'web').metadata).toMatchObject({
    Manager: 'containerd',
    Runtime: 'runc',
    Container: { ID: 'web', Namespace: 'default', Status: 'running', Labels: { team: 'blue' } },
  });
  expect(JSON.stringify([...running.graph.now().nodes()])).not.toContain('hunter2');
  expectVocabulary(containerd, running.graph);
  const { id } = find(running, 'web');
  await below.stop();
  const again = await run(containerd, { paths: [own.state] }, running);
  expect(find(again, 'web').id).toBe(id);
  own.end('web');
  await eventually(() => gone(running, 'web'));
}, 120_000);

test('podman without a service: what its files say, of those too that do not run', async () => {
  using own = new OwnPodman();
  const namespaces = await run(netns, { paths: [] });
  const options = { storage: own.storage, run: own.run, url: `unix://${own.socket}` };
  const running = await run(podman, options, namespaces);
  await run(runc, {}, namespaces);
  const id = own.start('web', '--network', 'none', '-e', 'PASSWORD=hunter2');
  own.start('plain', '--network', 'host');
  own.podman('create', '--name', 'new', '--network', 'none', 'skein-test:1', 'sleep', '1');
  await eventually(() => {
    expect(owners(running, find(running, 'web'))).toEqual(['netns']);
    expect(owners(running, find(running, 'plain'))).toEqual(['host']);
    expect(find(running, 'new').metadata.Container).toMatchObject({ Status: 'created' });
  });
  expect(find(running, 'web').metadata).toMatchObject({
    Manager: 'podman',
    Container: { ID: id, Image: 'localhost/skein-test:1', Status: 'running' },
  });
  expect(JSON.stringify([...running.graph.now().nodes()])).not.toContain('hunter2');
  own.podman('rename', 'web', 'shop');
  await eventually(() => expect(find(running, 'shop').metadata.Container).toMatchObject({ ID: id }));
  own.podman('stop', '-t', '0', 'shop');
  await eventually(() => expect(find(running, 'shop').metadata.Container).toMatchObject({ Status: 'exited' }));
  own.podman('rm', 'shop');
  await eventually(() => gone(running, 'shop'));

  const service = own.service();
  try {
    const before = find(running, 'plain').id;
    await eventually(() => expect(find(running, 'plain').metadata.Container).toMatchObject({ NetworkMode: 'host' }));
    expect(find(running, 'plain').id).toBe(before);
    expect(owners(running, find(running, 'plain'))).toEqual(['host']);
    expectVocabulary(podman, running.graph);
    own.podman('rm', '-f', '-t', '0', 'plain');
    await eventually(() => gone(running, 'plain'));
  } finally {
    service.kill('SIGTERM');
    await once(service, 'exit');
  }
  await eventually(() => expect(find(running, 'new').metadata).toMatchObject({ State: 'DOWN' }));
}, 120_000);
