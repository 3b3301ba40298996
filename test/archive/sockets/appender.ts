/** Appends sockets until it is killed, and says each batch that was acknowledged. */
import { openEmbeddedArchive } from '../../../src/archive/embedded/index.ts';
import { client } from '../../ends/made.ts';

const archive = await openEmbeddedArchive({ directory: process.argv[2] as string });
for (let n = 1; ; n++) {
  const sockets = Array.from({ length: 100 }, (_, i) => {
    return { ...client, id: `ns1/${n}-${i}`, localPort: i + 1, openedAt: n, ...(i % 2 === 0 && { closedAt: n + i }) };
  });
  await archive.sockets?.append({ id: `run-${n}`, time: n + 100, sockets });
  process.stdout.write(`${n}\n`);
}
