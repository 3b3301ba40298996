/** Sockets in real servers. */
import { randomUUID } from 'node:crypto';
import { Ground } from '../../../src/archive/elasticsearch/ground.ts';
import { ElasticSockets } from '../../../src/archive/elasticsearch/sockets/archive.ts';
import { client, listener } from '../../ends/made.ts';
import { socketArchiveContract } from '../sockets/contract.ts';
import { empty, letForget, removeAll } from './flows-opened.ts';
import { esServer, type ServerKind, stopServers } from './servers.ts';

const servers = [
  ['Elasticsearch 8', 'es8'],
  ['Elasticsearch 9', 'es9'],
] as const;

const FEW = { numRuns: 3 };

interface Made {
  readonly ground: Ground;
  readonly prefix: string;
}
const made = new Map<ServerKind, Promise<Made>>();

/** Its indices are made once, and emptied for each that opens them. */
async function open(kind: ServerKind) {
  const known = made.get(kind) ?? make(kind);
  made.set(kind, known);
  const { ground, prefix } = await known;
  await empty(ground.elastic, prefix);
  const sockets = new ElasticSockets(ground);
  return {
    sockets,
    again: () => new ElasticSockets(ground),
    async [Symbol.asyncDispose]() {
      sockets.stop();
    },
  };
}

async function make(kind: ServerKind): Promise<Made> {
  const { url } = await esServer(kind);
  const prefix = `test-${randomUUID().slice(0, 8)}-`;
  const ground = new Ground({ urls: [url], prefix });
  await new ElasticSockets(ground).health();
  await letForget(ground.elastic, prefix);
  return { ground, prefix };
}

afterAll(async () => {
  for (const one of made.values()) {
    const { ground, prefix } = await one;
    await removeAll(ground.elastic, prefix);
    await ground.close();
  }
  await stopServers();
}, 60_000);

describe.each(servers)('%s', (_, kind) => {
  socketArchiveContract(() => open(kind), FEW);
});

test('what a run wrote is known to the next, and a batch that comes again to it changes nothing', async () => {
  await using opened = await open('es8');
  await opened.sockets.append({ id: 'a-1', time: 5_000, sockets: [client, listener] });
  await opened.sockets.append({ id: 'a-2', time: 6_000, sockets: [{ ...client, closedAt: 5_500 }] });
  const next = opened.again();
  await next.append({ id: 'a-1', time: 5_000, sockets: [client, listener] });
  await next.append({ id: 'b-1', time: 7_000, sockets: [{ ...listener, openedAt: 6_500 }] });
  expect(await next.find({ time: { from: 5_600, to: 5_600 } })).toEqual([listener]);
});
