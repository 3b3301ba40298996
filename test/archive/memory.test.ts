import { MemoryArchive } from '../../src/archive/memory/index.ts';
import { archiveContract } from './contract.ts';

archiveContract(async (now) => new MemoryArchive({ clock: { now: () => now, after: () => () => {} } }));
