import { archiveContract } from '../contract.ts';
import { openOn } from './opened.ts';
import { esServer, stopServers } from './servers.ts';

afterAll(stopServers);

describe('archive in Elasticsearch 9', () => {
  archiveContract(
    async (now) => {
      const { url } = await esServer('es9');
      return openOn(url, { clock: { now: () => now, after: () => () => {} } });
    },
    { numRuns: 1 },
  );
});
