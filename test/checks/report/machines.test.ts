import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { Parser } from 'tap-parser';
import { githubReport } from '../../../src/checks/report/github.ts';
import { jsonReport } from '../../../src/checks/report/json.ts';
import { junitReport } from '../../../src/checks/report/junit.ts';
import { markdownReport } from '../../../src/checks/report/markdown.ts';
import { tapReport } from '../../../src/checks/report/tap.ts';
import { failed, report, reportOf, resultOf, results } from './run.ts';

describe('JUnit', () => {
  test('every element and attribute is where the schema has it, and the numbers are right', () => {
    const root = xml(junitReport(report));
    expect(faultsOfJunit(root)).toEqual([]);
    expect(root.attributes).toMatchObject({ tests: '9', failures: '3', errors: '1', skipped: '1', time: '12.400' });
  });

  test('a failure has its code as type, and its text in the body too; hops are in system-out', () => {
    const cases = xml(junitReport(report)).below[0]?.below ?? [];
    const bad = cases[1];
    expect(bad?.attributes).toMatchObject({ classname: 'shop', file: 'shop.check.yaml', line: '18', time: '4.210' });
    const [properties, failure, out] = bad?.below ?? [];
    expect(properties?.below[0]?.attributes).toEqual({ name: 'attempts', value: '5' });
    expect(failure?.attributes.type).toBe('RULE_DROP');
    expect(failure?.attributes.message).toBe(
      'expected tcp 6379 from front to cache is delivered, got RULE_DROP: a rule of nftables drops it',
    );
    expect(failure?.text).toContain('stopped at: br0 (bridge) on h1\n');
    expect(out?.text).toContain('2. br0');
  });

  test('what could not be run is an error, what is skipped says why, a late pass is flaky, a warning passes', () => {
    const cases = xml(junitReport(report)).below[0]?.below ?? [];
    const names = (index: number) => cases[index]?.below.map(({ name }) => name);
    expect(names(3)).toEqual(['properties', 'error']);
    expect(cases[4]?.below[1]?.attributes.message).toBe('not before # the move');
    expect(cases[5]?.below[0]?.below[0]?.attributes).toEqual({ name: 'flaky', value: 'true' });
    expect(names(2)).toEqual(['properties', 'system-out']);
  });

  test('names are unique: a second case of one name is not shown by everybody', () => {
    const cases = xml(junitReport(report)).below[0]?.below ?? [];
    const names = cases.map(({ attributes }) => attributes.name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('a run that ended early is not green', () => {
    const { summary } = reportOf([resultOf()]);
    const cut = {
      ...reportOf([resultOf()]),
      summary: { ...summary, cutOff: { why: 'timeout' as const, text: 'longer than 3m' } },
    };
    const root = xml(junitReport(cut));
    expect(root.attributes).toMatchObject({ tests: '2', errors: '1' });
    expect(faultsOfJunit(root)).toEqual([]);
  });
});

describe('TAP', () => {
  test('its parser finds what is ok, what is not, what is skipped, and what counts not', () => {
    const { summary, points } = tap(tapReport(report));
    expect(summary).toMatchObject({ ok: false, count: 9, fail: 5, todo: 1, skip: 1 });
    expect(points[1]).toMatchObject({
      ok: false,
      id: 2,
      name: 'NET-2 front reaches the cache',
      diag: { code: 'RULE_DROP', at: { line: 18 } },
    });
    expect(points[1]?.diag).toHaveProperty('hops');
    expect(points[4]?.skip).toContain('not before');
  });

  test('a warning does not make it red', () => {
    const warned = reportOf(results.filter(({ severity }) => severity === 'warning'));
    expect(tap(tapReport(warned)).summary).toMatchObject({ ok: true, todo: 1 });
  });

  test('no name makes a test point of its own', () => {
    expect(tap(tapReport(report)).points).toHaveLength(9);
    expect(
      tapReport(report)
        .split('\n')
        .filter((line) => /^(not )?ok/.test(line)),
    ).toHaveLength(9);
  });
});

describe('GitHub annotations', () => {
  test('each is one line, with the file and line of the check, and nothing of it is a command', () => {
    const lines = githubReport(report).trimEnd().split('\n');
    const errors = lines.filter((line) => line.startsWith('::error '));
    expect(errors).toHaveLength(4);
    expect(errors[0]).toMatch(
      /^::error file=shop\.check\.yaml,line=18,col=5,title=NET-2 front reaches the cache::expected .*RULE_DROP.*%0Abecause: /,
    );
    expect(lines.filter((line) => line.startsWith('::warning '))).toHaveLength(2);
    expect(lines.every((line) => /^::(error|warning|notice) [^:]*::|^[^:]/.test(line))).toBe(true);
    expect(errors[2]).toContain('title=NET-7 [a → <b>] odd');
    expect(errors[2]).toContain('%25 %3A%3A %2C');
  });

  test('of more than ten the last says how many there are, since no more than ten are shown', () => {
    const lines = githubReport(reportOf(Array(25).fill(failed)))
      .split('\n')
      .filter((line) => line.startsWith('::error'));
    expect(lines).toHaveLength(10);
    expect(lines[9]).toBe('::error title=skein check::16 more like these: see the summary of this step');
  });
});

describe('Markdown', () => {
  test('what failed has a section, the rest a table', () => {
    const text = markdownReport(report);
    expect(text).toContain('## 9 checks: 3 ok, 3 failed');
    expect(text).toContain('### ❌ NET-2: front reaches the cache');
    expect(text).toContain('stopped at:     br0 (bridge) on h1');
    expect(text).toContain('| ⏭️ | NET-5: later | not before \\# the move |');
  });

  test('it never grows beyond what a step may have, and says what is left out', () => {
    const text = markdownReport(reportOf(Array(5000).fill(failed)));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024 * 1024);
    expect(text).toMatch(/_\d+ more are left out here/);
  });
});

test('JSON has all of it but the packets themselves', () => {
  const told = JSON.parse(jsonReport(report));
  expect(told).toMatchObject({ schema: 'skein/v1', kind: 'checks', run: { id: 'r1' }, summary: { failed: 3 } });
  expect(told.results).toHaveLength(9);
  expect(told.results[1].evidence.pcapng).toEqual({ packets: 5, bytes: 640 });
});

test('whatever the network calls itself, every format is read as it was meant', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  fc.assert(
    fc.property(text, text, text, text, (name, expected, got, reason) => {
      const one = reportOf([{ ...failed, name, expected, got, reason }, resultOf({ name, status: 'skipped', reason })]);
      expect(faultsOfJunit(xml(junitReport(one)))).toEqual([]);
      expect(tap(tapReport(one)).points).toHaveLength(2);
      expect(githubReport(one).trimEnd().split('\n')).toHaveLength(2);
      expect(JSON.parse(jsonReport(one)).results).toHaveLength(2);
      markdownReport(one);
    }),
    { numRuns: 60 },
  );
});

interface Xml {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly below: Xml[];
  text: string;
}

/** Throws where it is not well-formed. */
function xml(text: string): Xml {
  const root: Xml = { name: '', attributes: {}, below: [], text: '' };
  const open = [root];
  const parser = new SaxesParser({ fragment: false });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const one: Xml = { name, attributes: attributes as Record<string, string>, below: [], text: '' };
    open.at(-1)?.below.push(one);
    open.push(one);
  });
  parser.on('closetag', () => void open.pop());
  parser.on('text', (more) => {
    const last = open.at(-1);
    if (last) last.text += more;
  });
  parser.write(text).close();
  return root.below[0] as Xml;
}

/**
 * The rules of the published schema that CI servers read (Jenkins' xunit plugin, junit-10.xsd), with `file`, `line` and
 * the `properties` of a case, which came with those who wrote it first (pytest, Maven Surefire) and are read by all.
 */
const rules: Record<
  string,
  { readonly must: readonly string[]; readonly may: readonly string[]; readonly holds: readonly string[] }
> = {
  testsuites: {
    must: [],
    may: ['name', 'time', 'tests', 'failures', 'errors', 'skipped', 'disabled', 'timestamp'],
    holds: ['testsuite'],
  },
  testsuite: {
    must: ['name', 'tests', 'failures', 'errors'],
    may: ['id', 'hostname', 'skipped', 'time', 'timestamp', 'file', 'package', 'group'],
    holds: ['properties', 'testcase', 'system-out', 'system-err'],
  },
  testcase: {
    must: ['name', 'classname'],
    may: ['time', 'file', 'line', 'group', 'status', 'assertions'],
    holds: ['properties', 'skipped', 'error', 'failure', 'system-out', 'system-err'],
  },
  properties: { must: [], may: [], holds: ['property'] },
  property: { must: ['name', 'value'], may: [], holds: [] },
  failure: { must: ['type', 'message'], may: [], holds: [] },
  error: { must: ['type', 'message'], may: [], holds: [] },
  skipped: { must: ['message'], may: ['type'], holds: [] },
  'system-out': { must: [], may: [], holds: [] },
};

function faultsOfJunit(node: Xml): string[] {
  const rule = rules[node.name];
  if (!rule) return [`nothing is called ${node.name}`];
  const names = Object.keys(node.attributes);
  const order = node.below.map(({ name }) => rule.holds.indexOf(name));
  const outcomes = node.below.filter(({ name }) => ['skipped', 'error', 'failure'].includes(name));
  return [
    ...rule.must.filter((name) => !names.includes(name)).map((name) => `${node.name} has no ${name}`),
    ...names.filter((name) => ![...rule.must, ...rule.may].includes(name)).map((name) => `${node.name} has ${name}`),
    ...node.below.filter(({ name }) => !rule.holds.includes(name)).map(({ name }) => `${name} in ${node.name}`),
    ...(order.some((at, index) => index > 0 && at < (order[index - 1] ?? 0)) ? [`${node.name} is out of order`] : []),
    ...(outcomes.length > 1 ? ['a case ended twice'] : []),
    ...(node.attributes.time !== undefined && !/^\d+\.\d{3}$/.test(node.attributes.time) ? ['time is no number'] : []),
    ...(node.attributes.timestamp !== undefined && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(node.attributes.timestamp)
      ? ['timestamp']
      : []),
    ...countsIn(node),
    ...node.below.flatMap(faultsOfJunit),
  ];
}

function countsIn(node: Xml): string[] {
  if (node.name !== 'testsuite') return [];
  const of = (name: string) => node.below.filter(({ below }) => below.some((one) => one.name === name)).length;
  const { tests, failures, errors, skipped } = node.attributes;
  const told = [tests, failures, errors, skipped].map(Number);
  const counted = [node.below.length, of('failure'), of('error'), of('skipped')];
  return told.join() === counted.join() ? [] : [`${told} are ${counted}`];
}

interface Point {
  readonly ok: boolean;
  readonly id: number;
  readonly name: string;
  readonly skip: string | boolean;
  readonly diag: Record<string, unknown> | null;
}

function tap(text: string) {
  const points: Point[] = [];
  let summary: unknown;
  const parser = new Parser({ strict: true }, (results) => {
    summary = results;
  });
  parser.on('assert', (point) => points.push(point as unknown as Point));
  parser.end(text);
  return { points, summary };
}

test('a run with everything has all kinds of results', () => {
  expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['ok', 'failed', 'error', 'skipped']));
});
