import { parseSuites } from '../../src/checks/suite/parse.ts';
import { fakeServer, type Heard } from './fake-server.ts';
import { skein } from './terminal.ts';

test('what is connected now becomes a suite that is right, in an order that does not depend on the server', async () => {
  const texts: string[] = [];
  for (const turn of [0, 1]) {
    await using server = await fakeServer((heard) => ({ body: answerTo(heard, turn === 1) }));
    const { exitCode, out } = await skein(['check', 'generate', '--server', server.url]);
    expect(exitCode).toBe(0);
    texts.push(out);
  }
  expect(texts[1]).toBe(texts[0]);
  const [suite] = parseSuites([{ file: 'f', text: texts[0] ?? '' }]).suites;
  expect(suite?.checks.map(({ id }) => id)).toEqual([
    'reachability',
    '10.0.0.1-to-10.0.0.2-udp-53',
    'blue-to-10.0.0.2-tcp-80',
  ]);
  expect(suite?.checks[0]).toMatchObject({
    method: 'model',
    columns: [{ text: 'netns:blue' }, { text: 'netns:red' }],
    rows: [
      { from: { text: 'netns:blue' }, cells: ['.', '+'] },
      { from: { text: 'netns:red' }, cells: ['-', '.'] },
    ],
  });
  expect(suite?.checks[2]).toMatchObject({
    from: { text: 'netns:blue' },
    to: { text: '10.0.0.2' },
    proto: 'tcp',
    port: 80,
  });
});

test('--from leaves what begins elsewhere', async () => {
  await using server = await fakeServer((heard) => ({ body: answerTo(heard, false) }));
  const { out } = await skein(['check', '--generate', '--server', server.url]);
  expect(out).toContain('netns:red');
  const { out: blue } = await skein(['check', 'generate', '--from', 'netns:blue', '--server', server.url]);
  const [suite] = parseSuites([{ file: 'f', text: blue }]).suites;
  expect(suite?.checks.map(({ id }) => id)).toEqual(['reachability', 'blue-to-10.0.0.2-tcp-80']);
});

const blue = { ID: 'b', Metadata: { Name: 'blue', Type: 'netns' } };
const red = { ID: 'r', Metadata: { Name: 'red', Type: 'netns' } };
const web = { Protocol: 'TCP', State: 'ESTABLISHED', LocalPort: 40_000, RemoteAddress: '10.0.0.2', RemotePort: 80 };
const served = { ...web, LocalPort: 22, RemotePort: 51_000 };
const listens = { Protocol: 'TCP', State: 'LISTEN', LocalPort: 22 };
const itself = { ...web, RemoteAddress: '127.0.0.1' };
const dns = { Network: { A: '10.0.0.1', B: '10.0.0.2' }, Transport: { Protocol: 'UDP', A: 4000, B: 53 } };

function answerTo({ path, body }: Heard, isReversed: boolean): object {
  const some = <T>(...items: T[]) => (isReversed ? items.reverse() : items);
  const head = { schema: 'skein/v1', warnings: [], tookMs: 1 };
  if (path === '/api/path') {
    const { from, to } = body as { from: string; to: string };
    return { ...head, kind: 'path', there: { reaches: from === 'netns:red' && to === 'netns:blue' ? 'no' : 'yes' } };
  }
  const { query } = body as { query: string };
  if (query.includes('Sockets'))
    return { ...head, kind: 'sockets', sockets: { b: some(web, served, listens, itself, web) } };
  if (query.includes('Flows')) return { ...head, kind: 'flows', flows: some(dns, dns) };
  return { ...head, kind: 'nodes', nodes: some(blue, red) };
}
