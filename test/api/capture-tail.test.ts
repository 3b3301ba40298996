/** `GET /api/capture/tail`. */
import { request } from 'node:http';
import type { ApiTails } from '../../src/api/capture-tail.ts';
import { mistake } from '../../src/std/mistake.ts';
import { Unavailable } from '../../src/std/unavailable.ts';
import { eventually } from '../eventually.ts';
import { ask, type TestServer, testServer } from './server.ts';

function tailsOf(pieces: readonly string[], { isEndless = false, fault = undefined as Error | undefined } = {}) {
  const asked: object[] = [];
  let closed = 0;
  const tails: ApiTails = {
    async open(wanted) {
      if (fault) throw fault;
      asked.push(wanted);
      const end = Promise.withResolvers<void>();
      return {
        async *pieces() {
          for (const piece of pieces) yield Buffer.from(piece);
          if (isEndless) await end.promise;
        },
        async [Symbol.asyncDispose]() {
          closed++;
          end.resolve();
        },
      };
    },
  };
  return { tails, asked, closed: () => closed };
}

test('packets leave as pcapng, as they come', async () => {
  const { tails, asked, closed } = tailsOf(['one ', 'two']);
  await using server = await testServer({ tails });
  const path = `/api/capture/tail?gremlin=${encodeURIComponent("G.V().Has('Name','a')")}&bpf=tcp%20port%2080&snaplen=96`;
  const { status, headers, text } = await ask(server, path);
  expect([status, text]).toEqual([200, 'one two']);
  expect(headers).toMatchObject({ 'content-type': 'application/x-pcapng', 'cache-control': 'no-store' });
  expect(asked).toEqual([{ query: "G.V().Has('Name','a')", filter: 'tcp port 80', snapLength: 96, who: 'local' }]);
  await eventually(() => expect(closed()).toBeGreaterThan(0));
});

test('a node is named by its TID or its id, whatever is in it', async () => {
  const { tails, asked } = tailsOf([]);
  await using server = await testServer({ tails });
  await ask(server, `/api/capture/tail?node=${encodeURIComponent("a'b\\c")}`);
  expect(asked).toEqual([
    { query: "G.V().HasEither('TID', 'a\\'b\\\\c', '@ID', 'a\\'b\\\\c')", filter: '', snapLength: 0, who: 'local' },
  ]);
});

test('who goes ends it', async () => {
  const { tails, closed } = tailsOf(['one'], { isEndless: true });
  await using server = await testServer({ tails });
  const heard = await firstPiece(server);
  expect(heard).toBe('one');
  await eventually(() => expect(closed()).toBeGreaterThan(0));
});

test.each([
  ['', 400, 'say where'],
  ['?gremlin=G.V()&snaplen=many', 400, 'no number of bytes'],
])('%s is refused', async (words, status, reason) => {
  const { tails } = tailsOf([]);
  await using server = await testServer({ tails });
  expect(await ask(server, `/api/capture/tail${words}`)).toMatchObject({
    status,
    text: expect.stringContaining(reason),
  });
});

test.each([
  [mistake('capture.nowhere', 'finds no node'), 400, 'finds no node\n'],
  [mistake('query.busy', 'too many'), 429, 'too many\n'],
  [new Unavailable('a packet socket on a', 'CAP_NET_RAW'), 503, 'a packet socket on a: needs CAP_NET_RAW\n'],
])('%s is told', async (fault, status, text) => {
  await using server = await testServer(tailsOf([], { fault }));
  expect(await ask(server, '/api/capture/tail?gremlin=G.V()')).toMatchObject({ status, text });
});

test('without packets there is no tail, and other methods are none', async () => {
  await using server = await testServer();
  expect((await ask(server, '/api/capture/tail?gremlin=G.V()')).status).toBe(503);
  expect((await ask(server, '/api/capture/tail', { method: 'POST', body: {} })).status).toBe(405);
});

function firstPiece({ port }: TestServer): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, path: '/api/capture/tail?gremlin=G.V()', agent: false }, (response) => {
      response.once('data', (piece: Buffer) => {
        resolve(piece.toString());
        sent.destroy();
      });
      response.on('error', () => undefined);
    });
    sent.on('error', reject);
    sent.end();
  });
}
