/**
 * Sums up a run of scripts/test.sh: jest's reports and the checks beside them, and where the time went. Ends with what
 * each test that failed said first, their names, and `N passed, N failed`: whoever sees the end alone knows all of them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** So many files are named. */
const SLOWEST = 10;
/** Of the message of a test that failed. */
const LINES = 12;
const COLUMNS = 200;

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
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

interface Failure {
  readonly what: string;
  /** Where it stands, if it is a test. */
  readonly file?: string;
  readonly message?: string;
}

const failed: Failure[] = lines('failed').map((what) => ({ what }));
const leftOut = lines('left-out');
let passed = lines('passed').length;
const files: { readonly name: string; readonly tookMs: number }[] = [];
for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
  const report = JSON.parse(readFileSync(join(folder, name), 'utf8')) as JestReport;
  passed += report.numPassedTests;
  for (const { name: path, message, startTime, endTime, assertionResults } of report.testResults) {
    const file = relative('.', path);
    files.push({ name: file, tookMs: endTime - startTime });
    for (const { status, fullName, failureMessages = [] } of assertionResults) {
      if (status === 'failed') failed.push({ what: fullName, file, message: failureMessages.join('\n') });
      if (status === 'pending') leftOut.push(fullName);
    }
    // A file that cannot even be loaded has no tests of its own to fail.
    if (assertionResults.length === 0 && message !== '') failed.push({ what: 'it could not be run', file, message });
  }
}

// Where everything should be there, what could not be run has not passed.
if (process.env.CI === 'true') failed.push(...leftOut.splice(0).map((what) => ({ what: `${what} (left out)` })));

/** Without colours, without empty lines, and without the way through the code of others. */
function beginningOf(message: string): string[] {
  const plain = stripVTControlCharacters(message).split('\n');
  const told = plain.filter((line) => line.trim() !== '' && !/^ +at .*(node_modules|node:internal)/.test(line));
  const shown = told.slice(0, LINES).map((line) => line.slice(0, COLUMNS));
  return told.length > LINES ? [...shown.slice(0, -1), `… ${told.length - LINES + 1} lines more`] : shown;
}

const seconds = (ms: number) => (ms / 1_000).toFixed(1).padStart(7);
const stages = lines('stages').map((line) => /^(\d+) (.*)/.exec(line) ?? []);
if (stages.length > 0) console.log('stages:');
for (const [, tookS, name] of stages) console.log(`${seconds(Number(tookS) * 1_000)} s  ${name}`);
if (stages.length > 0) console.log('slowest:');
for (const { name, tookMs } of stages.length > 0 ? files.toSorted((a, b) => b.tookMs - a.tookMs).slice(0, SLOWEST) : [])
  console.log(`${seconds(tookMs)} s  ${name}`);
for (const name of leftOut) console.log(`left out: ${name}`);
const nameOf = ({ what, file }: Failure) => (file === undefined ? what : `${file}: ${what}`);
for (const failure of failed)
  if (failure.message) console.log([`-- ${nameOf(failure)}`, ...beginningOf(failure.message)].join('\n   '));
for (const failure of failed) console.log(`failed: ${nameOf(failure)}`);
console.log(`${passed} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
