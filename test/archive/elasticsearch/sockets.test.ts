/** Sockets in real servers. */
import { client, listener } from '../../ends/made.ts';
import { socketArchiveContract } from '../sockets/contract.ts';
import { stopServers } from './servers.ts';
import { openSockets, removeSockets } from './sockets-opened.ts';

const servers = [
  ['Elasticsearch 8', 'es8', 2],
  ['Elasticsearch 9', 'es9', 1],
] as const;

afterAll(async () => {
  await removeSockets();
  await stopServers();
}, 120_000);

describe.each(servers)('%s', (_, kind, numRuns) => {
  socketArchiveContract(() => openSockets(kind), { numRuns });
});

test('what a run wrote is known to the next, and a batch that comes again to it changes nothing', async () => {
  await using opened = await openSockets('es8');
  await opened.sockets.append({ id: 'a-1', time: 5_000, sockets: [client, listener] });
  await opened.sockets.append({ id: 'a-2', time: 6_000, sockets: [{ ...client, closedAt: 5_500 }] });
  const next = opened.again();
  await next.append({ id: 'a-1', time: 5_000, sockets: [client, listener] });
  await next.append({ id: 'b-1', time: 7_000, sockets: [{ ...listener, openedAt: 6_500 }] });
  expect(await next.find({ time: { from: 5_600, to: 5_600 } })).toEqual([listener]);
});
