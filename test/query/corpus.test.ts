/**
 * The corner cases, as text: `*.gremlin` beside this file. After `==` a title, then a graph, then queries after `>`, each
 * with its answer: a line for each thing, or after `!` what is wrong, after `?` what is odd.
 * UPDATE=1 writes the answers anew; read the difference.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Fault } from '../../src/std/mistake.ts';
import { Mistake } from '../../src/std/mistake.ts';
import { ask, lines } from './ask.ts';

const here = new URL('./', import.meta.url);

for (const name of readdirSync(here).filter((file) => file.endsWith('.gremlin'))) {
  const file = new URL(name, here);
  const cases = readCases(readFileSync(file, 'utf8'));
  describe(name, () => {
    if (process.env.UPDATE) {
      test('is written anew', async () => {
        writeFileSync(file, await drawn(cases));
      });
      return;
    }
    for (const { title, graph, queries } of cases)
      for (const { query, answer } of queries)
        test(`${title}: ${query}`, async () => {
          expect(await answered(graph, query)).toEqual(answer);
        });
  });
}

interface Case {
  readonly title: string;
  readonly graph: string;
  readonly queries: { readonly query: string; readonly answer: string[] }[];
}

function readCases(text: string): Case[] {
  return text
    .split(/^== /m)
    .slice(1)
    .map((block) => {
      const [title = '', ...rest] = block.split('\n');
      const [graph = '', ...asked] = rest.join('\n').split(/^> /m);
      const queries = asked.map((one) => {
        const [query = '', ...answer] = one.trimEnd().split('\n');
        return { query, answer };
      });
      return { title, graph: graph.trim(), queries };
    });
}

async function drawn(cases: readonly Case[]): Promise<string> {
  const blocks: string[] = [];
  for (const { title, graph, queries } of cases) {
    const parts = [`== ${title}`, graph];
    for (const { query } of queries) parts.push(`> ${query}`, ...(await answered(graph, query)));
    blocks.push(parts.filter((part) => part !== '').join('\n'));
  }
  return `${blocks.join('\n\n')}\n`;
}

async function answered(graph: string, query: string): Promise<string[]> {
  try {
    const answer = await ask(graph, query);
    return [...lines(answer), ...answer.warnings.map((fault) => `? ${faultText(fault, query)}`)];
  } catch (error) {
    if (error instanceof Mistake) return error.faults.map((fault) => `! ${faultText(fault, query)}`);
    throw error;
  }
}

function faultText({ code, message, from, to, hint }: Fault, query: string): string {
  const where = from === undefined ? '' : ` [${query.slice(from, to)}]`;
  return `${code}${where} ${message}${hint === undefined ? '' : ` (${hint})`}`;
}
