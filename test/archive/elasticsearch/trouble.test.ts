import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ArchiveBatch } from '../../../src/archive/archive.ts';
import { Elastic } from '../../../src/archive/elasticsearch/client.ts';
import { openElasticsearchArchive } from '../../../src/archive/elasticsearch/index.ts';
import { Graph } from '../../../src/graph/graph.ts';
import { Unavailable } from '../../../src/std/unavailable.ts';
import { anyPrefix, openOn, wipe } from './opened.ts';
import { esServer, stopServers } from './servers.ts';

afterAll(stopServers);

const T = 1_700_000_000_000;

/** A server that answers as it is told, and otherwise like one that has nothing. */
class Hostile implements AsyncDisposable {
  readonly asked: string[] = [];
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => boolean = () => false;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        this.asked.push(`${request.method} ${request.url?.split('?')[0]}`);
        if (this.answer(request, response, body)) return;
        if (request.url === '/') return say(response, 200, { version: { number: '8.19.0' } });
        if (request.url?.startsWith('/_cat')) return say(response, 200, []);
        if (request.url?.startsWith('/_bulk'))
          return say(response, 200, { errors: false, items: itemsOf(body).map((op) => ({ [op]: { status: 201 } })) });
        if (request.url?.includes('_mget')) return say(response, 200, { docs: [] });
        if (request.method === 'GET' && request.url?.includes('/_doc/')) return say(response, 404, { found: false });
        return say(response, 200, {});
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function say(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The operations of a bulk body. */
function itemsOf(body: string): string[] {
  const lines = body.trim().split('\n');
  const ops: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [op = ''] = Object.keys(JSON.parse(lines[at] as string));
    ops.push(op);
    if (op !== 'delete') at++;
  }
  return ops;
}

function batchOf(n: number, ...ids: string[]): ArchiveBatch {
  const graph = new Graph();
  const { events } = graph.apply(
    ids.map((id) => ({ kind: 'node' as const, id, metadata: { Name: id } })),
    { host: 'h', origin: 'o', time: T + n },
  );
  return { id: `boot-${n}`, time: T + n, events, samples: [] };
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => {
      throw new Error('that went well');
    },
    (error: Error) => error,
  );
}

test('a server that is away does not keep the archive from opening; it begins when the server is there', async () => {
  await using server = new Hostile();
  const url = await server.listen();
  server.answer = (request) => {
    request.socket.destroy();
    return true;
  };
  await using archive = await openElasticsearchArchive({ urls: [url] });
  expect(await archive.health()).toMatchObject({ state: 'degraded', versions: 0 });
  expect(await failure(archive.viewAt(T))).toBeInstanceOf(Unavailable);
  expect(await failure(archive.append(batchOf(1, 'a')))).toBeInstanceOf(Unavailable);
  server.answer = () => false;
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await archive.append(batchOf(1, 'a'));
  expect(server.asked).toContain('PUT /_index_template/skein-open-1');
});

test.each([
  [
    401,
    { error: { type: 'security_exception', reason: 'unable to authenticate user' } },
    /name and password, or an API key/,
  ],
  [
    403,
    { error: { type: 'security_exception', reason: 'action [indices:admin] is unauthorized for user [joe]' } },
    /the right to do this \(indices:admin\)/,
  ],
  [503, { error: { type: 'cluster_block_exception', reason: 'no master' } }, /lets nothing be written|ready/],
  [500, 'this is no JSON', /does what it is asked|JSON/],
])('answer %i is said in words, and tells no secret', async (status, body, words) => {
  await using server = new Hostile();
  const url = await server.listen();
  server.answer = (_, response) => {
    say(response, status, body);
    return true;
  };
  await using archive = await openElasticsearchArchive({
    urls: [url.replace('http://', 'http://joe:s3cret@')],
    apiKey: 'k3y',
  });
  const error = await failure(archive.open());
  expect(error).toBeInstanceOf(Unavailable);
  expect(error.message).toMatch(words);
  expect(JSON.stringify([error.message, error.stack, error.cause, await archive.health()])).not.toMatch(
    /s3cret|k3y|joe/,
  );
});

test('an answer that is no JSON, and one that breaks off, are a server that is not there', async () => {
  await using server = new Hostile();
  const url = await server.listen();
  await using archive = await openElasticsearchArchive({ urls: [url] });
  await archive.append(batchOf(1, 'a'));
  server.answer = (request, response) => {
    if (!request.url?.includes('_bulk')) return false;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
    response.write('{"errors":false,"items":[{"ind');
    response.socket?.destroy();
    return true;
  };
  expect(await failure(archive.append(batchOf(2, 'b')))).toBeInstanceOf(Unavailable);
  server.answer = (request, response) => {
    if (!request.url?.includes('_bulk')) return false;
    say(response, 200, '<html>welcome</html>');
    return true;
  };
  expect(await failure(archive.append(batchOf(2, 'b')))).toBeInstanceOf(Unavailable);
});

test('a server that stalls is given up after the time that was set', async () => {
  await using server = new Hostile();
  const url = await server.listen();
  await using archive = await openElasticsearchArchive({ urls: [url], timeoutMs: 200 });
  await archive.append(batchOf(1, 'a'));
  server.answer = (request) => request.url?.includes('_bulk') === true;
  expect((await failure(archive.append(batchOf(2, 'b')))).message).toMatch(/answers in time/);
});

test('what a full server sends back is tried again, alone, until it is taken', async () => {
  await using server = new Hostile();
  const url = await server.listen();
  await using archive = await openElasticsearchArchive({ urls: [url] });
  const sizes: number[] = [];
  server.answer = (request, response, body) => {
    if (!request.url?.includes('_bulk')) return false;
    const ops = itemsOf(body);
    sizes.push(ops.length);
    const isFull = sizes.length < 3;
    const full = { status: 429, error: { type: 'es_rejected_execution_exception', reason: 'queue is full' } };
    const items = ops.map((op, at) => ({ [op]: isFull && at === 1 ? full : { status: 201 } }));
    say(response, 200, { errors: isFull, items });
    return true;
  };
  await archive.append(batchOf(1, 'a', 'b', 'c'));
  // Three versions and a word of the writer; then what found no room, whose second is none.
  expect(sizes).toEqual([4, 1]);
});

test('a disk that is full is said, and all goes on when there is room', async () => {
  const { url } = await esServer('es8');
  await using archive = await openOn(url);
  await archive.append(batchOf(1, 'a'));
  const elastic = new Elastic({ urls: [url] });
  const block = (value: boolean | null) =>
    elastic.request({
      method: 'PUT',
      path: `/${archive.prefix}open-1/_settings`,
      body: { 'index.blocks.read_only_allow_delete': value },
    });
  await block(true);
  const error = await failure(archive.append(batchOf(2, 'b')));
  expect(error).toBeInstanceOf(Unavailable);
  expect(error.message).toMatch(/room on the server's disk/);
  expect(await archive.health()).toMatchObject({ state: 'degraded' });
  await block(null);
  await elastic.close();
  await archive.append(batchOf(2, 'b'));
  expect((await archive.open()).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(await archive.health()).toMatchObject({ state: 'ok' });
});

test('a document that the server refuses is kept aside with the reason, and the rest goes on', async () => {
  const { url } = await esServer('es8');
  await using archive = await openOn(url);
  const batch = batchOf(1, 'a', 'bad', 'c');
  const events = batch.events.map((event) =>
    event.element.id === 'bad'
      ? { ...event, element: { ...event.element, recordedAt: 'never' as unknown as number } }
      : event,
  );
  await archive.append({ ...batch, events });
  expect((await archive.open()).map(({ id }) => id)).toEqual(['a', 'c']);
  const { state, notes } = await archive.health();
  expect([state, notes.join()]).toEqual(['degraded', expect.stringContaining('1 documents were refused')]);
  const elastic = new Elastic({ urls: [url] });
  await elastic.request({ method: 'POST', path: `/${archive.prefix}rejected-1/_refresh` });
  const found = await elastic.request<{ hits: { hits: { _source: object }[] } }>({
    method: 'GET',
    path: `/${archive.prefix}rejected-1/_search`,
  });
  await elastic.close();
  expect(found.hits.hits.map(({ _source }) => _source)).toEqual([
    expect.objectContaining({ index: `${archive.prefix}open-1`, document: expect.stringContaining('"bad"') }),
  ]);
});

test("an index of somebody else's with our name is said, and nothing is touched", async () => {
  const { url } = await esServer('es8');
  const prefix = anyPrefix();
  const elastic = new Elastic({ urls: [url] });
  await elastic.request({
    method: 'PUT',
    path: `/${prefix}open-1`,
    body: { mappings: { properties: { x: { type: 'long' } } } },
  });
  const archive = await openElasticsearchArchive({ urls: [url], prefix });
  const error = await failure(archive.append(batchOf(1, 'a')));
  expect(error).toBeInstanceOf(Unavailable);
  expect(error.message).toContain(`index ${prefix}open-1 begins with ${prefix} and is not Skein's`);
  const templates = await elastic.request({ method: 'GET', path: `/_index_template/${prefix}*`, fine: [404] });
  expect(templates ?? { index_templates: [] }).toEqual({ index_templates: [] });
  await archive[Symbol.asyncDispose]();
  await elastic.close();
  await wipe(url, prefix);
});

test('a server that is too old, or something else, is said', async () => {
  await using server = new Hostile();
  const url = await server.listen();
  server.answer = (request, response) => {
    if (request.url !== '/') return false;
    say(response, 200, { version: { number: '6.8.23' } });
    return true;
  };
  await using old = await openElasticsearchArchive({ urls: [url] });
  expect((await failure(old.open())).message).toMatch(/7\.17 or newer.*Elasticsearch 6\.8\.23/);
});

test('what has been appended shows, and a part that is wanted is as the whole shows it', async () => {
  const { url } = await esServer('es8');
  await using archive = await openOn(url);
  const graph = new Graph();
  const say = async (n: number, ...names: [string, string][]) => {
    const changes = names.map(([id, Type]) => ({ kind: 'node' as const, id, metadata: { Type } }));
    const { events, time } = graph.apply(changes, { host: 'h', origin: 'o', time: T + n });
    await archive.append({ id: `boot-${n}`, time, events, samples: [] });
  };
  await say(1, ['a', 'veth'], ['b', 'bridge']);
  await say(2, ['c', 'veth']);
  await say(3, ['d', 'veth'], ['a', 'gone']);
  const wanted = {
    of: 'nodes' as const,
    equals: [{ path: 'Type', values: ['veth'] }],
    passes: ({ metadata }: { metadata: { Type?: unknown } }) => metadata.Type === 'veth',
  };
  const ids = async (at: number, limit?: number) =>
    [...(await archive.viewAt(T + at, { wanted: { ...wanted, ...(limit !== undefined && { limit }) } })).nodes()].map(
      ({ id }) => id,
    );
  expect(await ids(1)).toEqual(['a']);
  expect(await ids(2)).toEqual(['a', 'c']);
  expect(await ids(3)).toEqual(['c', 'd']);
  expect(await ids(2, 1)).toEqual(['a']);
});

/** Before a real server: of one request it passes on what is about open versions, and breaks off, as one that is killed does. */
async function breakingOff(url: string) {
  const way = { isNext: false, url: '', [Symbol.asyncDispose]: async () => void server.close() };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const isCut = way.isNext && request.url?.startsWith('/_bulk') === true;
    if (isCut) {
      way.isNext = false;
      body = linesOf(body)
        .filter((lines) => /"_index":"[^"]*-?open-1"/.test(lines))
        .join('');
    }
    if (body !== '' || !isCut) {
      const headers = { 'content-type': String(request.headers['content-type'] ?? 'application/json') };
      const init = { method: request.method ?? 'GET', headers, ...(body !== '' && { body }) };
      const answer = await fetch(url + request.url, init);
      if (!isCut) {
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(await answer.text());
      }
    }
    if (isCut) request.socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  way.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return way;
}

/** Each operation of a bulk body with its document. */
function linesOf(body: string): string[] {
  const all: string[] = [];
  const lines = body.trim().split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    all.push(line.startsWith('{"delete"') ? `${line}\n` : `${line}\n${lines[++at]}\n`);
  }
  return all;
}

test.each([
  ['one change', [1]],
  ['several changes', [1, 2, 3]],
  ['a change and the end of the life', [1, 'end']],
])(
  'a batch of %s of which a killed server wrote a part is there as a whole when it comes again',
  async (_, changes) => {
    const { url } = await esServer('es8');
    await using way = await breakingOff(url);
    await using archive = await openOn(way.url);
    const graph = new Graph();
    const at = (i: number) => ({ host: 'h', origin: 'o', time: T + i * 1_000 });
    const named = (name: string) => ({ kind: 'node' as const, id: 'a', metadata: { Name: name } });
    await archive.append({ id: 'boot-1', time: T, events: graph.apply([named('0')], at(0)).events, samples: [] });
    const events = changes.flatMap((one, i) => {
      const change = one === 'end' ? { kind: 'gone' as const, id: 'a' } : named(String(one));
      return graph.apply([change], at(i + 1)).events;
    });
    const batch = { id: 'boot-2', time: T + 9_000, events, samples: [] };
    way.isNext = true;
    expect(await failure(archive.append(batch))).toBeInstanceOf(Unavailable);
    expect(way.isNext).toBe(false);
    await archive.append(batch);
    const names = ['0', ...changes.filter((one) => one !== 'end').map(String)];
    expect((await archive.versions(['a'])).map(({ metadata, updatedAt }) => [metadata.Name, updatedAt])).toEqual(
      names.map((name, i) => [name, T + i * 1_000]),
    );
  },
);
