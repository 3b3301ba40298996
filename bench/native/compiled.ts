/** A small C program of this folder, compiled: floods, and floors that others are measured against. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Its path; the folder it is in is removed when this process ends. */
export function compiled(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'skein-native-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, name);
  execFileSync(process.env.CC ?? 'gcc', ['-O2', '-o', program, join(import.meta.dirname, `${name}.c`)]);
  return program;
}
