import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Archive } from '../../src/archive/archive.ts';
import { openEmbeddedArchive } from '../../src/archive/embedded/index.ts';
import { MemoryArchive } from '../../src/archive/memory/index.ts';
import { dumpContract } from './dump-contract.ts';

describe('memory', () => dumpContract(async () => new MemoryArchive()));

describe('embedded', () =>
  dumpContract(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'skein-dump-'));
    const archive: Archive = await openEmbeddedArchive({ directory });
    const close = archive[Symbol.asyncDispose].bind(archive);
    return Object.assign(archive, {
      async [Symbol.asyncDispose]() {
        await close();
        rmSync(directory, { recursive: true });
      },
    });
  }));
