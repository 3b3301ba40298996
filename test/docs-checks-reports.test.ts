/** docs/checks.md shows one red run in each format, as they are drawn. It was kept of a site of namespaces (times and ids made plain). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { githubReport } from '../src/checks/report/github.ts';
import { junitReport } from '../src/checks/report/junit.ts';
import { markdownReport } from '../src/checks/report/markdown.ts';
import type { Report } from '../src/checks/report/report.ts';
import { tapReport } from '../src/checks/report/tap.ts';
import { TextReport } from '../src/checks/report/text.ts';

const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'checks.md'), 'utf8');
const red: Report = JSON.parse(readFileSync(join(import.meta.dirname, 'checks', 'fixtures', 'red.json'), 'utf8'));
const bare = (text: string) => text;
const text = new TextReport({
  paint: { added: bare, removed: bare, changed: bare, strong: bare, dim: bare },
  checks: 1,
});

test.each<[string, string]>([
  ['text', `${red.results.map((result) => text.result(result)).join('')}${text.end(red)}`],
  ['junit', junitReport(red)],
  ['tap', tapReport(red)],
  ['github', githubReport(red)],
  ['markdown', markdownReport(red)],
])('%s is as the page has it', (_, drawn) => {
  expect(page).toContain(`\n${drawn.trimEnd()}\n`);
});
