/** Sums up a run of scripts/test.sh: jest's reports and the checks beside them, and where the time went. Ends with `N passed, N failed`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** So many files are named. */
const SLOWEST = 10;

const [folder = '.skein/results'] = process.argv.slice(2);
const lines = (name: string) =>
  existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').trim().split('\n') : [];

interface JestReport {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const failed = lines('failed');
const leftOut = lines('left-out');
let passed = lines('passed').length;
const files: { readonly name: string; readonly tookMs: number }[] = [];
for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
  const report = JSON.parse(readFileSync(join(folder, name), 'utf8')) as JestReport;
  passed += report.numPassedTests;
  for (const file of report.testResults) {
    files.push({ name: relative('.', file.name), tookMs: file.endTime - file.startTime });
    const wrong = file.assertionResults.filter(({ status }) => status === 'failed');
    failed.push(...wrong.map(({ fullName }) => fullName));
    leftOut.push(...file.assertionResults.filter(({ status }) => status === 'pending').map(({ fullName }) => fullName));
    // A file that cannot even be loaded has no tests of its own to fail.
    if (file.assertionResults.length === 0 && file.message !== '') failed.push(file.name);
  }
}

// Where everything should be there, what could not be run has not passed.
if (process.env.CI === 'true') failed.push(...leftOut.splice(0).map((name) => `${name} (left out)`));

const seconds = (ms: number) => (ms / 1_000).toFixed(1).padStart(7);
const stages = lines('stages').map((line) => /^(\d+) (.*)/.exec(line) ?? []);
if (stages.length > 0) console.log('stages:');
for (const [, tookS, name] of stages) console.log(`${seconds(Number(tookS) * 1_000)} s  ${name}`);
if (stages.length > 0) console.log('slowest:');
for (const { name, tookMs } of stages.length > 0 ? files.toSorted((a, b) => b.tookMs - a.tookMs).slice(0, SLOWEST) : [])
  console.log(`${seconds(tookMs)} s  ${name}`);
for (const name of leftOut) console.log(`left out: ${name}`);
for (const name of failed) console.log(`failed: ${name}`);
console.log(`${passed} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
