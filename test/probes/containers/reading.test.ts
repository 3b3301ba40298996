import fc from 'fast-check';
import { describeContainer } from '../../../src/probes/containers/container.ts';
import { parseHosts } from '../../../src/probes/containers/hosts.ts';
import { readLabels } from '../../../src/probes/containers/labels.ts';
import { readSpec } from '../../../src/probes/containers/spec.ts';
import { readEngineAddress } from '../../../src/probes/engine/address.ts';
import { readContainer, readNetwork } from '../../../src/probes/engine/describe.ts';
import { readEvent } from '../../../src/probes/engine/events.ts';
import { Lines } from '../../../src/probes/engine/lines.ts';
import { readState } from '../../../src/probes/runc/state.ts';
import { self } from '../context.ts';

test('whatever JSON there is, it is read or left', () => {
  const ours = fc.constantFrom(
    ...['Id', 'id', 'State', 'Config', 'Labels', 'NetworkSettings', 'Networks', 'Ports', 'Mounts', 'IPAM', 'Options'],
    ...['init_process_pid', 'config', 'labels', 'mounts', 'annotations', 'Actor', 'Type', 'Action', '__proto__'],
  );
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie('value')),
      fc.dictionary(ours, tie('value')),
    ),
  })).value;
  fc.assert(
    fc.property(json, (value) => {
      readContainer(value);
      readNetwork(value);
      readState(value);
      readSpec(value);
      readLabels(value);
      readEvent(JSON.stringify(value));
    }),
  );
});

test('lines are the same wherever they are cut', () => {
  const line = fc.stringMatching(/^[a-z]{1,12}$/);
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(40)), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
      const reader = new Lines({ bytesMax: 12 });
      const read: string[] = [];
      let from = 0;
      for (const size of [...cuts, bytes.length]) {
        read.push(...reader.take(bytes.subarray(from, from + size)));
        from += size;
      }
      expect(read).toEqual(lines);
      expect(reader.tooLong).toBe(0);
    }),
  );
});

test('a line that is too long is left out, and the next one is read', () => {
  const reader = new Lines({ bytesMax: 4 });
  expect([...reader.take(Buffer.from('abcdefgh')), ...reader.take(Buffer.from('ij\nok\n'))]).toEqual(['ok']);
  expect(reader.tooLong).toBe(1);
});

test.each([
  ['unix:///var/run/docker.sock', { path: '/var/run/docker.sock' }],
  ['unix:////run/docker.sock', { path: '/run/docker.sock' }],
  ['tcp://127.0.0.1:2376', { host: '127.0.0.1', port: 2376 }],
  ['tcp://[::1]:1', { host: '::1', port: 1 }],
  ['http://engine', { host: 'engine', port: 2375 }],
  ['ssh://engine', undefined],
  ['tcp://user:password@engine', undefined],
  ['/var/run/docker.sock', undefined],
])('an engine at %s is found', (url, address) => {
  expect(readEngineAddress(url)).toEqual(address);
});

test('names of hosts are read by address, comments and what stands for the host itself are not', () => {
  const text = '127.0.0.1 localhost\n10.0.0.2\tweb web.shop # me\n# 10.0.0.3 x\n10.0.0.2 alias\nnonsense web\n';
  expect(parseHosts(`${text}::1 ip6-localhost\n127.0.1.1 web`)).toEqual({ '10.0.0.2': ['web', 'web.shop', 'alias'] });
});

test('what runs a container is beside it, and in it Docker, as in Skydive', () => {
  const facts = { id: 'i', status: 'running', runtime: 'runc' };
  const one = { key: 'i', name: 'web', pid: 7, networks: [], facts };
  expect(describeContainer(one, 'docker', self)).toMatchObject({ Runtime: 'runc', Container: { Runtime: 'docker' } });
  expect(describeContainer(one, 'runc', self)).toMatchObject({ Runtime: 'runc', Container: { Runtime: 'runc' } });
});

test('of too many labels only so many are shown', () => {
  const labels = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`l${i}`, 'x']));
  const { shown, leftOut } = readLabels(labels);
  expect(Object.keys(shown ?? {})).toHaveLength(128);
  expect(leftOut).toBe(372);
});

test.each([
  ['DSN', 'DB_PASSWORD=hunter2 host=x'],
  ['conf', '{"password": "hunter2"}'],
  ['kubectl.kubernetes.io/last-applied-configuration', '{}'],
  ['io.kubernetes.cri-o.Env', 'x'],
  ['io.kubernetes.cri-o.Annotations', '{}'],
  ['start.command', 'run'],
])('what may hold a secret is no label: %s', (key, value) => {
  expect(readLabels({ [key]: value, team: 'blue' })).toEqual({ shown: { team: 'blue' }, leftOut: 1 });
});

test('whose a container of runc is follows from its bundle and its labels', () => {
  const state = (id: string, ...labels: readonly string[]) => {
    const read = readState({ id, init_process_pid: 1, config: { labels } });
    return [read?.key, read?.behind];
  };
  const id = 'a1'.repeat(32);
  const task = '/run/containerd/io.containerd.runtime.v2.task';
  expect(state(id, `bundle=${task}/moby/${id}`)).toEqual([id, 'docker']);
  expect(state('web', `bundle=${task}/default/web`)).toEqual(['default/web', 'containerd']);
  expect(state(id, 'bundle=/x/userdata', 'io.container.manager=libpod')).toEqual([id, 'podman']);
  expect(state(id, 'bundle=/x/userdata', 'io.container.manager=cri-o')).toEqual([id, undefined]);
  expect(state('web', 'bundle=/srv/web')).toEqual(['/srv/web:web', undefined]);
});
