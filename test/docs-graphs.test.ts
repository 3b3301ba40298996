/** docs/graphs.md: its file is read, and its traversals give what it says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JsonLinesReading } from '../src/graphfiles/jsonlines/read.ts';
import { ended } from '../src/graphfiles/reading.ts';
import { OwnGraph } from '../src/query/gremlin/model/own-graph.ts';
import { timelineOf } from './query/ask.ts';
import { ask } from './query/gremlin/asked.ts';

const text = readFileSync(join(import.meta.dirname, '..', 'docs', 'graphs.md'), 'utf8');
const blocks = (language: string) =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\n([^\`]*)\`\`\``, 'g'))].flatMap(([, block = '']) =>
    block.trim().split('\n'),
  );

test('its file is read, and its traversals give what it says, one after the other', async () => {
  const minute = 60_000;
  let nowMs = 1_700_000_000_000;
  const { graph, model, writer } = new OwnGraph({ nowMs: () => nowMs });
  const reading = new JsonLinesReading(writer);
  for (const line of blocks('json')) reading.line(line);
  expect(ended(reading.end())).toEqual({ vertices: 2, edges: 1 });

  const asked: { query: string; gives: unknown[] }[] = [];
  for (const line of blocks('gremlin')) {
    if (line.startsWith('=> ')) asked.at(-1)?.gives.push(JSON.parse(line.slice(3)));
    else asked.push({ query: line, gives: [] });
  }
  expect(asked.length).toBeGreaterThan(5);
  for (const { query, gives } of asked) {
    const on = { model, timeline: timelineOf(graph), writer, nowMs: () => nowMs };
    // Of a moment ago is asked half a minute after the change.
    if (query.includes("'at'")) nowMs += minute / 2;
    else nowMs += 10 * minute;
    expect({ query, gives: await ask(query, on, { context: { nowMs } }) }).toEqual({ query, gives });
  }
});
