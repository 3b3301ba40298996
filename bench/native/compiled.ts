/** Small C programs, compiled: floods, and floors that others are measured against. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** `flood`, of this folder, or the path of another source; where the program is. It goes when this process ends. */
export function compiled(source: string): string {
  const path = source.endsWith('.c') ? source : join(import.meta.dirname, `${source}.c`);
  const folder = mkdtempSync(join(tmpdir(), 'skein-native-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, basename(path, '.c'));
  execFileSync(process.env.CC ?? 'gcc', ['-O2', '-o', program, path]);
  return program;
}
