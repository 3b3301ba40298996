/**
 * The engine (native/src/flow) at full decoding of headers, frames of 64 bytes in memory, with 1,000 and 100,000
 * conversations in random order, beside a plain loop that parses and hashes. CPU time of one core.
 * Run: node bench/native-flow/run.ts   Goals: ≥ 8 M packets/s with 1,000 conversations, ≥ 3 M with 100,000.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PACKETS = 4_000_000;
const ROUNDS = 7;
const flow = 'native/src/flow';

process.chdir(join(import.meta.dirname, '../..'));
const folder = mkdtempSync(join(tmpdir(), 'skein-bench-'));
try {
  const program = join(folder, 'speed');
  const sources = readdirSync(flow).filter((file) => file.endsWith('.cc'));
  const paths = ['bench/native-flow/speed.cc', ...sources.map((file) => join(flow, file))];
  execFileSync('g++', ['-std=c++17', '-O2', '-Inative/src', ...paths, '-o', program]);
  for (const conversations of [1000, 100_000]) {
    const printed = execFileSync(program, [conversations, PACKETS, ROUNDS].map(String));
    console.log(printed.toString().trim());
  }
} finally {
  rmSync(folder, { recursive: true });
}
