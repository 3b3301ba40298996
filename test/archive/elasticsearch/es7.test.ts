/** What every archive promises, on a server that few have: once. */
import { archiveContract } from '../contract.ts';
import { flowArchiveContract } from '../flows/contract.ts';
import { socketArchiveContract } from '../sockets/contract.ts';
import { emptied } from './flows-opened.ts';
import { openOn } from './opened.ts';
import { esServer, stopServers } from './servers.ts';
import { openSockets, removeSockets } from './sockets-opened.ts';

const ONCE = { numRuns: 1 };
const flows = emptied('es7');

afterAll(async () => {
  await flows.remove();
  await removeSockets();
  await stopServers();
}, 120_000);

describe('archive in Elasticsearch 7', () => {
  archiveContract(async (now) => {
    const { url } = await esServer('es7');
    return openOn(url, { clock: { now: () => now, after: () => () => {} } });
  }, ONCE);
  flowArchiveContract(flows.open, ONCE);
  socketArchiveContract(() => openSockets('es7'), ONCE);
});
