import { MemoryArchive } from '../../../src/archive/memory/index.ts';
import { client, listener } from '../../ends/made.ts';
import { socketArchiveContract } from './contract.ts';

socketArchiveContract(async () => new MemoryArchive());

test('memory has a bound: what closed goes, in the order of writing', async () => {
  const { sockets } = new MemoryArchive({ sockets: { socketsMax: 20 } });
  const many = Array.from({ length: 30 }, (_, i) => ({ ...client, id: `${i}`, closedAt: 2_000 }));
  for (const [i, socket] of [listener, ...many].entries())
    await sockets.append({ id: `w-${i}`, time: 3_000, sockets: [socket] });
  const found = await sockets.find({ time: { from: 0, to: 3_000 } });
  expect(found.length).toBeLessThanOrEqual(20);
  expect(found.map(({ id }) => id)).toContain('29');
  expect(found.map(({ id }) => id)).toContain(listener.id);
});
