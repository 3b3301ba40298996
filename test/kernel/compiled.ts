/** Small C programs that go with the tests of a file: here a process that ends does not take them away. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { compiled as program } from '../../bench/native/compiled.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** As of the benches: where the program is. */
export function compiled(source: string): string {
  const path = program(source);
  folders.push(dirname(path));
  return path;
}
