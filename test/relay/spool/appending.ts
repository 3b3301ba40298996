/** Appends until it is killed, and says the number of each batch once append has returned. */
import { writeSync } from 'node:fs';
import type { Element } from '../../../src/graph/element.ts';
import { openFolder } from '../../../src/relay/spool/folder.ts';
import { openSpool } from '../../../src/relay/spool/open.ts';
import { systemClock } from '../../../src/std/clock.ts';
import { emptyFacts, nodeOf } from '../facts.ts';

let element: Element = nodeOf('a', 0);
const spool = await openSpool({
  disk: openFolder(process.argv[2] as string),
  clock: systemClock,
  log: { info: () => undefined, warn: () => undefined },
  uuid: () => crypto.randomUUID(),
  picture: () => [{ kind: 'version', element }],
  maxBytes: 1 << 20,
});
for (;;) {
  element = { ...element, revision: element.revision + 1 };
  const seq = spool.append({ ...emptyFacts(element.revision), graph: [{ kind: 'version', element }] });
  writeSync(1, `${seq}\n`);
  spool.acknowledge(seq - 10);
}
