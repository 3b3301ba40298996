/** A check whose form is right, to the value of it. */
import type * as z from 'zod';
import { parseDuration } from '../../std/duration.ts';
import { parseExpression } from '../metric/parse.ts';
import type { Endpoints } from './endpoints.ts';
import { nodePattern } from './rules.ts';
import { type BodyName, bodyShapes } from './shape.ts';
import type {
  Check,
  CheckBody,
  CheckHead,
  Endpoint,
  EvidenceKind,
  Json,
  Method,
  NodePattern,
  Position,
  Protocol,
  Range,
  Retry,
  Severity,
  ValueExpectation,
  When,
} from './suite.ts';
import { parseTable } from './table.ts';

export interface Defaults {
  readonly timeout?: string;
  readonly retry?: RetryText;
  readonly hold?: string;
  readonly method?: Method;
  readonly severity?: Severity;
  readonly tags?: readonly string[];
  readonly evidence?: {
    readonly onFailure?: readonly EvidenceKind[];
    readonly pcapPackets?: number;
    readonly since?: string;
  };
}

interface RetryText {
  readonly for?: string;
  readonly every?: string;
  readonly attempts?: number;
}

export interface Whole {
  readonly id: string;
  readonly suite: string;
  readonly defaults: Defaults;
  readonly position: Position;
  readonly endpoints: Endpoints;
}

interface Head {
  readonly name: string;
  readonly tags?: readonly string[];
  readonly severity?: Severity;
  readonly skip?: string;
  readonly timeout?: string;
  readonly retry?: RetryText;
  readonly hold?: string;
  readonly at?: string | number;
  readonly between?: { readonly from: string | number; readonly to: string | number };
  readonly expect?: Json;
}

const timeoutMs = 5_000;
const everyMs = 1_000;
const pcapPackets = 200;
const sinceMs = 600_000;

/** `value` has the form of its shape, and its rules told nothing. */
export function buildCheck(kind: BodyName, value: Readonly<Record<string, Json>>, whole: Whole): Check {
  const head = value as unknown as Head;
  const { defaults } = whole;
  const body = bodyOf(kind, value[kind] as Json, head.expect ?? {}, whole);
  const built: CheckHead = {
    id: whole.id,
    name: head.name,
    suite: whole.suite,
    tags: [...new Set([...(defaults.tags ?? []), ...(head.tags ?? [])])],
    severity: head.severity ?? defaults.severity ?? 'error',
    skip: head.skip,
    timeoutMs: msOf(head.timeout ?? defaults.timeout) ?? timeoutMs,
    retry: retryOf({ ...defaults.retry, ...head.retry }),
    holdMs: msOf(head.hold ?? (isNegative(body) ? defaults.hold : undefined)) ?? 0,
    evidence: {
      onFailure: defaults.evidence?.onFailure ?? ['path', 'pcap', 'diff'],
      pcapPackets: defaults.evidence?.pcapPackets ?? pcapPackets,
      sinceMs: msOf(defaults.evidence?.since) ?? sinceMs,
    },
    when: whenOf(head),
    position: whole.position,
  };
  return { ...built, ...body };
}

/** Asks that something is not there: right at once may be right too early. */
function isNegative(body: CheckBody): boolean {
  switch (body.kind) {
    case 'reach':
      return body.expect.result !== 'delivered';
    case 'path':
      return !body.expect.reaches;
    case 'query': {
      const { empty, equals, max, count } = body.expect;
      return empty === true || equals === 0 || max === 0 || count?.equals === 0 || count?.max === 0;
    }
    default:
      return false;
  }
}

function retryOf({ for: length, every, attempts }: RetryText): Retry {
  const step = msOf(every) ?? everyMs;
  // Attempts alone say how long it may go on.
  const forMs = msOf(length) ?? (attempts === undefined ? 0 : (attempts - 1) * step);
  return { forMs, everyMs: step, attempts };
}

function whenOf({ at, between }: Head): When | undefined {
  if (at !== undefined) return { kind: 'at', at: String(at) };
  return between && { kind: 'between', from: String(between.from), to: String(between.to) };
}

function msOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDuration(text);
}

function bodyOf(kind: BodyName, value: Json, expect: Json, { defaults, endpoints, position }: Whole): CheckBody {
  const end = (text: unknown): Endpoint => {
    const found = endpoints.find(text as Json, position);
    if (found && !('message' in found)) return found;
    throw new Error(`the endpoint ${JSON.stringify(text)} was found before`);
  };
  const method = defaults.method ?? 'model';
  switch (kind) {
    case 'reach': {
      const body = bodyShapes.reach.body.parse(value);
      const wanted = bodyShapes.reach.expect.parse(expect);
      return {
        kind,
        from: end(body.from),
        to: end(body.to),
        ...packetOf(body),
        method: body.method ?? method,
        count: body.count ?? 1,
        expect: {
          result:
            wanted.result ?? (wanted.code === undefined || wanted.code === 'DELIVERED' ? 'delivered' : 'unreachable'),
          code: wanted.code,
          lossPercent: rangeOf(wanted.lossPercent),
          rttMs: wanted.rttMs && rangesOf(wanted.rttMs),
          by: wanted.by && present(wanted.by),
        },
      };
    }
    case 'path': {
      const body = bodyShapes.path.body.parse(value);
      const wanted = bodyShapes.path.expect.parse(expect);
      return {
        kind,
        from: end(body.from),
        to: end(body.to),
        layer: body.layer,
        ...packetOf(body),
        expect: {
          reaches: wanted.reaches ?? true,
          contains: (wanted.contains ?? []).map(patternOf),
          absent: (wanted.absent ?? []).map(patternOf),
          maxHops: wanted.maxHops,
          mtu: rangeOf(wanted.mtu),
        },
      };
    }
    case 'query':
      return {
        kind,
        query: bodyShapes.query.body.parse(value),
        expect: valuesOf(bodyShapes.query.expect.parse(expect)),
      };
    case 'changed': {
      const { from, to, query } = bodyShapes.changed.body.parse(value);
      const wanted = bodyShapes.changed.expect.parse(expect);
      return { kind, from: String(from), to: String(to ?? 'now'), query, expect: rangesOf(wanted) };
    }
    case 'matrix': {
      const body = bodyShapes.matrix.body.parse(value);
      const { table } = parseTable(body.table);
      return {
        kind,
        ...packetOf(body),
        method: body.method ?? method,
        columns: table.columns.map(end),
        rows: table.rows.map(({ name, cells }) => ({ from: end(name), cells })),
      };
    }
    case 'metric': {
      const text = bodyShapes.metric.body.parse(value);
      const expression = parseExpression(text);
      if ('message' in expression) throw new Error(`"${text}" was read before`);
      return { kind, text, expression, expect: rangeOf(bodyShapes.metric.expect.parse(expect)) ?? {} };
    }
    case 'workflow': {
      const { name, params } = bodyShapes.workflow.body.parse(value);
      const wanted = bodyShapes.workflow.expect.parse(expect);
      return {
        kind,
        workflow: name,
        params: (params ?? {}) as Readonly<Record<string, Json>>,
        expect: valuesOf(wanted),
      };
    }
  }
}

function packetOf({ proto, port }: { readonly proto?: Protocol | undefined; readonly port?: number | undefined }): {
  proto: Protocol;
  port: number | undefined;
} {
  return { proto: proto ?? (port === undefined ? 'icmp' : 'tcp'), port };
}

type RangeText =
  | number
  | { readonly equals?: number | undefined; readonly min?: number | undefined; readonly max?: number | undefined };

function rangeOf(value: RangeText | undefined): Range | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'number' ? { equals: value } : present(value);
}

function rangesOf<K extends string>(map: Readonly<Partial<Record<K, RangeText | undefined>>>): { [key in K]?: Range } {
  const entries = Object.entries(map) as [K, RangeText | undefined][];
  return Object.fromEntries(entries.map(([key, value]) => [key, rangeOf(value)])) as { [key in K]?: Range };
}

function valuesOf({ count, ...rest }: z.infer<typeof bodyShapes.query.expect>): ValueExpectation {
  const range = rangeOf(count);
  return { ...(present(rest) as ValueExpectation), ...(range && { count: range }) };
}

/** zod leaves keys with undefined where they are given so; ours are absent. */
function present<T extends object>(map: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(map).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function patternOf(text: string): NodePattern {
  const [, key = '', value = ''] = nodePattern.exec(text) ?? [];
  return { text, key, value };
}
