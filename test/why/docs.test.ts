/** What docs/why.md shows is what there is. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whyReplyShape, whyRequestShape } from '../../src/contract/why.ts';
import { readChanges } from '../../src/graph/text.ts';
import { testServer } from '../api/server.ts';
import { skein } from '../cli/terminal.ts';
import { cable, host } from '../query/forwarding/walked.ts';

const page = readFileSync(new URL('../../docs/why.md', import.meta.url), 'utf8');
const check = { id: 'c', status: 'failed', traffic: { from: 'blue', to: 'red', packet: 'tcp 80' } };

test('its commands are understood', async () => {
  await using server = await testServer();
  server.say(
    ...readChanges(`${host('blue', '10.0.0.1')}\n${host('red', '10.0.0.2')}\n${cable('blue', 'veth:red/eth0')}`),
  );
  const file = join(tmpdir(), `skein-why-docs-${process.pid}.json`);
  writeFileSync(file, JSON.stringify(check));
  try {
    const lines = [...page.matchAll(/^(?:.*\| )?skein why ([^#\n]+)/gm)].map(([, words]) => words as string);
    expect(lines.length).toBeGreaterThanOrEqual(5);
    for (const line of lines) {
      const words = line.trim().split(/ +/);
      const own = words.map((word) => (word === '-' ? file : word));
      const { exitCode, err } = await skein(['why', ...own, '--server', server.url], { now: Date.now() });
      // What is refused is refused for what this server does not know, and not for how it was asked.
      expect([line, exitCode, err]).toEqual([
        line,
        expect.any(Number),
        expect.not.stringMatching(/unknown option|argument/),
      ]);
      if (/blue red/.test(line)) expect([line, exitCode, err]).toEqual([line, 0, '']);
    }
  } finally {
    rmSync(file);
  }
});

test('its request is one', () => {
  const [, body] = /`POST \/api\/why` with `([^`]+)`/.exec(page) ?? [];
  expect(whyRequestShape.safeParse(JSON.parse(body as string)).success).toBe(true);
});

test('in its answer the points of the reasons are the score', () => {
  const [, score] = / (\d+) of 100$/m.exec(page) ?? [];
  const points = [...page.matchAll(/^ {5}([+-]\d+) /gm)].map(([, text]) => Number(text));
  expect(points.length).toBeGreaterThan(2);
  expect(
    Math.min(
      100,
      points.reduce((sum, more) => sum + more, 0),
    ),
  ).toBe(Number(score));
});

test('it has every way in which a good moment is found', () => {
  const told = [...page.matchAll(/^\| `(\w+)` \| (?:was|is) /gm)].map(([, name]) => name);
  expect(told).toEqual(whyReplyShape.shape.goodBy.options);
});
