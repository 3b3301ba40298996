/**
 * Queries over HTTP beside Skydive 0.28.0 on the same machine and the same graph: keep-alive, body read to the end, one
 * after the other for p50 and p90 and CPU of the server, then eight connections. Beside it an express route that does
 * nothing, in the same process. `node bench/http.ts [51|10000|100000]…`
 */
import type { ChildProcess } from 'node:child_process';
import { KeepAlive, topologyRequest } from './keepalive.ts';
import { ask, during, figure, heard, measure, print, size as sizeText, startServer } from './over-http.ts';

interface Row {
  readonly query: string;
  /** Of Skydive: p50 ms, CPU ms, queries/s with eight connections. */
  readonly skydive: readonly [p50: number, cpu: number, rate: number] | undefined;
}

const small: readonly Row[] = [
  { query: 'G.V().Count()', skydive: [0.13, 0.1, 16_800] },
  { query: "G.V().Has('Name','skyb-v5')", skydive: [0.18, 0.17, 9_900] },
  { query: "G.V().Has('Type','veth').Limit(10)", skydive: [0.6, 0.68, 2_440] },
  { query: "G.V().Has('Name','skyb-br').Out().Out()", skydive: [0.73, 0.82, 1_930] },
  { query: "G.V().Has('Name','skyb-v1').ShortestPathTo(Metadata('Name','skyb-v9'))", skydive: [0.4, 0.43, 3_820] },
  { query: "G.V().Dedup('Type')", skydive: [0.34, 0.34, 4_550] },
  { query: 'G.E().Count()', skydive: [0.12, 0.1, 16_900] },
  { query: 'G', skydive: [2.1, 2.49, 650] },
];

const queries = [
  'G.V().Count()',
  "G.V().Has('Name','vo-50-5')",
  "G.V().Has('Type','veth').Limit(10)",
  "G.V().Has('Name','vo-50-5').Out().Out()",
  "G.V().Has('Name','vi-1-1').ShortestPathTo(Metadata('Name','vi-90-3'))",
  "G.V().Dedup('Type')",
  'G.E().Count()',
  "G.V().Has('Type','veth').Count()",
  "G.V().Has('Name',Regex('vo-50-.*'))",
  'G',
];

const large: Readonly<Record<string, readonly (Row['skydive'] | undefined)[]>> = {
  '10000': [
    [0.3, 0.67, 2_740],
    [1.79, 2.38, 851],
    [2.06, 2.9, 721],
    [1.8, 2.25, 802],
    [2_583, 2_577, 0],
    [7.5, 11.3, 172],
    [0.34, 1.02, 1_905],
    [2.07, 3.1, 637],
    [4.15, 5.5, 437],
    [166, 176, 10],
  ],
  '100000': [
    [11.3, 15, 90],
    [85.6, 83, 24],
    [83.8, 84, 20],
    [80.5, 83, 26],
    undefined,
    [174, 261, 10],
    [3.2, 16.7, 105],
    [81.7, 82, 29],
    [142, 185, 15],
    [2_209, 2_697, 0],
  ],
};

const sizes = process.argv.length > 2 ? process.argv.slice(2) : ['51', '10000', '100000'];
for (const size of sizes) await bench(size);

async function bench(size: string): Promise<void> {
  const server = startServer('./http-server.ts', [size]);
  try {
    const { ports } = await heard(server);
    if (!ports) throw new Error('the server did not say where it listens');
    const rows = size === '51' ? small : queries.map((query, i) => ({ query, skydive: large[size]?.[i] }));
    print([`${size} nodes`, 'body', 'p50 ms', 'p90', 'CPU ms', 'q/s ×8', 'CPU ×8', 'Skydive p50', 'CPU', 'q/s']);
    if (size === '51')
      await line(server, ports.empty, { query: 'G.V().Count()', skydive: undefined }, 'an empty express route');
    for (const row of rows) await line(server, ports.skein, row, row.query);
    await beside(server, ports.skein);
    process.stdout.write(`RSS of the server ${Math.round((await ask(server, 'rss')) / 1048576)} MiB\n\n`);
  } finally {
    server.kill();
  }
}

async function line(server: ChildProcess, port: number, { query, skydive }: Row, name: string): Promise<void> {
  const { bytes, p50, p90, cpu, rate, cpu8 } = await measure(server, port, topologyRequest(query));
  const ours = [sizeText(bytes), figure(p50), figure(p90), figure(cpu), String(Math.round(rate)), figure(cpu8)];
  const theirs = skydive ?? [undefined, undefined, undefined];
  print([name, ...ours, ...theirs.map((value) => (value === undefined ? '–' : figure(value)))]);
}

/** Short queries while the whole graph leaves again and again on another connection. */
async function beside(server: ChildProcess, port: number): Promise<void> {
  const heavy = await KeepAlive.open(port);
  const light = await KeepAlive.open(port);
  const whole = topologyRequest('G');
  const count = topologyRequest('G.V().Count()');
  await ask(server, 'watch');
  let isOver = false;
  const heavyRun = during(2_000, 2, () => heavy.ask(whole)).finally(() => {
    isOver = true;
  });
  const times: number[] = [];
  while (!isOver) {
    const start = performance.now();
    await light.ask(count);
    times.push(performance.now() - start);
  }
  await heavyRun;
  times.sort((a, b) => a - b);
  const stall = await ask(server, 'stall');
  process.stdout.write(
    `while the whole graph leaves again and again: Count() p50 ${figure(times[times.length >> 1] ?? 0)} ms, ` +
      `max ${figure(times.at(-1) ?? 0)} ms; longest stretch of the event loop ${figure(stall)} ms of CPU\n`,
  );
  heavy.close();
  light.close();
}
