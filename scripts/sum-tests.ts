/** Sums up a run of scripts/test.sh: jest's reports and the checks beside them. Ends with `N passed, N failed`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '.skein/results'] = process.argv.slice(2);
const lines = (name: string) =>
  existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').trim().split('\n') : [];

interface JestReport {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const failed = lines('failed');
const leftOut = lines('left-out');
let passed = lines('passed').length;
for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
  const report = JSON.parse(readFileSync(join(folder, name), 'utf8')) as JestReport;
  passed += report.numPassedTests;
  for (const file of report.testResults) {
    const wrong = file.assertionResults.filter(({ status }) => status === 'failed');
    failed.push(...wrong.map(({ fullName }) => fullName));
    leftOut.push(...file.assertionResults.filter(({ status }) => status === 'pending').map(({ fullName }) => fullName));
    // A file that cannot even be loaded has no tests of its own to fail.
    if (file.assertionResults.length === 0 && file.message !== '') failed.push(file.name);
  }
}

// Where everything should be there, what could not be run has not passed.
if (process.env.CI === 'true') failed.push(...leftOut.splice(0).map((name) => `${name} (left out)`));

for (const name of leftOut) console.log(`left out: ${name}`);
for (const name of failed) console.log(`failed: ${name}`);
console.log(`${passed} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
