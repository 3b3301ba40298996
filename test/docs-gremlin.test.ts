/** docs/gremlin.md: every traversal in it is asked of the network that it shows, by the doors that it names. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readChanges } from '../src/graph/text.ts';
import { ask, type TestServer, testServer } from './api/server.ts';
import { flowList } from './query/flow-list.ts';
import { readFlows } from './query/flow-text.ts';

const text = readFileSync(join(import.meta.dirname, '..', 'docs', 'gremlin.md'), 'utf8');
const blocks = [...text.matchAll(/```gremlin\n([^`]*)```/g)].map(([, block]) => block as string);
const told = (sign: string) =>
  blocks.flatMap((block) =>
    block.split('\n').flatMap((line) => (line.startsWith(sign) ? [line.slice(sign.length)] : [])),
  );

interface Asked {
  readonly query: string;
  readonly gives: unknown[];
}

const questions = blocks
  .flatMap((block) => block.split('\n'))
  .reduce<Asked[]>((all, line) => {
    if (line.startsWith('g.')) all.push({ query: line, gives: [] });
    if (line.startsWith('=> ')) all.at(-1)?.gives.push(JSON.parse(line.slice(3)));
    return all;
  }, []);

async function network(): Promise<TestServer> {
  const lines = told('# ');
  const isFlow = (line: string) => / -(TCP|UDP)-> /.test(line);
  const { flows } = readFlows(lines.filter(isFlow).join('\n'));
  const server = await testServer({ flows: { flows: flowList(flows), matchFilter: () => () => true } });
  server.say(...readChanges(lines.filter((line) => !isFlow(line)).join('\n')));
  return server;
}

test('its traversals give what it says, one after the other', async () => {
  await using server = await network();
  expect(questions.length).toBeGreaterThan(20);
  for (const { query, gives } of questions) {
    const body = { GremlinQuery: query };
    const answer = await ask(server, '/api/topology', { method: 'POST', body });
    expect({ query, status: answer.status, gives: JSON.parse(answer.text) }).toEqual({
      query,
      status: 200,
      gives,
    });
  }
});

test('its JavaScript runs', async () => {
  await using server = await network();
  const [, code = ''] = /```js\n([^`]*)```/.exec(text) ?? [];
  // This server is younger than five minutes.
  const here = code.replace('127.0.0.1:8082', `127.0.0.1:${server.port}`).replace('-5m', 'now');
  const run = new Function('require', `return (async () => { ${here} return { names, before, flows }; })();`);
  const { names, before, flows } = await run(createRequire(import.meta.url));
  expect(names).toEqual(['eth0']);
  expect(Object.keys(before)).toEqual(['value', 'done']);
  expect(flows).toHaveLength(2);
  expect(flows[0].get('Application')).toBe('TLS');
});

test('its curl works', async () => {
  await using server = await network();
  const [, body = ''] = /curl -d '([^']*)' http:\/\/127\.0\.0\.1:8082\/gremlin/.exec(text) ?? [];
  const { status, text: answered } = await ask(server, '/gremlin', { method: 'POST', body: JSON.parse(body) });
  expect([status, answered]).toEqual([200, expect.stringContaining('"@value":5')]);
});
