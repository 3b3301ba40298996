/**
 * TinkerPop's own scenarios against our server, with exact types: over each transport, with values written into the text
 * and as bindings. What is not passed is listed below with its reason; anything else is a regression.
 */

import { graphsonClient } from '../../src/api/gremlin/graphson/serializer.ts';
import { GMap } from '../../src/query/gremlin/value/collections.ts';
import type { GValue } from '../../src/query/gremlin/value/value.ts';
import { Driver, type Format, type Served, serve } from '../api/gremlin/served.ts';
import { toySources } from './graphs.ts';
import { inline, spread } from './inline.ts';
import { surprises } from './known.ts';
import { run } from './run.ts';
import { readScenarios, type Scenario } from './scenario.ts';

const all = readScenarios();
const byFolder = Map.groupBy(all, ({ file }) => file.split('/', 1)[0] as string);

test('there are as many scenarios as there should be', () => {
  expect(all.length).toBeGreaterThan(1000);
});

describe.each<[string, Format | 'http', 'literal' | 'bindings']>([
  ['GraphSON 3 over WebSocket, literal values', 'graphson', 'literal'],
  ['GraphSON 3 over WebSocket, bindings', 'graphson', 'bindings'],
  ['GraphBinary over WebSocket, literal values', 'graphbinary', 'literal'],
  ['GraphBinary over WebSocket, bindings', 'graphbinary', 'bindings'],
  ['GraphSON 3 over HTTP', 'http', 'literal'],
])('%s', (_name, transport, parameters) => {
  test.each([...byFolder.keys()])(
    'scenarios of %s',
    async (folder) => {
      const graphs = toySources();
      await using server = await serve({ graphs: graphs.sources });
      await using driver = await Driver.open(server.url, transport === 'http' ? 'graphson' : transport);
      const asker = {
        isLoose: false,
        graph: graphs.take,
        async ask(
          text: string,
          graph: string,
          bound: ReadonlyMap<string, GValue>,
          sideEffects: ReadonlyMap<string, GValue>,
        ) {
          const [query, bindings] = parameters === 'literal' ? [inline(text, bound), new Map()] : [text, bound];
          const asked = spread(query, sideEffects);
          const answers =
            transport === 'http'
              ? [await post(server, asked, graph, bindings)]
              : await driver.script(asked, { bindings: new GMap(bindings) }, graph);
          const last = answers.at(-1);
          if (last === undefined || last.code >= 400) throw new Error(last?.message ?? 'no answer');
          return answers.flatMap(({ data }) => data ?? []);
        },
      };
      const scenarios = byFolder.get(folder) as Scenario[];
      const failed = await failures(scenarios, asker);
      expect(
        surprises(
          failed,
          scenarios.map(({ name }) => name),
        ),
      ).toEqual([]);
      expect(server.warnings).toEqual([]);
    },
    120_000,
  );
});

async function failures(
  scenarios: readonly Scenario[],
  asker: Parameters<typeof run>[1],
): Promise<{ name: string; why: string }[]> {
  const failed: { name: string; why: string }[] = [];
  for (const scenario of scenarios) {
    const outcome = await run(scenario, asker);
    if (outcome.kind === 'failed') failed.push({ name: scenario.name, why: outcome.why });
  }
  return failed;
}

async function post({ httpUrl }: Served, gremlin: string, graph: string, bindings: ReadonlyMap<string, GValue>) {
  if (bindings.size > 0) throw new Error('bindings are for WebSockets here');
  const body = JSON.stringify({ gremlin, aliases: { g: graph } });
  const reply = await fetch(httpUrl, {
    method: 'POST',
    body,
    headers: { accept: 'application/vnd.gremlin-v3.0+json' },
  });
  if (reply.ok) return graphsonClient.readResponse(Buffer.from(await reply.arrayBuffer()));
  const { message } = (await reply.json()) as { message: string };
  return { code: reply.status, message, data: null };
}
