/** Flows in real servers. */
import { flowArchiveContract } from '../flows/contract.ts';
import { emptied } from './flows-opened.ts';
import { stopServers } from './servers.ts';

const servers = [
  ['Elasticsearch 8', 'es8'],
  ['Elasticsearch 9', 'es9'],
] as const;

/** Each empties some indices. */
const FEW = { numRuns: 3 };

describe.each(servers)('%s', (_, kind) => {
  const { open, remove } = emptied(kind);
  afterAll(remove, 60_000);

  flowArchiveContract(open, FEW);
});

afterAll(stopServers, 60_000);
