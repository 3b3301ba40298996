/** README.md shows a check that is red, as it is drawn: lines may be left out (`…`), and none is made up. It was kept of the lab. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../src/checks/report/report.ts';
import { TextReport } from '../src/checks/report/text.ts';
import { parseSuites } from '../src/checks/suite/parse.ts';

const page = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
const red: Report = JSON.parse(readFileSync(join(import.meta.dirname, 'checks', 'fixtures', 'readme.json'), 'utf8'));

test('the red check is drawn as the page has it', () => {
  const bare = (text: string) => text;
  const paint = { added: bare, removed: bare, changed: bare, strong: bare, dim: bare };
  const text = new TextReport({ paint, checks: 1 });
  const drawn = `${red.results.map((result) => text.result(result)).join('')}${text.end(red)}`.split('\n');
  const shown =
    /^failed .*\n(?:.*\n)*?1 check: .*/m
      .exec(page)?.[0]
      .split('\n')
      .filter((line) => line !== '…') ?? [];
  expect(shown.length).toBeGreaterThan(10);
  // In their order: what is left of `drawn` behind one line has the next.
  let at = -1;
  for (const line of shown) {
    const next = drawn.indexOf(line, at + 1);
    expect([line, next > at]).toEqual([line, true]);
    at = next;
  }
});

test('its suite has no mistakes', () => {
  const suite = /```yaml\n(apiVersion: checks[\s\S]*?)```/.exec(page)?.[1] ?? '';
  const parsed = parseSuites([{ file: 'f', text: suite }], { vars: {}, env: {}, allowed: new Set() });
  expect(parsed.warnings).toEqual([]);
});
