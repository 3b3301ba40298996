/** Engines that do not do what they should, over a real socket: the probe goes on, and says what it can. */
import type { ServerResponse } from 'node:http';
import { fakeDoor } from '../../../src/native/fake.ts';
import { docker } from '../../../src/probes/docker/index.ts';
import { eventually } from '../../eventually.ts';
import { expectVocabulary, type Running, runProbe } from '../context.ts';
import { json, SpokenEngine } from '../engine/speaking.ts';

const A = 'a1'.repeat(32);
const B = 'b2'.repeat(32);

let engine: SpokenEngine;
let running: Running | undefined;

beforeEach(() => {
  engine = new SpokenEngine();
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await engine[Symbol.asyncDispose]();
});

async function start(options: object = {}): Promise<Running> {
  if (!('url' in options)) await engine.listen();
  running = runProbe(docker, { options: { url: engine.url, answerMs: 300, ...options }, door: fakeDoor() });
  await running.ready;
  return running;
}

function shown({ graph }: Running): Record<string, unknown> {
  const containers = [...graph.now().nodes()].filter(({ metadata }) => metadata.Type === 'container');
  return Object.fromEntries(
    containers.map(({ metadata }) => [metadata.Name, (metadata.Container as Record<string, unknown>).Status]),
  );
}

const lastNotice = () => running?.notices.at(-1);

test('an engine that is not there yet is found when it comes, and quietly waited for', async () => {
  running = runProbe(docker, { options: { url: engine.url }, door: fakeDoor() });
  await running.ready;
  expect(lastNotice()).toMatch(/^no Docker: nothing at unix:/);
  engine.add(A);
  await engine.listen();
  await eventually(() => expect(shown(running as Running)).toEqual({ a1a1a1a1: 'running' }));
  expect(lastNotice()).toBeUndefined();
});

test('an engine over TCP will do', async () => {
  engine.add(A);
  const port = await engine.listenOnTcp();
  await start({ url: `tcp://127.0.0.1:${port}` });
  await eventually(() => expect(shown(running as Running)).toEqual({ a1a1a1a1: 'running' }));
});

test.each([
  [{ ApiVersion: '1.24' }, '/v1.24/'],
  [{ ApiVersion: '1.41', MinAPIVersion: '1.12' }, '/v1.41/'],
  [{ ApiVersion: '1.99', MinAPIVersion: '1.44' }, '/v1.51/'],
  [{ ApiVersion: '1.99', MinAPIVersion: '1.60' }, '/v1.60/'],
  [{ ApiVersion: '../../etc' }, '/'],
  [{}, '/'],
])('an engine that says %j is asked at %s', async (version, prefix) => {
  engine.version = version;
  engine.add(A);
  const run = await start();
  await eventually(() => expect(shown(run)).toEqual({ a1a1a1a1: 'running' }));
  expect(engine.asked).toContain(`${prefix}containers/json?all=1`);
});

test('events of containers that nobody knows, of other things, garbage and endless lines change nothing', async () => {
  engine.add(A);
  const run = await start();
  await eventually(() => expect(shown(run)).toEqual({ a1a1a1a1: 'running' }));
  engine.event('start', B);
  engine.event('destroy', B);
  engine.event('exec_start: sh -c secret', A);
  engine.event('start', '../../images/json');
  engine.say('garbage\n{"Type":\n[]\nnull\n7\n{"Type":"container","Action":7,"Actor":"x"}\n');
  engine.say('\u0000\uffff\n\n\n');
  for (let i = 0; i < 40; i++) engine.say('x'.repeat(64 << 10));
  engine.say('\n');
  engine.containers.set(A, { Id: A, Name: '/other', State: { Status: 'paused' } });
  const event = JSON.stringify({ Type: 'container', Action: 'pause', Actor: { ID: A } });
  for (const character of `${event}\n`) engine.say(character);
  await eventually(() => expect(shown(run)).toEqual({ other: 'paused' }));
  expect(run.counters.eventsTooLong).toBe(1);
});

test('one answer that is too long, or none, or of another, leaves the others as they are', async () => {
  engine.add(A);
  const answers: Record<string, (response: ServerResponse) => void> = {
    long: (response) => json(response, { Id: 'long', Name: 'x'.repeat(10 << 20) }),
    garbage: (response) => json(response, '{"Id": "garb'),
    broken: (response) => json(response, { message: 'no' }, 500),
    another: (response) => json(response, { Id: B, Name: '/b' }),
    list: (response) => json(response, []),
  };
  for (const [id, answer] of Object.entries(answers)) {
    engine.add(id);
    engine.answers.set(`/containers/${id}/json`, answer);
  }
  const run = await start({ answerMs: 5_000 });
  await eventually(() => {
    expect(run.counters.badAnswers).toBe(5);
    expect(shown(run)).toEqual({ a1a1a1a1: 'running' });
  });
});

test.each<[string, (response: ServerResponse) => void]>([
  [
    'answers that are cut',
    (response) => void response.writeHead(200, { 'Content-Length': '100' }).write('[', () => response.destroy()),
  ],
  [
    'chunks that are none',
    (response) => void response.socket?.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'),
  ],
  ['a head without end', (response) => void response.socket?.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(1 << 20)}`)],
  ['no HTTP at all', (response) => void response.socket?.end('\u0000\u0001SSH-2.0-x\r\n')],
  ['nothing', () => undefined],
  ['a body that stalls', (response) => void response.writeHead(200).write('[')],
  ['errors', (response) => json(response, { message: 'no' }, 500)],
  ['something else', (response) => json(response, { message: 'hello' })],
])(
  'an engine that lists %s is asked again, and what it said before stays',
  async (_what, badly) => {
    engine.add(A);
    const run = await start();
    await eventually(() => expect(shown(run)).toEqual({ a1a1a1a1: 'running' }));
    engine.answers.set('/containers/json', badly);
    engine.cut();
    await eventually(() => expect(lastNotice()).toMatch(/^Docker at .* does not answer: /));
    await eventually(() => expect(run.counters.connectionsLost).toBeGreaterThanOrEqual(2));
    expect(shown(run)).toEqual({ a1a1a1a1: 'running' });
    engine.answers.clear();
    engine.add(B);
    await eventually(() => expect(shown(run)).toEqual({ a1a1a1a1: 'running', b2b2b2b2: 'running' }));
    expect(lastNotice()).toBeUndefined();
  },
  15_000,
);

test('what happens before and while all is listed is not lost', async () => {
  engine.add(A);
  engine.answers.set('/containers/json', (response: ServerResponse) => {
    engine.event('destroy', A);
    engine.containers.delete(A);
    engine.add(B);
    engine.event('create', B);
    // The list is older than what happened.
    setTimeout(() => json(response, [{ Id: A }]), 50);
  });
  const run = await start();
  await eventually(() => expect(shown(run)).toEqual({ b2b2b2b2: 'running' }));
});

test('after a cut it goes on from the last event, by whatever clock the engine has', async () => {
  engine.add(A);
  const run = await start();
  await eventually(() => expect(engine.isHeard).toBe(true));
  engine.event('start', A, { timeNano: 1.700000000123456e18 });
  await eventually(() => expect(run.counters.events).toBe(1));
  engine.cut();
  await eventually(() => expect(engine.asked).toContain('/v1.41/events?since=1700000000.123456000'));
  await eventually(() => expect(engine.isHeard).toBe(true));
  engine.event('start', A, { timeNano: -5, time: 12 });
  engine.containers.delete(A);
  engine.event('destroy', A, { time: 'never' });
  await eventually(() => expect(shown(run)).toEqual({}));
});

test('two containers of one name are two', async () => {
  engine.add(A, { Name: '/same' });
  engine.add(B, { Name: '/same' });
  const run = await start();
  await eventually(() => {
    const same = [...run.graph.now().nodes()].filter(({ metadata }) => metadata.Name === 'same');
    expect(same).toHaveLength(2);
  });
});

test('no more than so many containers are shown, and how many are not is counted', async () => {
  for (let i = 0; i < 50; i++) engine.add(i.toString(16).padStart(64, 'c'));
  const run = await start({ containersMax: 20 });
  await eventually(() => expect([...run.graph.now().nodes()]).toHaveLength(21));
  expect(run.counters.containersNotShown).toBe(30);
});

test('an engine that stays away takes its containers with it, after a while', async () => {
  engine.add(A);
  const run = await start({ goneAfterMs: 200 });
  await eventually(() => expect(shown(run)).toEqual({ a1a1a1a1: 'running' }));
  engine.answers.set('/version', (response: ServerResponse) => response.destroy());
  engine.cut();
  await eventually(() => expect(shown(run)).toEqual({}));
});

test('neither environment nor command nor what looks like a secret is ever shown', async () => {
  engine.add(A, {
    Path: '/bin/hunter2',
    Args: ['--password=hunter2'],
    Config: {
      Env: ['PASSWORD=hunter2'],
      Cmd: ['hunter2'],
      Labels: {
        'com.docker.compose.project': 'shop',
        'com.docker.compose.project.environment_file': '/srv/.env',
        'db.password': 'hunter2',
        api_key: 'hunter2',
        'traefik.http.middlewares.a.basicauth.users': 'u:$apr1$hunter2$x',
        dsn: 'postgres://u:hunter2@db/x',
        jwt: 'eyJhbGciOi.eyJodW50ZXIy.x',
        long: 'hunter2'.repeat(1000),
      },
    },
    State: { Status: 'running', Health: { Status: 'healthy', Log: [{ Output: 'hunter2' }] } },
    Mounts: [{ Type: 'bind', Source: '/home/hunter2', Destination: '/run/secrets/db', RW: false }],
  });
  const run = await start();
  await eventually(() => expect(shown(run)).toEqual({ a1a1a1a1: 'running' }));
  const nodes = [...run.graph.now().nodes()];
  expect(JSON.stringify(nodes)).not.toContain('hunter2');
  expect(nodes.at(-1)?.metadata.Container).toMatchObject({
    Health: 'healthy',
    Labels: {
      'com.docker.compose.project': 'shop',
      'com.docker.compose.project.environment_file': '/srv/.env',
    },
    Mounts: [{ Type: 'bind', Destination: '/run/secrets/db', ReadOnly: true }],
  });
  expect(run.counters.labelsLeftOut).toBe(6);
  expectVocabulary(docker, run.graph);
});
