import { MemoryArchive } from '../../../src/archive/memory/index.ts';
import { EXPIRE_MS, flowArchiveContract } from './contract.ts';

flowArchiveContract(async () => new MemoryArchive({ flows: { expireMs: EXPIRE_MS } }));
