import { readChanges } from '../../src/graph/text.ts';
import { skein } from '../cli/terminal.ts';
import { cable, host } from '../query/forwarding/walked.ts';
import { testServer } from './server.ts';

const graph = `
  ${host('a', '10.0.0.1')}
  ${host('b', '10.0.0.2', { MTU: 1400 })}
  ${cable('a', 'veth:b/eth0')}`;

async function asked(url: string, body: unknown): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`${url}/api/path`, { method: 'POST', body: JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, text };
}

test('a path is asked for by body, by address, and by queries that give one node', async () => {
  await using server = await testServer();
  server.say(...readChanges(graph));
  const first = await asked(server.url, { from: 'a', to: 'b', both: true });
  expect(first.status).toBe(200);
  expect(JSON.parse(first.text)).toMatchObject({
    schema: 'skein/v1',
    kind: 'path',
    time: null,
    packet: { source: '10.0.0.1', destination: '10.0.0.2', protocol: 1 },
    there: { reaches: 'yes', mtu: 1400, assumed: [] },
    back: { reaches: 'yes' },
  });
  const got = await fetch(`${server.url}/api/path?from=a&to=10.0.0.2&protocol=tcp&port=80`);
  expect(await got.json()).toMatchObject({ packet: { protocol: 6, destinationPort: 80 }, there: { reaches: 'yes' } });
  const queried = await asked(server.url, { from: "G.V().Has('Name','a')", to: 'b' });
  expect(JSON.parse(queried.text)).toMatchObject({ there: { reaches: 'yes' } });
});

test.each<[object, number, RegExp]>([
  [{ from: 'a' }, 400, /to/],
  [{ from: 'a', to: 'nobody' }, 400, /nothing is called "nobody"/],
  [{ from: 'eth0', to: 'b' }, 400, /2 nodes are meant/],
  [{ from: 'a', to: 'b', at: 'whenever' }, 400, /"whenever" is no time/],
  [{ from: 'a', to: 'b', at: '2001-01-01T00:00:00Z' }, 400, /what is kept/],
  [{ from: "G.V().Has('Type','veth')", to: 'b' }, 400, /the query gives 2 nodes/],
  [{ from: 'G.V(', to: 'b' }, 400, /./],
  [{ from: 'a', to: 'b', port: 99_999 }, 400, /port/],
  [{ from: 'a', to: 'b', nonsense: 1 }, 400, /nonsense/],
  [{ from: 'a', to: 'b', fromAddress: 'here' }, 400, /"here" is no address/],
])('%j is refused with %d', async (body, status, text) => {
  await using server = await testServer();
  server.say(...readChanges(graph));
  const answer = await asked(server.url, body);
  expect(answer.status).toBe(status);
  expect(answer.text.replaceAll('\\"', '"')).toMatch(text);
});

test('as a table on 100 columns, as a picture, and as an exit code', async () => {
  await using server = await testServer();
  server.say(...readChanges(graph));
  const words = ['path', 'a', 'b', '--server', server.url];
  const table = await skein(words);
  expect(table.out).toBe(`a → b  10.0.0.1 → 10.0.0.2 icmp
HOP  NODE  TYPE   WHERE       MTU  HOW
  1  a     netns  test-host        from 10.0.0.1 to 10.0.0.2
  2  a     netns  test-host        10.0.0.0/24 dev eth0 (table 254)
  3  eth0  veth   a          1500  to 10.0.0.2
  4  eth0  veth   b          1400  other end of eth0
  5  b     netns  test-host        has 10.0.0.2
hop 4: eth0: MTU 1400, but packets of up to 1500 come; larger ones are lost without a word
reaches, packets of up to 1400 bytes
`);
  expect(table.out.split('\n').every((line) => line.length <= 100)).toBe(true);
  const picture = await skein([...words, '-o', 'mermaid']);
  expect(picture.out).toMatch(/^flowchart TD\n {2}%% /);
  expect(picture.out.match(/-->/g)).toHaveLength(4);
  expect((await skein([...words, '--exit-code'])).exitCode).toBe(0);
  const lost = await skein(['path', 'a', '8.8.8.8', '--exit-code', '--server', server.url]);
  expect(lost).toMatchObject({ exitCode: 1 });
  expect(lost.out).toMatch(/stops at hop 2, a: a has no route to 8\.8\.8\.8\n$/);
  expect((await skein(['path', 'a', 'b', '--tcp', '80', '--udp', '53', '--server', server.url])).exitCode).toBe(2);
  expect((await skein(['path', 'a', 'nobody', '--server', server.url])).exitCode).toBe(2);
});
