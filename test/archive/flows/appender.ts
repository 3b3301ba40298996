/** Appends flows without pause, and says the number of each batch as soon as it is acknowledged. Ends by being killed. */
import { writeSync } from 'node:fs';
import { openEmbeddedArchive } from '../../../src/archive/embedded/index.ts';
import { killBatch } from './killed.ts';

const [directory = '', run = '0'] = process.argv.slice(2);
const archive = await openEmbeddedArchive({ directory });
const onTheirWay: (Promise<void> | undefined)[] = [];
for (let n = 1; ; n++) {
  // Not process.stdout: what it has taken may die with the process.
  onTheirWay.push(archive.flows?.append(killBatch(Number(run), n)).then(() => void writeSync(1, `${n}\n`)));
  if (onTheirWay.length >= 3) await onTheirWay.shift();
}
