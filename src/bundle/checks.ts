/** Results of checks in a bundle that came from somewhere: believed as far as they have the form of results. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type KeptChecks, keptChecksShape } from '../contract/bundle.ts';
import { mistake } from '../std/mistake.ts';
import type { Member } from './members.ts';

const FILE: Member = 'checks.json';

/** As much as all results that a server keeps may take. */
const BYTES_MAX = 256 * 2 ** 20;

/** Of the folder of a bundle; undefined: nothing was checked. Throws a Mistake. */
export function keptChecksIn(folder: string): KeptChecks | undefined {
  const file = join(folder, FILE);
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) return undefined;
  const read = size <= BYTES_MAX ? keptChecksShape.safeParse(valueIn(readFileSync(file, 'utf8'))) : undefined;
  if (read?.success) return read.data;
  throw mistake('bundle.damaged', `${FILE} in this bundle is not as it was written`, 'take another copy');
}

function valueIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
