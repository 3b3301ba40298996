import { drawSummary } from '../../../src/checks/report/report.ts';
import { TextReport } from '../../../src/checks/report/text.ts';
import { failed, report, reportOf, resultOf, results } from './run.ts';

const bare = (text: string) => text;
const paint = { added: bare, removed: bare, changed: bare, strong: bare, dim: bare };

test('a failed check says what was expected, what came, where it stopped, why, and what changed since', () => {
  expect(new TextReport({ paint, checks: 3 }).result(failed)).toBe(`failed  NET-2  front reaches the cache  (4.2 s)
        expected       tcp 6379 from front to cache is delivered
        got            RULE_DROP: it is dropped
        because        a rule of nftables drops it
        stopped at     br0 (bridge) on h1
        dropped        NETFILTER_DROP, 5 packets in nf_hook_slow
        decided by     rule: tcp dport 6379 drop at br0 (bridge) on h1
        hops           1. eth0 (veth, front)  route 10.0.0.0/24 [MTU 1500, seen 5]
                       2. br0 (bridge, h1)  forwards [seen 0, RxDropped 5]  <- stops here
        last good run  2026-11-22T03:50:00.000Z
        changed since  2026-11-22T03:50:00.000Z: 1 added, 0 removed, 0 updated
                       2026-11-22T03:59:00.000Z  added  br0 (bridge) on h1: rule tcp dport 6379 drop
        packets        5 packets, 640 bytes (--artifacts DIR keeps them)
        attempts       5
        what would do  look at the rule
        in             shop.check.yaml:18:5
`);
});

test('a matrix shows both tables, and says what differs', () => {
  const text = new TextReport({ paint, checks: 3 }).result(results[8] as (typeof results)[0]);
  expect(text).toContain(`
        table          expected  front  db  |  got       front  db
                       front     .      +   |  front     .      -!
                       db        -      .   |  db        -      .
                       front → db: + expected, - got (NO_ROUTE: no route)
`);
});

test('the last line has the numbers', () => {
  expect(drawSummary(report)).toBe(
    '9 checks: 3 ok, 3 failed, 1 warning, 1 could not be run, 1 skipped (12.4 s, 1 not at once)',
  );
  const fifteen = [...Array(13).fill(resultOf()), failed, results[2]] as typeof results;
  expect(drawSummary(reportOf(fifteen))).toBe('15 checks: 13 ok, 1 failed, 1 warning (12.4 s)');
});

test('more than fifty checks are dots, and failures stand out', () => {
  const text = new TextReport({ paint, checks: 100 });
  const many = Array.from({ length: 82 }, () => resultOf());
  const drawn = [...many, failed, resultOf()].map((one) => text.result(one)).join('') + text.end(report);
  const lines = drawn.split('\n');
  expect(lines[0]).toBe('.'.repeat(80));
  expect(lines[1]).toBe('..');
  expect(lines[2]).toMatch(/^failed {2}NET-2/);
  expect(lines.at(-3)).toBe('.');
});

test('what a terminal would obey is shown instead', () => {
  const text = new TextReport({ paint, checks: 1 }).result(results[6] as (typeof results)[0]);
  expect(text).not.toContain('\u001b');
  expect(text).toContain('\\u{1b}[31m');
  expect(text.split('\n').some((line) => line.startsWith('not ok'))).toBe(false);
});

test('what was got is not said again as its own reason', () => {
  const got = 'no number, but x';
  const text = new TextReport({ paint, checks: 1 }).result(
    resultOf({ status: 'failed', code: 'UNEXPECTED', expected: 'at least 0', got, reason: got }),
  );
  expect(text).toContain('got            UNEXPECTED: no number, but x\n');
  expect(text).not.toContain('because');
});
