import { appendFileSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditLog, readAudit } from '../../src/security/audit.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-audit-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = { who: 'ana', kind: 'user', what: 'POST /api/node', outcome: 'done' } as const;

test('what was done is read back, oldest first, and is for its owner alone', () => {
  const file = join(folder, 'audit.jsonl');
  const log = new AuditLog({ file, now: () => 0, warn: () => undefined });
  log.record(entry);
  log.record({ ...entry, who: 'ben' });
  expect(readAudit(file, 10).map(({ who, time }) => [who, time])).toEqual([
    ['ana', '1970-01-01T00:00:00.000Z'],
    ['ben', '1970-01-01T00:00:00.000Z'],
  ]);
  expect(readAudit(file, 1).map(({ who }) => who)).toEqual(['ben']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a large file is turned over, of old ones a few are kept, and a line that a crash cut is passed by', () => {
  const file = join(folder, 'audit.jsonl');
  let now = 0;
  const log = new AuditLog({ file, now: () => now, warn: () => undefined, bytesMax: 300 });
  for (let at = 0; at < 40; at++, now += 1000) log.record({ ...entry, detail: String(at) });
  expect(existsSync(`${file}.4`)).toBe(true);
  expect(existsSync(`${file}.5`)).toBe(false);
  expect(statSync(file).size).toBeLessThanOrEqual(300);
  expect(readAudit(file, 3).map(({ detail }) => detail)).toEqual(['37', '38', '39']);
  appendFileSync(file, '{"time":"19');
  expect(readAudit(file, 3).at(-1)?.detail).toBe('39');
});

test('noise is bounded, and it is said how much there was', () => {
  const file = join(folder, 'audit.jsonl');
  let now = 0;
  const log = new AuditLog({ file, now: () => now, warn: () => undefined });
  for (let at = 0; at < 510; at++) log.record(entry);
  now = 1000;
  log.record({ ...entry, who: 'later' });
  expect(log.lost).toBe(10);
  expect(readAudit(file, 2).map(({ what, who }) => [who, what])).toEqual([
    ['skein', '10 lines were too many'],
    ['later', 'POST /api/node'],
  ]);
});

test('a log that cannot be written is said once, and stops nothing', () => {
  const warnings: string[] = [];
  writeFileSync(join(folder, 'file'), '');
  const log = new AuditLog({ file: join(folder, 'file', 'audit'), now: () => 0, warn: (text) => warnings.push(text) });
  log.record(entry);
  log.record(entry);
  expect(warnings).toHaveLength(1);
  expect(log.lost).toBe(2);
});
