import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedArchive } from '../../src/archive/embedded/index.ts';
import { archiveContract } from './contract.ts';

/** Each opens a file of its own. */
const FEW = { numRuns: 8 };

archiveContract(async (now) => {
  const directory = mkdtempSync(join(tmpdir(), 'skein-archive-'));
  const archive = await openEmbeddedArchive({ directory, clock: { now: () => now, after: () => () => {} } });
  const close = archive[Symbol.asyncDispose].bind(archive);
  return Object.assign(archive, {
    async [Symbol.asyncDispose]() {
      await close();
      rmSync(directory, { recursive: true });
    },
  });
}, FEW);
