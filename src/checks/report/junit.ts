/**
 * JUnit XML as CI servers read it (llg.cubic.org/docs/junit, and Jenkins' junit-10.xsd for the order of things). GitLab
 * ignores a second case of one name and long left out `failure/@message`: names are unique, and the text is in the body.
 */
import type { CheckResult } from '../result.ts';
import { xmlAttribute, xmlText } from './characters.ts';
import { drawTime, factsOf, hopLines, whyOf } from './facts.ts';
import { countsAsFailure, type Report, titleOf } from './report.ts';

/** GitLab reads files of up to 30 MB; a body of this size says enough. Characters. */
const BODY_MAX = 16 * 1024;

export function junitReport({ run, results, summary }: Report): string {
  const suites = Map.groupBy(results, ({ suite, file }) => JSON.stringify([suite, file]));
  const names = new Names();
  const bodies = [...suites.values()].map((cases, index) => suiteXml(cases, index, names));
  const broken = summary.cutOff ? [cutOffXml(summary.cutOff.text, suites.size)] : [];
  const head = attributes({
    name: 'skein check',
    ...counts(results, broken.length),
    time: seconds(summary.tookMs),
    timestamp: stamp(run.startedAt),
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${head}>\n${[...bodies, ...broken].join('')}</testsuites>\n`;
}

function suiteXml(cases: readonly CheckResult[], index: number, names: Names): string {
  const [first] = cases;
  const tookMs = cases.reduce((sum, { tookMs: one }) => sum + one, 0);
  const startedAt = Math.min(...cases.slice(0, 10_000).map((one) => one.startedAt));
  const head = attributes({
    name: first?.suite ?? '',
    id: index,
    hostname: 'localhost',
    ...counts(cases, 0),
    time: seconds(tookMs),
    timestamp: stamp(startedAt),
    file: first?.file ?? '',
  });
  return `  <testsuite${head}>\n${cases.map((one) => caseXml(one, names)).join('')}  </testsuite>\n`;
}

function caseXml(result: CheckResult, names: Names): string {
  const head = attributes({
    name: names.unique(result.suite, `${titleOf(result)} ${result.name}`),
    classname: result.suite,
    time: seconds(result.tookMs),
    file: result.file,
    line: result.line,
  });
  const inner = `${propertiesXml(result)}${outcomeXml(result)}${outXml(result)}`;
  return inner === '' ? `    <testcase${head}/>\n` : `    <testcase${head}>\n${inner}    </testcase>\n`;
}

function propertiesXml({ flaky, attempts, severity, tags, known }: CheckResult): string {
  const told: [string, string][] = [
    ...(severity === 'error' ? [] : ([['severity', severity]] as [string, string][])),
    ...(flaky === true ? ([['flaky', 'true']] as [string, string][]) : []),
    ...(attempts > 1 ? ([['attempts', String(attempts)]] as [string, string][]) : []),
    ...(known === true ? ([['known', 'true']] as [string, string][]) : []),
    ...(tags.length > 0 ? ([['tags', tags.join(' ')]] as [string, string][]) : []),
  ];
  if (told.length === 0) return '';
  const lines = told.map(([name, value]) => `        <property${attributes({ name, value })}/>\n`);
  return `      <properties>\n${lines.join('')}      </properties>\n`;
}

function outcomeXml(result: CheckResult): string {
  switch (result.status) {
    case 'ok':
      return '';
    case 'skipped':
      return `      <skipped${attributes({ message: result.reason ?? '' })}/>\n`;
    case 'error': {
      const message = result.reason ?? 'it could not be run';
      return `      <error${attributes({ message, type: 'COULD_NOT_RUN' })}>${bodyOf(result)}</error>\n`;
    }
    case 'failed': {
      const message = `expected ${result.expected ?? 'something else'}, got ${whyOf(result) ?? 'nothing'}`;
      // Red in a CI server is what is red here: a warning is a case that passes, and tells.
      if (!countsAsFailure(result)) return '';
      return `      <failure${attributes({ message, type: result.code ?? 'FAILED' })}>${bodyOf(result)}</failure>\n`;
    }
  }
}

function bodyOf(result: CheckResult): string {
  const lines = factsOf(result).map(({ label, lines: [first, ...more] }) =>
    [`${label}: ${first}`, ...more.map((line) => `  ${line}`)].join('\n'),
  );
  return xmlText([...lines, `in: ${result.file}:${result.line}:${result.column}`].join('\n').slice(0, BODY_MAX));
}

function outXml(result: CheckResult): string {
  const hops = hopLines(result.evidence?.hops ?? []);
  const isQuietFailure = result.status === 'failed' && !countsAsFailure(result);
  const lines = isQuietFailure ? [bodyOf(result)] : hops.map(xmlText);
  if (lines.length === 0) return '';
  return `      <system-out>${lines.join('\n')}</system-out>\n`;
}

/** A run that ended early is not green, whatever its cases say. */
function cutOffXml(text: string, index: number): string {
  const head = attributes({
    name: 'skein check',
    id: index,
    hostname: 'localhost',
    tests: 1,
    failures: 0,
    errors: 1,
    skipped: 0,
    time: '0.000',
  });
  const inner = `<error${attributes({ message: text, type: 'CUT_OFF' })}>${xmlText(text)}</error>`;
  return `  <testsuite${head}>\n    <testcase${attributes({ name: 'all checks were run', classname: 'skein check', time: '0.000' })}>\n      ${inner}\n    </testcase>\n  </testsuite>\n`;
}

function counts(results: readonly CheckResult[], more: number) {
  const count = (is: (result: CheckResult) => boolean) => results.filter(is).length;
  return {
    tests: results.length + more,
    failures: count(countsAsFailure),
    errors: count(({ status }) => status === 'error') + more,
    skipped: count(({ status }) => status === 'skipped'),
  };
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${xmlAttribute(String(value))}"`)
    .join('');
}

function seconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(3);
}

/** xs:dateTime without a zone, as the schema has it. */
function stamp(ms: number): string {
  return drawTime(ms).slice(0, 19);
}

class Names {
  readonly #taken = new Set<string>();

  unique(suite: string, name: string): string {
    let one = name;
    for (let number = 2; this.#taken.has(`${suite}\u0000${one}`); number++) one = `${name} (${number})`;
    this.#taken.add(`${suite}\u0000${one}`);
    return one;
  }
}
