/** Daemons of LXD that do not do what they should, over a real socket: the probe goes on, and says what it can. */
import type { Socket } from 'node:net';
import { fakeDoor } from '../../../src/native/fake.ts';
import { lxd } from '../../../src/probes/lxd/index.ts';
import { eventually } from '../../eventually.ts';
import { expectVocabulary, type Running, runProbe } from '../context.ts';
import { type Answer, json, SpokenLxd } from './speaking.ts';

let daemon: SpokenLxd;
let running: Running | undefined;

beforeEach(() => {
  daemon = new SpokenLxd();
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await daemon[Symbol.asyncDispose]();
});

async function start(options: object = {}, before?: Running): Promise<Running> {
  running = runProbe(lxd, {
    options: { sockets: [daemon.path], answerMs: 300, ...options },
    door: fakeDoor(),
    ...(before && { before }),
  });
  await running.ready;
  return running;
}

const containers = ({ graph }: Running) =>
  [...graph.now().nodes()].filter(({ metadata }) => metadata.Type === 'container');

function shown(run: Running): Record<string, unknown> {
  return Object.fromEntries(
    containers(run).map(({ metadata }) => [metadata.Name, (metadata.Container as { Status: string }).Status]),
  );
}

const lastNotice = () => running?.notices.at(-1);

test('a daemon that is not there yet is found when it comes, and quietly waited for', async () => {
  const run = await start();
  expect(lastNotice()).toMatch(/^no LXD: nothing at \//);
  daemon.add('a');
  await daemon.listen();
  await eventually(() => expect(shown(run)).toEqual({ a: 'stopped' }));
  expect(lastNotice()).toBeUndefined();
});

test.each<[string, Answer]>([
  [
    'answers that are cut',
    (response) => response.writeHead(200, { 'Content-Length': '9' }).write('[', () => response.destroy()),
  ],
  ['no HTTP at all', (response) => void response.socket?.end('\u0000\u0001SSH-2.0-x\r\n')],
  ['a head without end', (response) => void response.socket?.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(1 << 20)}`)],
  ['nothing', () => undefined],
  ['a body that stalls', (response) => void response.writeHead(200).write('[')],
  ['errors', (response) => json(response, { error: 'no' }, 500)],
  ['something else', (response) => json(response, { metadata: 'hello' })],
])(
  'a daemon that lists %s is asked again, and what it said before stays',
  async (_what, badly) => {
    daemon.add('a');
    await daemon.listen();
    const run = await start();
    await eventually(() => expect(shown(run)).toEqual({ a: 'stopped' }));
    daemon.answers.set('/1.0/instances', badly);
    daemon.cut();
    await eventually(() => expect(lastNotice()).toMatch(/^LXD at .* does not answer: /));
    await eventually(() => expect(run.counters.connectionsLost).toBeGreaterThanOrEqual(2));
    expect(shown(run)).toEqual({ a: 'stopped' });
    daemon.answers.clear();
    daemon.add('b');
    await eventually(() => expect(shown(run)).toEqual({ a: 'stopped', b: 'stopped' }));
    expect(lastNotice()).toBeUndefined();
    expect(daemon.listeners).toBe(1);
  },
  15_000,
);

test.each<[string, (socket: Socket) => void]>([
  ['refuses', (socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')],
  ['ends', (socket) => socket.destroy()],
  ['stalls', () => undefined],
  ['talks nonsense to', (socket) => socket.end('HTTP/1.1 101 Switching\r\nUpgrade: tea\r\n\r\n')],
])('a daemon that %s who wants to hear events is asked again', async (_what, refuse) => {
  daemon.refuse = refuse;
  daemon.add('a');
  await daemon.listen();
  const run = await start();
  expect(lastNotice()).toMatch(/^LXD at .* does not answer: /);
  daemon.refuse = undefined;
  await eventually(() => expect(shown(run)).toEqual({ a: 'stopped' }));
});

test('events that make no sense change nothing, and one that is too long ends the connection alone', async () => {
  daemon.add('a');
  await daemon.listen();
  const run = await start();
  await eventually(() => expect(shown(run)).toEqual({ a: 'stopped' }));
  for (const text of [
    '',
    '{',
    'null',
    '[]',
    '7',
    '{"metadata":{"action":7}}',
    '{"metadata":{"action":"instance-started","source":{}}}',
  ])
    daemon.say(text);
  daemon.say(Buffer.from([0, 255]));
  daemon.event('started', 'ghost');
  daemon.event('started', '..%2f..%2f1.0%2fcertificates');
  daemon.event('started', '%');
  daemon.add('a', { status: 'Frozen' });
  daemon.states.set('a', { pid: 4_000_000_000_000 });
  daemon.event('paused', 'a');
  await eventually(() => expect(shown(run)).toEqual({ a: 'paused' }));
  expect(run.counters.connectionsLost).toBeUndefined();
  daemon.say('x'.repeat(2 << 20));
  await eventually(() => expect(run.counters.connectionsLost).toBe(1));
  daemon.instances.delete('a');
  await eventually(() => expect(shown(run)).toEqual({}));
});

test('one answer that is too long, or none, or of another, leaves the others as they are', async () => {
  daemon.add('good');
  const answers: Record<string, Answer> = {
    long: (response) => json(response, { metadata: { name: 'x'.repeat(10 << 20) } }),
    garbage: (response) => response.writeHead(200).end('{"metadata": '),
    broken: (response) => json(response, {}, 500),
    another: (response) => json(response, { metadata: { name: 'good', status: 'Stopped' } }),
    list: (response) => json(response, { metadata: [] }),
  };
  for (const [name, answer] of Object.entries(answers)) {
    daemon.add(name);
    daemon.answers.set(`/1.0/instances/${name}`, answer);
  }
  await daemon.listen();
  const run = await start({ answerMs: 5_000 });
  await eventually(() => {
    expect(run.counters.badAnswers).toBe(5);
    expect(shown(run)).toEqual({ good: 'stopped' });
  });
});

test('an old daemon, that knows containers alone and gives them no id, is understood', async () => {
  daemon.answers.set('/1.0/instances', (response) => json(response, {}, 404));
  daemon.add('a', { type: undefined, project: undefined });
  await daemon.listen();
  const run = await start();
  await eventually(() => expect(shown(run)).toEqual({ a: 'stopped' }));
  daemon.add('a', { type: undefined, project: undefined, status: 'Running' });
  daemon.states.set('a', { pid: 0 });
  daemon.say(JSON.stringify({ metadata: { action: 'container-started', source: '/1.0/containers/a' } }));
  await eventually(() => expect(shown(run)).toEqual({ a: 'running' }));
  expect(containers(run)[0]?.metadata.LXD).toMatchObject({ Type: 'container', Project: 'default' });
});

test('what users put into a configuration is not told, and what leads to the network is', async () => {
  const config = {
    ...{ 'environment.TOKEN': 'hunter2', 'user.user-data': 'hunter2', 'cloud-init.vendor-data': 'hunter2' },
    ...{ 'raw.lxc': 'hunter2', 'image.description': 'https://me:hunter2@host/', 'limits.cpu': '2' },
    ...{ 'volatile.eth0.hwaddr': '00:16:3e:11:22:33', 'volatile.idmap.next': '[]', 'volatile.uuid': 'u-1' },
  };
  const eth0 = { type: 'nic', network: 'lxdbr0', hwaddr: '00:16:3e:11:22:33', 'user.note': 'hunter2' };
  const share = { type: 'disk', source: '//me:hunter2@host/x', path: '/x', 'raw.mount.options': 'hunter2' };
  daemon.add('a', {
    expanded_config: config,
    config,
    expanded_devices: { eth0, share },
    description: 'ask me, password=hunter2',
  });
  daemon.add('vm', { type: 'virtual-machine', status: 'Running' });
  daemon.states.set('vm', { pid: 1 });
  await daemon.listen();
  const run = await start();
  await eventually(() => expect(shown(run)).toEqual({ a: 'stopped', vm: 'running' }));
  const node = (name: string) => containers(run).find(({ metadata }) => metadata.Name === name)?.metadata;
  expect(node('a')?.LXD).toMatchObject({
    Config: { 'limits.cpu': '2', 'volatile.eth0.hwaddr': '00:16:3e:11:22:33', 'volatile.uuid': 'u-1' },
    Devices: {
      eth0: { type: 'nic', network: 'lxdbr0', hwaddr: '00:16:3e:11:22:33' },
      share: { type: 'disk', path: '/x' },
    },
  });
  expect(node('vm')).toMatchObject({ Runtime: 'qemu', LXD: { Type: 'virtual-machine' } });
  expect(JSON.stringify([...run.graph.now().nodes()])).not.toContain('hunter2');
  expectVocabulary(lxd, run.graph);
});

test('a profile that changes has all instances read anew; one that is renamed keeps its id', async () => {
  daemon.add('a', { config: { 'volatile.uuid': 'u-1' } });
  await daemon.listen();
  const run = await start();
  await eventually(() => expect(shown(run)).toEqual({ a: 'stopped' }));
  const [id] = containers(run).map((node) => node.id);
  daemon.add('a', { config: { 'volatile.uuid': 'u-1' }, description: 'new' });
  daemon.say(JSON.stringify({ metadata: { action: 'profile-updated', source: '/1.0/profiles/default' } }));
  await eventually(() => expect(containers(run)[0]?.metadata.LXD).toMatchObject({ Description: 'new' }));
  daemon.instances.clear();
  daemon.add('b', { config: { 'volatile.uuid': 'u-1' } });
  daemon.event('renamed', 'b', { context: { old_name: 'a' } });
  await eventually(() => expect(shown(run)).toEqual({ b: 'stopped' }));
  expect(containers(run)[0]?.id).toBe(id);
});

test('no more instances are shown than may be', async () => {
  for (let i = 0; i < 30; i++) daemon.add(`c${i}`);
  await daemon.listen();
  const run = await start({ instancesMax: 10 });
  await eventually(() => expect(containers(run)).toHaveLength(10));
  expect(run.counters.instancesNotShown).toBe(20);
  daemon.add('late');
  daemon.event('created', 'late');
  await eventually(() => expect(run.counters.instancesNotShown).toBe(21));
  expect(containers(run)).toHaveLength(10);
});

test('a probe that is started again goes on with what is there, and what is gone for long is taken back', async () => {
  daemon.add('a');
  daemon.add('b');
  await daemon.listen();
  const first = await start();
  await eventually(() => expect(shown(first)).toEqual({ a: 'stopped', b: 'stopped' }));
  const ids = new Map(containers(first).map(({ id, metadata }) => [metadata.Name, id]));
  await first.stop();
  daemon.instances.delete('b');
  const second = await start({ goneAfterMs: 50 }, first);
  await eventually(() => expect(shown(second)).toEqual({ a: 'stopped' }));
  expect(containers(second)[0]?.id).toBe(ids.get('a'));
  daemon.refuse = (socket) => socket.destroy();
  daemon.cut();
  await eventually(() => expect(shown(second)).toEqual({}));
});
