import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedArchive } from '../../../src/archive/embedded/index.ts';
import { EXPIRE_MS, flowArchiveContract } from './contract.ts';

/** Each opens a file of its own. */
const FEW = { numRuns: 5 };

flowArchiveContract(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'skein-flows-'));
  const archive = await openEmbeddedArchive({ directory, flows: { expireMs: EXPIRE_MS } });
  const close = archive[Symbol.asyncDispose].bind(archive);
  if (!archive.flows) throw new Error('it keeps none');
  return {
    flows: archive.flows,
    async [Symbol.asyncDispose]() {
      await close();
      rmSync(directory, { recursive: true });
    },
  };
}, FEW);
