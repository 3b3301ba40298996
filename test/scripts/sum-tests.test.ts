import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

function sum(files: Record<string, string>, ci = '') {
  const folder = mkdtempSync(join(tmpdir(), 'skein-sum-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const script = join(import.meta.dirname, '../../scripts/sum-tests.ts');
    const { status, stdout } = spawnSync(process.execPath, [script, folder], {
      encoding: 'utf8',
      env: { ...process.env, CI: ci },
    });
    return { status, lines: stdout.trimEnd().split('\n') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const report = (...testResults: { statuses: string[]; message?: string; tookMs?: number; says?: string }[]) =>
  JSON.stringify({
    numPassedTests: testResults.flatMap(({ statuses }) => statuses).filter((status) => status === 'passed').length,
    testResults: testResults.map(({ statuses, message = '', tookMs = 0, says = '' }) => ({
      name: resolve('a.test.ts'),
      message,
      startTime: 1_000,
      endTime: 1_000 + tookMs,
      assertionResults: statuses.map((status) => ({
        ...{ status, fullName: `is ${status}` },
        failureMessages: status === 'failed' ? [says] : [],
      })),
    })),
  });

test('checks and tests are counted together', () => {
  const files = {
    passed: 'types\nlint\n',
    'unit.json': report({ statuses: ['passed', 'passed'] }),
    'kernel.json': report({ statuses: ['passed'] }),
  };
  expect(sum(files)).toEqual({ status: 0, lines: ['5 passed, 0 failed'] });
});

test('failures are named, also that of a file that could not be loaded', () => {
  const files = {
    failed: 'types\n',
    'unit.json': report({ statuses: ['failed', 'passed'] }, { statuses: [], message: 'no such module' }),
  };
  expect(sum(files)).toEqual({
    status: 1,
    lines: [
      ...['-- a.test.ts: it could not be run', '   no such module'],
      ...['failed: types', 'failed: a.test.ts: is failed', 'failed: a.test.ts: it could not be run'],
      '1 passed, 3 failed',
    ],
  });
});

test('of each failure the beginning of its message is told, in plain text, without the code of others', () => {
  const red = (text: string) => `\u001b[31m${text}\u001b[39m`;
  const short = `Error: ${red('expected')} 1\n\n    at Object.<anonymous> (test/a.test.ts:3:1)\n    at run (node_modules/jest/x.js:1:1)`;
  const long = Array.from({ length: 30 }, (_, i) => `line ${i} ${'x'.repeat(1_000)}`).join('\n');
  const { lines } = sum({
    'unit.json': report({ statuses: ['failed'], says: short }, { statuses: ['failed'], says: long }),
  });
  expect(lines.slice(0, 4)).toEqual([
    '-- a.test.ts: is failed',
    '   Error: expected 1',
    '       at Object.<anonymous> (test/a.test.ts:3:1)',
    '-- a.test.ts: is failed',
  ]);
  expect(lines.slice(4, 15)).toEqual(Array.from({ length: 11 }, (_, i) => expect.stringMatching(`^   line ${i} `)));
  expect(lines.slice(15)).toEqual([
    '   … 19 lines more',
    ...['failed: a.test.ts: is failed', 'failed: a.test.ts: is failed', '0 passed, 2 failed'],
  ]);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(210);
});

test('what was left out is named, and fails where everything should be there', () => {
  const files = { 'left-out': 'namespaces (no root)\n', 'unit.json': report({ statuses: ['pending', 'passed'] }) };
  expect(sum(files)).toEqual({
    status: 0,
    lines: ['left out: namespaces (no root)', 'left out: is pending', '1 passed, 0 failed'],
  });
  expect(sum(files, 'true').lines.at(-1)).toBe('1 passed, 2 failed');
});

test('where the time went is told, the ten slowest files by name', () => {
  const took = Array.from({ length: 12 }, (_, i) => ({ statuses: ['passed'], tookMs: 1_000 * i }));
  const { lines } = sum({ stages: '5 types\n70 unit\n', 'unit.json': report(...took) });
  expect(lines.slice(0, 5)).toEqual([
    'stages:',
    '    5.0 s  types',
    '   70.0 s  unit',
    'slowest:',
    '   11.0 s  a.test.ts',
  ]);
  expect(lines.slice(-2)).toEqual(['    2.0 s  a.test.ts', '12 passed, 0 failed']);
});
