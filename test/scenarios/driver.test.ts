/** The same scenarios, said by npm gremlin's own traversal API and sent by its driver as bytecode. Its numbers have no types. */
import gremlin from 'gremlin';
import { Bytecode, type Instruction } from '../../src/query/gremlin/bytecode.ts';
import { parseGremlin } from '../../src/query/gremlin/parse/parse.ts';
import type { GValue } from '../../src/query/gremlin/value/value.ts';
import { serve } from '../api/gremlin/served.ts';
import { toySources } from './graphs.ts';
import { surprises } from './known.ts';
import { Unwritable } from './notation.ts';
import { run } from './run.ts';
import { readScenarios } from './scenario.ts';
import { heard, said } from './through-driver.ts';

test.each(['application/vnd.graphbinary-v1.0', 'application/vnd.gremlin-v3.0+json'])(
  'scenarios through the driver, in %s',
  async (mimeType) => {
    const { sources, take } = toySources();
    await using server = await serve({ graphs: sources });
    const { DriverRemoteConnection } = gremlin.driver;
    const connections = new Map(
      Object.keys(sources).map((name) => [
        name,
        new DriverRemoteConnection(server.url, { traversalSource: name, mimeType }),
      ]),
    );
    const asker = {
      isLoose: true,
      graph: take,
      async ask(
        text: string,
        graph: string,
        parameters: ReadonlyMap<string, GValue>,
        sideEffects: ReadonlyMap<string, GValue>,
      ) {
        const { statements, faults } = parseGremlin(text, parameters);
        const [statement] = statements;
        if (faults.length > 0 || statement === undefined) throw new Error(faults[0]?.message ?? 'no traversal');
        const format = mimeType.includes('binary') ? 'binary' : 'json';
        // Its reader of GraphBinary knows no graphs and no trees, and throws where nobody can catch it.
        if (format === 'binary' && /\b(subgraph|tree)\(/.test(text)) throw new Unwritable('a graph or a tree');
        const g = gremlin.process.AnonymousTraversalSource.traversal().withRemote(connections.get(graph) as object);
        const aside = Array.from(sideEffects, (args): Instruction => ({ name: 'withSideEffect', args }));
        const { source, steps } = statement.bytecode;
        const traversal = said(new Bytecode([...aside, ...source], steps), g, format) as unknown as {
          toList(): Promise<unknown[]>;
        };
        const list = await answered(traversal.toList()).catch((error: Error) => {
          throw error.message.includes('serialize a BigInt') ? new Unwritable('its GraphSON knows no BigInt') : error;
        });
        return list.map(heard);
      },
    };
    const failed: { name: string; why: string }[] = [];
    const ran: string[] = [];
    let passed = 0;
    try {
      for (const scenario of readScenarios()) {
        const outcome = await run(scenario, asker).catch((error) => {
          if (error instanceof Unwritable) return { kind: 'left out' as const };
          throw error;
        });
        if (outcome.kind === 'passed') passed++;
        if (outcome.kind === 'failed') failed.push({ name: scenario.name, why: outcome.why });
        if (outcome.kind !== 'left out') ran.push(scenario.name);
      }
    } finally {
      for (const connection of connections.values()) await connection.close();
    }
    expect(surprises(failed, ran)).toEqual([]);
    expect(passed).toBeGreaterThan(500);
    expect(server.warnings).toEqual([]);
  },
  120_000,
);

/** The driver says nothing when it cannot read an answer: it throws where nobody can catch it. */
function answered<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer that the driver can read')), 3_000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
