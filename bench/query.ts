/** `node bench/query.ts [hosts…]`: the engine alone, without HTTP and JSON, beside Skydive's CPU per query (with both) on the same graph. */

import { setImmediate as turnOnce } from 'node:timers/promises';
import { MergedTimeline } from '../src/archive/timeline.ts';
import { Graph } from '../src/graph/graph.ts';
import { defaultLimits } from '../src/query/limits.ts';
import { parse } from '../src/query/parser.ts';
import { QueryEngine } from '../src/query/query.ts';
import type { Context } from '../src/query/run.ts';
import { indexedKeys, syntheticChanges } from './synthetic.ts';

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [100, 1000];

/** Query, our goal in ms if there is one, Skydive's CPU in ms at 10,001 and 100,001 nodes. */
const queries: readonly [string, number | undefined, number | undefined, number | undefined][] = [
  ['G.V().Count()', undefined, 0.67, 15],
  ["G.V().Has('Name','vo-50-5')", 0.015, 2.38, 83],
  ["G.V().Has('Type','veth').Limit(10)", 0.1, 2.9, 84],
  ["G.V().Has('Name','vo-50-5').Out().Out()", 0.2, 2.25, 83],
  ["G.V().Has('Name','vi-1-1').ShortestPathTo(Metadata('Name','vi-90-3'))", 10, 2577, undefined],
  ["G.V().Dedup('Type')", 20, 11.3, 261],
  ['G.E().Count()', undefined, 1.02, 16.7],
  ["G.V().Has('Type','veth').Count()", undefined, 3.1, 82],
  ["G.V().Has('Name',Regex('vo-50-.*'))", 25, 5.5, 141],
  ["G.V().Has('Name',Regex('v[io]-50-[0-9]+'))", 25, undefined, undefined],
  ["G.V().Has('MTU',GT(9000))", undefined, undefined, undefined],
  ["G.V().Sort('Name').Limit(1)", undefined, undefined, undefined],
  ["G.V().Has('Type','veth').SubGraph()", undefined, undefined, undefined],
  ["G.V().Has('Name','tor').Descendants(0)", undefined, undefined, undefined],
  ["G.V().Has('Type','host').Out().Dedup().Count()", undefined, undefined, undefined],
  ['G', undefined, 176, 2697],
];

benchParse();
for (const hosts of sizes) await benchQueries(hosts);

function benchParse(): void {
  const engine = new QueryEngine({ keys: () => [], cacheSize: 0 });
  console.log('parse and prepare, µs a query (goal for parse: 2)');
  for (const [text] of queries.slice(1, 6)) {
    const parseUs = timeOf(() => parse(text, defaultLimits)) * 1000;
    const prepareUs = timeOf(() => engine.prepare(text)) * 1000;
    console.log(`  ${parseUs.toFixed(2).padStart(8)} ${prepareUs.toFixed(2).padStart(8)}  ${text}`);
  }
}

async function benchQueries(hosts: number): Promise<void> {
  const graph = new Graph({ indexed: indexedKeys });
  graph.apply(syntheticChanges(hosts), { host: 'bench', origin: 'bench.synthetic', time: 1000 });
  const engine = new QueryEngine({ keys: () => [] });
  const { nodeCount, edgeCount } = graph.now();
  console.log(
    `\n${nodeCount} nodes, ${edgeCount} edges: ms of CPU, p50, longest stretch without a turn, goal, Skydive's CPU with HTTP and JSON`,
  );
  for (const [text, goal, small, large] of queries) {
    const prepared = engine.prepare(text);
    const times: number[] = [];
    let longest = 0;
    const deadline = performance.now() + 400;
    const cpuBefore = process.cpuUsage();
    while (times.length < 5 || (performance.now() < deadline && times.length < 20_000)) {
      const started = performance.now();
      let turnedMs = started;
      const breathe = () => {
        longest = Math.max(longest, performance.now() - turnedMs);
      };
      const context: Context = {
        timeline: new MergedTimeline({ graph, flushed: async () => undefined, nowMs: Date.now }),
        nowMs: 2000,
        elapsed: () => performance.now(),
        turn: async () => {
          breathe();
          await turnOnce();
          turnedMs = performance.now();
        },
      };
      const answer = engine.run(prepared, context);
      if (answer instanceof Promise) await answer;
      breathe();
      times.push(performance.now() - started);
    }
    const { user, system } = process.cpuUsage(cpuBefore);
    const cpu = (user + system) / 1000 / times.length;
    times.sort((a, b) => a - b);
    const p50 = times[times.length >> 1] as number;
    const peer = nodeCount > 50_000 ? large : small;
    const columns = [
      digits(cpu),
      digits(p50),
      digits(longest),
      goal === undefined ? '' : `≤ ${goal}`,
      peer === undefined ? '' : String(peer),
    ];
    console.log(`  ${columns.map((column) => column.padStart(9)).join(' ')}  ${text}`);
  }
}

/** Mean ms of one call. */
function timeOf(act: () => unknown): number {
  for (let i = 0; i < 20_000; i++) act();
  const started = performance.now();
  for (let i = 0; i < 100_000; i++) act();
  return (performance.now() - started) / 100_000;
}

function digits(ms: number): string {
  return ms < 1 ? ms.toFixed(4) : ms.toFixed(2);
}
