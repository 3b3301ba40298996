/** The compiled programs in native/src/gen say which sources they are made from; scripts/build-bpf.sh writes it so. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const sources = readdirSync(join(root, 'bpf')).sort();
const programs = sources.filter((name) => name.endsWith('.bpf.c'));
const headers = sources.filter((name) => name.endsWith('.h')).map((name) => `bpf/${name}`);

test.each(programs)('what is loaded for %s is made from it as it is now', (program) => {
  const hash = createHash('sha256');
  for (const path of [`bpf/${program}`, ...headers, 'scripts/build-bpf.sh'])
    hash.update(readFileSync(join(root, path)));
  const image = readFileSync(join(root, 'native/src/gen', program.replace('.bpf.c', '.image.h')), 'utf8');
  expect(image).toContain(`sources ${hash.digest('hex').slice(0, 16)}`);
});
