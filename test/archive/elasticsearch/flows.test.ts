/** Flows in real servers. */
import { flowArchiveContract } from '../flows/contract.ts';
import { emptied } from './flows-opened.ts';

const servers = [
  ['Elasticsearch 8', process.env.SKEIN_ES8 ?? 'http://127.0.0.1:19208'],
  ['Elasticsearch 9', process.env.SKEIN_ES9 ?? 'http://127.0.0.1:19209'],
] as const;

/** Each empties some indices. */
const FEW = { numRuns: 3 };

describe.each(servers)('%s', (_, url) => {
  const { open, remove } = emptied(url);
  afterAll(remove);

  flowArchiveContract(open, FEW);
});
