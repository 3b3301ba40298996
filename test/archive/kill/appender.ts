/** Appends without pause, and says the number of each batch as soon as it is acknowledged. Ends by being killed. */
import { writeSync } from 'node:fs';
import { openEmbeddedArchive } from '../../../src/archive/embedded/index.ts';
import { batchOf } from './batches.ts';

/** So many are on their way at a time, so that some go into one transaction together. */
const AT_ONCE = 3;

const [directory = '', run = '0'] = process.argv.slice(2);
const archive = await openEmbeddedArchive({ directory });
const onTheirWay: Promise<void>[] = [];
for (let n = 1; ; n++) {
  // Not process.stdout: what it has taken may die with the process.
  onTheirWay.push(archive.append(batchOf(Number(run), n)).then(() => void writeSync(1, `${n}\n`)));
  if (onTheirWay.length >= AT_ONCE) await onTheirWay.shift();
}
