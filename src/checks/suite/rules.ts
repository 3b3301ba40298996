/** What the form of a value does not say: texts that are a language of their own, and keys that have to fit each other. */
import { compileFinder } from '../../query/pattern.ts';
import { momentOfNumber, parseMoment } from '../../query/times.ts';
import { parseDuration } from '../../std/duration.ts';
import { parseExpression } from '../metric/parse.ts';
import type { Path, Placed } from './document.ts';
import type { Endpoints } from './endpoints.ts';
import type { Report } from './faults.ts';
import { short, shown, valueIn } from './form.ts';
import { faultsOfQuery } from './gremlin.ts';
import { suiteLimits } from './limits.ts';
import type { Json } from './suite.ts';
import { parseTable } from './table.ts';
import type { RuleName } from './words.ts';

export interface Surroundings {
  readonly placed: Placed;
  readonly report: Report;
  readonly endpoints: Endpoints;
  readonly defaultMethod: Json | undefined;
  /** A variable was filled in there: places within the text are not those of the file. */
  readonly isFilled: (path: Path) => boolean;
}

type Rule = (value: Json, path: Path, around: Surroundings) => void;

export const durationMsMax = 24 * 3_600_000;

export const rules: Readonly<Record<RuleName, Rule>> = {
  duration: (value, path, { placed, report }) => {
    if (typeof value !== 'string') return;
    const ms = parseDuration(value);
    if (ms === undefined)
      report('duration', placed.positionOf(path), `${shown(value)} is no duration`, 'like 500ms, 30s or 5m');
    else if (ms > durationMsMax) report('duration', placed.positionOf(path), `${value} is longer than 24h`);
    else if (ms === 0 && (path.at(-1) === 'timeout' || path.at(-1) === 'every'))
      report('duration', placed.positionOf(path), `"${path.at(-1)}" cannot be ${value}`, 'like 500ms, 2s or 1m');
  },
  endpoint: (value, path, { placed, report, endpoints }) => {
    const found = endpoints.find(value, placed.positionOf(path));
    if (found && 'message' in found)
      report('endpoint', placed.positionOf(found.key ? [...path, found.key] : path), found.message, found.hint);
  },
  gremlin: (value, path, { placed, report, isFilled }) => {
    if (typeof value !== 'string') return;
    for (const { message, from, hint } of faultsOfQuery(value)) {
      const position = from === undefined || isFilled(path) ? placed.positionOf(path) : placed.positionIn(path, from);
      report('gremlin', position, message, hint);
    }
  },
  moment: (value, path, { placed, report }) => {
    if (momentIn(value) === undefined && (typeof value === 'string' || typeof value === 'number'))
      report(
        'moment',
        placed.positionOf(path),
        `${shown(value)} is no time`,
        'like -5m, now, 2026-11-21T10:30:00Z or rev:1234',
      );
  },
  span: (value, path, { placed, report }) => {
    const [from, to] = [momentIn(valueIn(value, 'from')), momentIn(valueIn(value, 'to') ?? 'now')];
    const [first, last] = [from && placeInTime(from), to && placeInTime(to)];
    if (first === undefined || last === undefined || first.of !== last.of || first.ms <= last.ms) return;
    const [begin, end] = [shown(valueIn(value, 'from') ?? null), shown(valueIn(value, 'to') ?? 'now')];
    report('span', placed.positionOf([...path, 'from']), `${begin} is after ${end}`, 'the earlier time comes first');
  },
  nodePattern: (value, path, { placed, report }) => {
    if (typeof value === 'string' && !nodePattern.test(value))
      report('pattern', placed.positionOf(path), `${shown(value)} is not KEY=VALUE`, 'like Type=vxlan');
  },
  pattern: (value, path, { placed, report }) => {
    if (typeof value !== 'string') return;
    const compiled = compileFinder(value);
    if (typeof compiled === 'string')
      report('pattern', placed.positionOf(path), `"${short(value)}" is no regular expression: ${compiled}`);
  },
  range: (value, path, { placed, report }) => {
    const keys = isMap(value) ? Object.keys(value) : undefined;
    if (keys?.length === 0)
      report('empty', placed.positionOf(path), `"${path.at(-1)}" says nothing`, 'like { max: 0 }');
    const [min, max] = [valueIn(value, 'min'), valueIn(value, 'max')];
    if (typeof min === 'number' && typeof max === 'number' && min > max)
      report('range', placed.positionOf(path), `nothing is ${min} at least and ${max} at most`);
  },
  metric: (value, path, { placed, report, isFilled }) => {
    if (typeof value !== 'string') return;
    const parsed = parseExpression(value);
    if (!('message' in parsed)) return;
    const position = isFilled(path) ? placed.positionOf(path) : placed.positionIn(path, parsed.at);
    report('metric', position, parsed.message, parsed.hint);
  },
  traffic: (value, path, around) => {
    const { placed, report } = around;
    const proto = valueIn(value, 'proto');
    const port = valueIn(value, 'port');
    if ((proto === 'tcp' || proto === 'udp') && port === undefined)
      report('port', placed.positionOf([...path, 'proto']), `${proto} needs a port`, 'port: 80');
    if ((proto === 'icmp' || proto === 'icmp6') && port !== undefined)
      report('port', placed.keyPositionOf([...path, 'port']), `${proto} has no ports`, 'leave it away, or proto: tcp');
  },
  reachExpectation: (value, path, { placed, report }) => {
    const [result, code] = [valueIn(value, 'result') ?? 'delivered', valueIn(value, 'code')];
    const isDelivered = result === 'delivered';
    if (typeof code === 'string' && (code === 'DELIVERED') !== isDelivered)
      report(
        'code',
        placed.positionOf([...path, 'code']),
        `what is ${result} never has the code ${code}`,
        isDelivered ? 'result: dropped' : 'leave one of them away',
      );
    for (const key of ['lossPercent', 'rttMs'])
      if (!isDelivered && valueIn(value, key) !== undefined)
        report('expect', placed.keyPositionOf([...path, key]), `of what is ${result} there is no ${key}`);
    if (isDelivered && valueIn(value, 'by') !== undefined)
      report(
        'expect',
        placed.keyPositionOf([...path, 'by']),
        'what is delivered is dropped by nobody',
        'result: dropped',
      );
  },
  matrix: (value, path, around) => {
    rules.traffic(value, path, around);
    matrixRule(value, path, around);
  },
  whole: (value, path, { placed, report, defaultMethod }) => {
    const [at, between] = [valueIn(value, 'at'), valueIn(value, 'between')];
    const [reach, matrix] = [valueIn(value, 'reach'), valueIn(value, 'matrix')];
    const traffic = reach ?? matrix;
    const method = valueIn(traffic, 'method') ?? defaultMethod ?? 'model';
    if (at !== undefined && between !== undefined)
      report(
        'time',
        placed.keyPositionOf([...path, 'between']),
        'at is one moment, between is a span',
        'leave one of them away',
      );
    for (const key of ['at', 'between']) {
      if (valueIn(value, key) === undefined) continue;
      const position = placed.keyPositionOf([...path, key]);
      if (traffic !== undefined && method !== 'model')
        report(
          'time',
          position,
          `nothing can be sent in the past, and the method is ${shown(method)}`,
          'method: model asks the graph of then',
        );
      else if (key === 'between' && valueIn(value, 'query') === undefined)
        report('time', position, 'only a query is asked about a span', 'at is one moment');
      else if (valueIn(value, 'changed') !== undefined)
        report('time', position, 'changed says its time itself', 'changed: { from: -1h, to: now }');
      else if (['metric', 'workflow'].some((kind) => valueIn(value, kind) !== undefined))
        report('time', position, 'metrics and workflows are of now', 'leave it away');
    }
    const expect = valueIn(value, 'expect');
    for (const key of ['rttMs', 'lossPercent'])
      if (reach !== undefined && method === 'model' && valueIn(expect, key) !== undefined)
        report(
          'expect',
          placed.keyPositionOf([...path, 'expect', key]),
          `a model sends nothing, so there is no ${key}`,
          'method: inject, or connect',
        );
  },
};

function momentIn(value: Json | undefined) {
  if (typeof value === 'number') return momentOfNumber(value);
  return typeof value === 'string' ? parseMoment(value) : undefined;
}

/** Which of two of a kind comes first can be said without knowing when it is. */
function placeInTime(moment: NonNullable<ReturnType<typeof momentIn>>): { of: string; ms: number } | undefined {
  if (moment.kind === 'absolute') return { of: 'clock', ms: moment.ms };
  if (moment.kind === 'revision') return { of: 'revision', ms: moment.revision };
  return { of: 'now', ms: moment.kind === 'now' ? 0 : moment.ms };
}

export const nodePattern = /^([\w.@-]{1,128})=(.+)$/s;

function matrixRule(value: Json, path: Path, { placed, report, endpoints }: Surroundings): void {
  const text = valueIn(value, 'table');
  if (typeof text !== 'string') return;
  const at = [...path, 'table'];
  const { table, faults } = parseTable(text);
  for (const { line, message, hint } of faults) report('table', placed.positionOfLine(at, line), message, hint);
  const listed = valueIn(value, 'endpoints');
  const names = Array.isArray(listed) ? (listed as readonly Json[]) : undefined;
  if (Math.max(table.columns.length, table.rows.length) > suiteLimits.matrixEndpoints)
    report(
      'limit',
      placed.positionOf(at),
      `a table has at most ${suiteLimits.matrixEndpoints} rows and columns (matrixEndpoints)`,
    );
  for (const name of new Set([...table.columns, ...table.rows.map((row) => row.name)])) {
    const found = endpoints.find(name, placed.positionOf(at));
    if (found && 'message' in found) report('endpoint', placed.positionOf(at), found.message, found.hint);
    else if (names && !names.includes(name))
      report('endpoint', placed.positionOf(at), `"${short(name)}" is in the table, but not among endpoints`);
  }
  const told = new Set([...table.columns, ...table.rows.map(({ name }) => name)]);
  for (const [index, name] of (names ?? []).entries())
    if (typeof name === 'string' && table.rows.length > 0 && !told.has(name))
      report('endpoint', placed.positionOf([...path, 'endpoints', index]), `"${short(name)}" is not in the table`);
}

function isMap(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
