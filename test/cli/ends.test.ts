/** Processes, sockets and translations on the command line, against a server that knows of some. */
import { SocketTable } from '../../src/ends/socket-table.ts';
import { client, listener, server as serverSocket } from '../ends/made.ts';
import { flowList } from '../query/flow-list.ts';
import { readFlows } from '../query/flow-text.ts';
import { smallNetwork } from './network.ts';
import { skein } from './terminal.ts';

const now = Date.now();
const [before, after] = ['1111111111111111', '2222222222222222'];
const metric = '"Metric":{"ABPackets":5,"ABBytes":490,"BAPackets":4,"BABytes":4000}';
const snat = { Type: 'SNAT', Node: 'ns', Zone: 0 };
const on = JSON.stringify({
  ...snat,
  A: '192.0.2.1',
  APort: 777,
  B: '10.0.0.2',
  BPort: 80,
  TrackingID: after,
  IsTranslated: false,
});
const back = JSON.stringify({
  ...snat,
  A: '10.0.0.1',
  APort: 40_000,
  B: '10.0.0.2',
  BPort: 80,
  TrackingID: before,
  IsTranslated: true,
});

const { flows } = readFlows(`
  10.0.0.1:40000 -TCP-> 10.0.0.2:80 @t0 {"TrackingID":"${before}","Start":${now - 9000},"Last":${now - 8000},${metric},"NAT":${on},"Process":{"A":"curl","B":"nginx"},"Pid":{"A":7},"Service":"nginx-main"}
  192.0.2.1:777 -TCP-> 10.0.0.2:80 @t1 {"TrackingID":"${after}","Start":${now - 9000},"Last":${now - 8000},${metric},"NAT":${back},"ContainerID":{"B":"${'c'.repeat(64)}"}}
  10.0.0.9:1 -TCP-> 10.0.0.2:81 @t1 {"TrackingID":"3333333333333333","Start":${now - 9000},"Last":${now - 8000},${metric}}`);

async function network() {
  const sockets = new SocketTable();
  sockets.tell([
    { ...client, node: 'h', openedAt: now - 5_000 },
    { ...serverSocket, node: 'ns', openedAt: now - 5_000 },
    { ...listener, node: 'ns', openedAt: now - 60_000 },
  ]);
  const server = await smallNetwork({ flows: { flows: flowList(flows), sockets, matchFilter: () => () => true } });
  server.say(
    { kind: 'set', id: 'e0', set: { TID: 't0' } },
    { kind: 'set', id: 'e1', set: { TID: 't1', IPV4: ['10.0.0.2/24'] } },
  );
  server.say({
    kind: 'node',
    id: 'c',
    metadata: { Name: 'web', Type: 'container', Container: { ID: 'c'.repeat(64) } },
  });
  const run = (...words: readonly string[]) => skein([...words, '--server', server.url], { now: Date.now() });
  return { run, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test.each([before, after])(
  'a conversation is followed through its translation, from either side of it: %s',
  async (id) => {
    await using net = await network();
    const { out } = await net.run('follow', id);
    expect(out).toMatch(
      /^10\.0\.0\.1:40000 → 10\.0\.0\.2:80 .* eth0 .*\ntranslated in .*\n192\.0\.2\.1:777 → 10\.0\.0\.2:80 .* blue\/eth0 /s,
    );
    expect(out).toContain('translated in netns blue (SNAT): 10.0.0.1:40000 → 192.0.2.1:777\n');
  },
);

test('as data it says its parts, and what is between them', async () => {
  await using net = await network();
  const said = JSON.parse((await net.run('follow', after, '-o', 'json')).out);
  expect(said).toMatchObject({ kind: 'trail', trackingId: after });
  expect(said.parts.map((part: { trackingId: string }) => part.trackingId)).toEqual([before, after]);
  expect(said.translations).toEqual([
    { type: 'SNAT', where: 'netns blue', changes: [{ end: 'A', from: '10.0.0.1:40000', to: '192.0.2.1:777' }] },
  ]);
  const alone = JSON.parse((await net.run('follow', '3333', '-o', 'json')).out);
  expect(alone.parts).toBeUndefined();
});

test('as a picture it is one way', async () => {
  await using net = await network();
  const { out } = await net.run('follow', before, '-o', 'mermaid');
  expect(out).toMatch(/a --- h1\n.*h1 -- "translated in netns blue .*" --- h2\n.*h2 --- b/s);
});

test('flows are filtered by process, container and service, and say them', async () => {
  await using net = await network();
  const ids = async (...words: string[]) =>
    (await net.run('flows', ...words, '-o', 'columns=UUID', '--no-headers')).out.trim().split('\n').join();
  expect(await ids('--process', 'curl')).toBe('f1');
  expect(await ids('--process', 'ngin*')).toBe('f1');
  for (const container of ['cccc', 'web']) expect(await ids('--container', container)).toBe('f2');
  expect(await ids('--service', 'nginx-main')).toBe('f1');
  expect((await net.run('flows', '--container', 'xyz')).err).toContain('is neither name nor id of a container');
  expect((await net.run('flows', '--process', 'curl')).out).toContain('10.0.0.1:40000 (curl) → 10.0.0.2:80 (nginx)  ');
  const { out } = await net.run('flows', '--process', 'curl', '-o', 'wide');
  expect(out).toMatch(/PROCESS A.*PROCESS B.*SERVICE.*NAT/);
  expect(out).toMatch(/curl\[7\].*nginx.*nginx-main.*SNAT 192\.0\.2\.1:777 → 10\.0\.0\.2:80/);
  expect((await net.run('flows', '--process', 'curl', '-o', 'dict')).out).toContain('PROCESS   A curl[7], B nginx\n');
});

test('sockets are listed, those that wait first', async () => {
  await using net = await network();
  const { out } = await net.run('get', 'sockets');
  const lines = out
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s{2,}/));
  expect(lines.map((cells) => cells[0])).toEqual(['NODE', 'blue', 'blue', 'h1']);
  expect(lines[1]).toEqual(['blue', 'test-host', 'TCP', 'LISTEN', '0.0.0.0:80', 'nginx-main', '8']);
  expect((await net.run('get', 'sockets', '--listening', '-o', 'json')).out).toContain('"sockets"');
});

test('sockets are those of a node, of a process, or of then', async () => {
  await using net = await network();
  const names = async (...words: string[]) =>
    (await net.run('get', 'sockets', ...words, '-o', 'columns=PROCESS', '--no-headers')).out.trim().split(/\s+/).join();
  expect(await names('--node', 'blue')).toBe('nginx-main,nginx');
  expect(await names('--process', 'curl')).toBe('curl');
  expect(await names('ng*', '--listening')).toBe('nginx-main');
  expect(await names('-l', 'State=ESTABLISHED')).toBe('nginx,curl');
  expect(await net.run('get', 'nodes', '--listening')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('about sockets'),
  });
});

test('a namespace is described with who waits in it', async () => {
  await using net = await network();
  expect((await net.run('describe', 'blue')).out).toMatch(/listeners\n.*LOCAL.*PROCESS.*\n.*0\.0\.0\.0:80.*nginx-main/);
  expect((await net.run('describe', 'br0')).out).not.toContain('listeners');
});
