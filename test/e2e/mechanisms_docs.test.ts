/** docs/capture.md says what is: its request is answered, its queries run, its options, stages and types exist. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mechanisms } from '../../src/capture/index.ts';
import { optionList } from '../../src/config/list.ts';
import { lossStages } from '../../src/flow/loss.ts';
import { inFolder, skeinUp } from './running.ts';

const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'capture.md'), 'utf8');
const code = [...text.matchAll(/`([^`\n]+)`/g)].map(([, inside]) => inside as string);

test('what docs/capture.md tells to send is answered', () =>
  inFolder(async (data) => {
    const skein = await skeinUp(data, '--probes-enabled', 'host');
    const [, example = ''] = /^(curl .*\/api\/capture)$/m.exec(text) ?? [];
    const asked = example.replace('http://127.0.0.1:8082', skein.url).replace('curl ', 'curl -s ');
    expect(JSON.parse(execFileSync('sh', ['-c', asked], { encoding: 'utf8' }))).toMatchObject({
      GremlinQuery: "G.V().Has('Type', 'veth')",
      UUID: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const queries = code.map((inside) => inside.replace(/^X-Gremlin-Filter: /, '')).filter((it) => it.startsWith('G.'));
    expect(queries.length).toBeGreaterThan(3);
    for (const query of queries) expect([query, await skein.query(query)]).toEqual([query, []]);
    await skein.end();
  }));

test('options, stages and types that docs/capture.md names are those that there are', () => {
  const options = new Set(optionList.map(({ path }) => path));
  const named = code.filter((inside) => /^(capture|flow|archive)\.\w+(\.\w+)*$/.test(inside));
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((option) => !options.has(option))).toEqual([]);
  const rows = [...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, stage]) => stage);
  expect(rows).toEqual([...lossStages]);
  const types = mechanisms({ ports: { from: 1, to: 2 }, ovs: { databases: [], host: '' } }).map(({ type }) => type);
  expect(types.filter((type) => !code.includes(type))).toEqual([]);
});
