/** A run with one result of each kind, and names that no format likes. */
import type { Report } from '../../../src/checks/report/report.ts';
import type { CheckResult } from '../../../src/checks/result.ts';

const startedAt = Date.UTC(2026, 10, 22, 4);
const place = (name: string, type: string, namespace?: string) => ({
  id: name,
  name,
  type,
  host: 'h1',
  ...(namespace && { namespace }),
});

export function resultOf(over: Partial<CheckResult> = {}): CheckResult {
  return {
    schema: 'skein/v1',
    kind: 'result',
    id: 'NET-1',
    name: 'front reaches the database',
    suite: 'shop',
    check: 'reach',
    tags: ['smoke'],
    severity: 'error',
    file: 'shop.check.yaml',
    line: 12,
    column: 5,
    status: 'ok',
    attempts: 1,
    startedAt,
    tookMs: 120,
    ...over,
  };
}

export const failed = resultOf({
  id: 'NET-2',
  name: 'front reaches the cache',
  line: 18,
  status: 'failed',
  code: 'RULE_DROP',
  expected: 'tcp 6379 from front to cache is delivered',
  got: 'it is dropped',
  reason: 'a rule of nftables drops it',
  attempts: 5,
  tookMs: 4210,
  hint: 'look at the rule',
  evidence: {
    hops: [
      { depth: 0, node: place('eth0', 'veth', 'front'), how: 'route 10.0.0.0/24', mtu: 1500, seen: 5 },
      { depth: 0, node: place('br0', 'bridge'), how: 'forwards', seen: 0, stops: true, counters: { RxDropped: 5 } },
    ],
    stopsAt: place('br0', 'bridge'),
    drop: { reason: 'NETFILTER_DROP', packets: 5, location: 'nf_hook_slow' },
    by: { type: 'rule', text: 'tcp dport 6379 drop', node: place('br0', 'bridge') },
    pcapng: { packets: 5, bytes: 640, base64: 'AAAA' },
    changes: {
      from: startedAt - 600_000,
      to: startedAt,
      lastGreenAt: startedAt - 600_000,
      added: 1,
      removed: 0,
      updated: 0,
      list: [
        { at: startedAt - 60_000, change: 'added', node: place('br0', 'bridge'), text: 'rule tcp dport 6379 drop' },
      ],
    },
  },
});

export const results: readonly CheckResult[] = [
  resultOf(),
  failed,
  resultOf({
    id: 'NET-3',
    name: 'MTU',
    severity: 'warning',
    status: 'failed',
    code: 'TOO_LOW',
    expected: '≥ 1450',
    got: '1400',
  }),
  resultOf({ id: 'NET-4', name: 'vm', status: 'error', reason: 'no node is called "vm1"', hint: 'did you mean vm2?' }),
  resultOf({ id: 'NET-5', name: 'later', status: 'skipped', reason: 'not before # the move', attempts: 0 }),
  resultOf({ id: 'NET-6', name: 'slow start', flaky: true, attempts: 3 }),
  resultOf({
    id: 'NET-7',
    instance: 'a → <b>',
    name: 'odd \u001b[31m"names" & ]]> % :: , \ud800 \uffff\nnot ok 9',
    status: 'failed',
    code: 'NO_REPLY',
    expected: 'a\u0000b',
    got: '::error::c',
  }),
  resultOf({ id: 'NET-7', instance: 'a → <b>', name: 'odd \u001b[31m"names" & ]]> % :: , \ud800 \uffff\nnot ok 9' }),
  resultOf({
    id: 'NET-8',
    name: 'who reaches whom',
    check: 'matrix',
    status: 'failed',
    code: 'WRONG_CELLS',
    expected: 'the table',
    got: '1 of 2 cells differ',
    matrix: {
      columns: ['front', 'db'],
      rows: [
        {
          name: 'front',
          cells: [
            { expected: '.', got: '.' },
            { expected: '+', got: '-', code: 'NO_ROUTE', reason: 'no route' },
          ],
        },
        {
          name: 'db',
          cells: [
            { expected: '-', got: '-' },
            { expected: '.', got: '.' },
          ],
        },
      ],
    },
  }),
];

export const report: Report = reportOf(results);

export function reportOf(some: readonly CheckResult[]): Report {
  const of = (status: string, severity?: string) =>
    some.filter((one) => one.status === status && (severity === undefined || one.severity === severity)).length;
  return {
    run: {
      schema: 'skein/v1',
      kind: 'run',
      id: 'r1',
      startedAt,
      suites: [{ name: 'shop', file: 'shop.check.yaml', checks: some.length }],
      checks: some.length,
      version: '0.1.0',
    },
    results: some,
    summary: {
      schema: 'skein/v1',
      kind: 'summary',
      checks: some.length,
      ok: of('ok'),
      failed: of('failed', 'error'),
      warnings: of('failed', 'warning'),
      infos: of('failed', 'info'),
      errors: of('error'),
      skipped: of('skipped'),
      flaky: some.filter(({ flaky }) => flaky === true).length,
      startedAt,
      tookMs: 12_400,
    },
  };
}
