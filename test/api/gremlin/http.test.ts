import { sourceOf } from '../../query/gremlin/asked.ts';
import { modern } from '../../query/gremlin/toys.ts';
import { serve } from './served.ts';

async function ask(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; type: string | null; body: unknown }> {
  const reply = await fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers,
  });
  const type = reply.headers.get('content-type');
  const text = await reply.text();
  return { status: reply.status, type, body: type?.includes('json') ? JSON.parse(text) : text };
}

const aliases = { g: 'gmodern' };

test('POST is answered in typed GraphSON 3, untyped where it is asked for, as text, and in GraphBinary', async () => {
  await using server = await serve();
  const gremlin = "g.V(1).values('age')";
  expect(await ask(server.httpUrl, { gremlin, aliases })).toMatchObject({
    status: 200,
    body: {
      status: { code: 200 },
      result: { data: { '@type': 'g:List', '@value': [{ '@type': 'g:Int32', '@value': 29 }] } },
    },
  });
  const untyped = await ask(
    server.httpUrl,
    { gremlin, aliases },
    { accept: 'application/vnd.gremlin-v3.0+json;types=false' },
  );
  expect(untyped.body).toMatchObject({ result: { data: [29] } });
  expect(await ask(server.httpUrl, { gremlin: 'g.V(1)', aliases }, { accept: 'text/plain' })).toMatchObject({
    type: 'text/plain; charset=utf-8',
    body: expect.stringMatching(/^(==>)?v\[1\]\n?$/),
  });
  const binary = await ask(server.httpUrl, { gremlin, aliases }, { accept: 'application/vnd.graphbinary-v1.0' });
  expect(binary).toMatchObject({ status: 200, type: 'application/vnd.graphbinary-v1.0' });
});

test('all of a long answer comes in one body', async () => {
  await using server = await serve();
  const { body } = await ask(server.httpUrl, { gremlin: 'g.V().limit(500)', aliases: { g: 'ggrateful' } });
  expect((body as { result: { data: { '@value': unknown[] } } }).result.data['@value']).toHaveLength(500);
});

test('GET takes the query, its bindings and aliases from the address', async () => {
  await using server = await serve();
  const query = new URLSearchParams({
    gremlin: "g.V().has('name', x).count()",
    'bindings.x': 'marko',
    'aliases.g': 'gmodern',
  });
  const reply = await fetch(`${server.httpUrl}?${query}`);
  expect(await reply.json()).toMatchObject({ result: { data: { '@value': [{ '@value': 1 }] } } });
});

test.each([
  ['a body that is no JSON', '{', 400],
  ['a body that is no object', '[]', 400],
  ['a body without a query', {}, 400],
  ['a query that is no text', { gremlin: 1 }, 400],
  ['bindings that are none', { gremlin: 'g.V()', bindings: [1] }, 400],
  ['a source that is not there', { gremlin: 'g.V()', aliases: { g: 'gnone' } }, 400],
  ['a query that cannot be parsed', { gremlin: 'g.V(' }, 500],
  ['a step that nobody knows', { gremlin: 'g.V().oot()' }, 500],
])('%s is refused with a message', async (_name, body, status) => {
  await using server = await serve();
  const reply = await ask(server.httpUrl, body);
  expect(reply.status).toBe(status);
  expect(reply.body).toMatchObject({ message: expect.stringMatching(/\w+ /) });
});

test('a body that is too large, an encoding nobody asked for, another method', async () => {
  await using server = await serve({ limits: { messageBytesMax: 1000 } });
  expect((await ask(server.httpUrl, { gremlin: `g.inject('${'x'.repeat(2000)}')` })).status).toBe(413);
  expect((await ask(server.httpUrl, '{}', { 'content-encoding': 'gzip' })).status).toBe(415);
  const reply = await fetch(server.httpUrl, { method: 'PUT' });
  expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'GET, POST']);
});

test('pages of other sites are turned away', async () => {
  await using server = await serve();
  const reply = await fetch(`${server.httpUrl}?gremlin=g.V()`, { headers: { origin: 'http://evil.example' } });
  expect(reply.status).toBe(403);
});

test('what was answered can be read at /metrics', async () => {
  await using server = await serve();
  await ask(server.httpUrl, { gremlin: 'g.inject(1)' });
  const text = await (await fetch(server.httpUrl.replace('/gremlin', '/metrics'))).text();
  expect(text).toContain('skein_gremlin_answers_total{code="200"} 1');
  expect(text).toMatch(/skein_gremlin_seconds_count 1/);
});

test('numbers of bindings keep all of their digits', async () => {
  await using server = await serve();
  const body = '{"gremlin": "g.inject(x)", "bindings": {"x": 9007199254740993}}';
  const reply = await fetch(server.httpUrl, { method: 'POST', body });
  expect(await reply.text()).toContain('{"@type":"g:Int64","@value":9007199254740993}');
});

test('the time and an id of its own are made anew for each request', async () => {
  await using server = await serve();
  const ids = await Promise.all([1, 2].map(() => ask(server.httpUrl, { gremlin: 'g.inject(UUID())' })));
  expect(JSON.stringify(ids[0]?.body)).not.toBe(JSON.stringify(ids[1]?.body));
  expect(await ask(server.httpUrl, { gremlin: 'g.inject(datetime())' })).toMatchObject({ status: 200 });
});

test('a plain GET touches no files, and is told why', async () => {
  const touched: string[] = [];
  const files = {
    read: async (name: string) => void touched.push(`read ${name}`),
    write: async (name: string) => void touched.push(`write ${name}`),
  };
  await using server = await serve({ graphs: { g: { ...sourceOf(modern()), files } } });
  for (const gremlin of ["g.io('a.json').write()", "g.io('a.json').read()"]) {
    const reply = await fetch(`${server.httpUrl}?${new URLSearchParams({ gremlin })}`);
    expect([reply.status, await reply.text()]).toEqual([500, expect.stringContaining('a GET request changes nothing')]);
  }
  expect(touched).toEqual([]);
  expect(await ask(server.httpUrl, { gremlin: "g.io('a.json').write()" })).toMatchObject({ status: 200 });
  expect(touched).toEqual(['write a.json']);
});

test('what went wrong is told without an empty line at its end', async () => {
  await using server = await serve();
  const { body } = await ask(server.httpUrl, { gremlin: "g.V().hasLable('x')" });
  expect(body).toMatchObject({ message: expect.stringMatching(/did you mean hasLabel\?$/) });
});
