import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

const report = (...testResults: { statuses: string[]; message?: string }[]) =>
  JSON.stringify({
    numPassedTests: testResults.flatMap(({ statuses }) => statuses).filter((status) => status === 'passed').length,
    testResults: testResults.map(({ statuses, message = '' }) => ({
      name: 'a.test.ts',
      message,
      assertionResults: statuses.map((status) => ({ status, fullName: `is ${status}` })),
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
    lines: ['failed: types', 'failed: is failed', 'failed: a.test.ts', '1 passed, 3 failed'],
  });
});

test('what was left out is named, and fails where everything should be there', () => {
  const files = { 'left-out': 'namespaces (no root)\n', 'unit.json': report({ statuses: ['pending', 'passed'] }) };
  expect(sum(files)).toEqual({
    status: 0,
    lines: ['left out: namespaces (no root)', 'left out: is pending', '1 passed, 0 failed'],
  });
  expect(sum(files, 'true').lines.at(-1)).toBe('1 passed, 2 failed');
});
