/** JUnit reports against Jenkins' published schema, by xmllint. scripts/setup.sh fetches the schema. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { junitReport } from '../../../src/checks/report/junit.ts';
import { report } from './run.ts';

const schema = join(import.meta.dirname, '../../../.skein/tools/junit.xsd');

/** What pytest, GitLab and others write beside it, and readers take: docs/checks.md names it. */
const beside: readonly [RegExp, string][] = [
  [/<properties>[\s\S]*?<\/properties>\s*/g, ''],
  [/(<testcase[^>]*?) file="[^"]*" line="[^"]*"/g, '$1'],
  [/(<testsuite [^>]*?) file="[^"]*"/g, '$1'],
  [/(<testsuites[^>]*?) skipped="[^"]*"/g, '$1'],
  [/(<testsuites[^>]*?) timestamp="[^"]*"/g, '$1'],
  [/<skipped message="[^"]*"\/>/g, '<skipped/>'],
];

test('but for what others write beside it too, a report is as the schema has it', () => {
  if (!existsSync(schema)) throw new Error('.skein/tools/junit.xsd is missing: sh scripts/setup.sh --test fetches it');
  const drawn = junitReport(report);
  const bare = beside.reduce((text, [pattern, instead]) => text.replace(pattern, instead), drawn);
  expect(faultsOf(bare)).toBe('');
  // It does find what is wrong.
  expect(faultsOf(bare.replace('<testcase name=', '<testcase nam='))).toContain("'nam' is not allowed");
});

function faultsOf(xml: string): string {
  const { status, stderr } = spawnSync('xmllint', ['--noout', '--schema', schema, '-'], {
    input: xml,
    encoding: 'utf8',
  });
  return status === 0 ? '' : stderr;
}
