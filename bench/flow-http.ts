/**
 * Questions about live flows over HTTP beside Skydive 0.28.0, which asks its agent over a WebSocket, on the same machine:
 * keep-alive, body read to the end, one after the other for p50, p90 and CPU of the server, then eight connections.
 * Beside it an express route that does nothing, in the same process, and what each question costs the event loop at a
 * stretch. `node bench/flow-http.ts [flows…]`; `past` before them: the same flows archived too, asked by time.
 */
import type { ChildProcess } from 'node:child_process';
import { loadavg } from 'node:os';
import { KeepAlive, topologyRequest } from './keepalive.ts';
import { ask, during, figure, heard, measure, print, size as sizeText, startServer } from './over-http.ts';

interface Row {
  readonly query: string;
  readonly goalMs?: number;
  /** Of Skydive with 100,000 flows: p50 ms, CPU ms, queries/s with eight connections; and p50 with 1,000,000. */
  readonly skydive?: readonly [p50: number, cpu: number, rate: number, million: number];
}

const [mode, ...counts] = process.argv[2] === 'past' ? process.argv.slice(2) : ['now', ...process.argv.slice(2)];
const sizes = counts.length > 0 ? counts : mode === 'past' ? ['500000'] : ['100000', '1000000'];
for (const size of sizes) await bench(size);

async function bench(size: string): Promise<void> {
  const server = startServer('./flow-http-server.ts', mode === 'past' ? [size, 'archived'] : [size]);
  try {
    const { ports, text = '' } = await heard(server);
    if (!ports) throw new Error('the server did not say where it listens');
    const load = loadavg().map((number) => number.toFixed(1));
    process.stdout.write(`${text}\nload of the machine ${load.join(', ')}\n`);
    const rss = await ask(server, 'rss');
    if (mode === 'now') await short(server, ports, size);
    await long(server, ports.skein);
    const mebibytes = [rss, await ask(server, 'rss')].map((bytes) => Math.round(bytes / 2 ** 20));
    process.stdout.write(`RSS of the server ${mebibytes[0]} MiB, after the questions ${mebibytes[1]} MiB\n\n`);
  } finally {
    server.kill();
  }
}

async function short(server: ChildProcess, ports: { skein: number; empty: number }, size: string): Promise<void> {
  const [some] = await flows(ports.skein, "G.V().Has('Name','vo-1-5').Flows().Limit(1)");
  const [wide] = await flows(ports.skein, "G.Flows().Has('Network', '10.0.0.7').Limit(1)");
  if (!some || !wide) throw new Error('no flow to ask for');
  const rows: readonly Row[] = [
    { query: `G.Flows().Has('TrackingID','${some.TrackingID}')`, goalMs: 0.5, skydive: [23.8, 26, 42, 437] },
    { query: "G.V().Has('Name','vo-1-5').Flows().Limit(10)", goalMs: 1, skydive: [22.3, 28, 42, 517] },
    { query: 'G.Flows().Limit(10)', skydive: [12.5, 70, 75, 256] },
    { query: `G.Flows().Has('Network.A','${some.Network.A}').Count()`, skydive: [23.9, 29, 44, 430] },
    { query: 'G.Flows().Count()', goalMs: 1, skydive: [264, 415, 7.2, 4_953] },
    { query: `G.Flows().Has('TrackingID','${wide.TrackingID}').Hops()` },
    { query: "G.V().Has('Name','vo-1-5').Flows().Count()" },
  ];
  const head = [`${size} flows`, 'body', 'p50 ms', 'goal', 'p90', 'CPU ms', 'q/s ×8', 'CPU ×8', '× empty'];
  print([...head, 'Skydive p50', 'CPU', 'q/s']);
  const floor = await measure(server, ports.empty, topologyRequest('G.Flows().Count()'));
  const lines: Row[] = [{ query: 'an empty express route' }, ...rows];
  for (const [i, { query, goalMs, skydive }] of lines.entries()) {
    const ours = i === 0 ? floor : await measure(server, ports.skein, topologyRequest(query));
    const [p50, cpu, rate, million] = skydive ?? [];
    const theirs = Number(size) >= 1_000_000 ? [million, undefined, undefined] : [p50, cpu, rate];
    print([
      query,
      sizeText(ours.bytes),
      figure(ours.p50),
      goalMs === undefined ? '' : `≤ ${goalMs}`,
      figure(ours.p90),
      figure(ours.cpu),
      String(Math.round(ours.rate)),
      figure(ours.cpu8),
      figure(ours.cpu / floor.cpu),
      ...theirs.map((value) => (value === undefined ? '–' : figure(value))),
    ]);
  }
}

/** Each once or a few times: how long, and the longest stretch in which nothing else was served. */
async function long(server: ChildProcess, port: number): Promise<void> {
  const [some] = await flows(port, 'G.Flows().Limit(1)');
  if (!some) throw new Error('no flow to ask for');
  const live = [
    "G.Flows().Sum('Metric.ABBytes')",
    'G.Flows().Metrics().Sum()',
    "G.Flows().Group('Transport.B').Count()",
    'G.Flows().Group()',
    'G.Flows().Hops()',
    "G.Flows().Dedup('Transport.B').Count()",
    "G.Flows().Sort(DESC,'Metric.ABBytes').Limit(10)",
    "G.Flows().Sort('Network.A').Limit(10)",
    "G.Flows().Sort('CommunityID').Limit(10)",
    "G.Flows().Sort('Last')",
    `G.Flows().Has('CommunityID','${some.CommunityID}').Count()`,
    `G.Flows().Has('L2TrackingID','${some.L2TrackingID}').Count()`,
    "G.Flows().Has('Network.A',Regex('10.*7')).Count()",
    "G.Flows().Values('Application')",
    'G.Flows().Nodes().Count()',
    'G.Flows().Sockets()',
    'G.Flows().RawPackets()',
    'G.Flows()',
  ];
  const past = [
    "G.At('-1s').Flows().Count()",
    "G.Between('-1h', 'now').Flows().Count()",
    `G.At('-1s').Flows().Has('TrackingID','${some.TrackingID}')`,
    `G.At('-1s').Flows().Has('Network.A','${some.Network.A}').Count()`,
    "G.At('-1s').Flows().Limit(10)",
    "G.At('-1s').V().Has('Name','vo-1-5').Flows().Limit(10)",
    "G.At('-1s').Flows().Sort(DESC,'Metric.ABBytes').Limit(10)",
    "G.At('-1s').Flows().Sum('Metric.ABBytes')",
  ];
  print(['', 'status', 'body', 'ms', 'CPU ms', 'stretch ms', 'beside ms']);
  for (const query of mode === 'past' ? past : live) {
    const request = topologyRequest(query);
    const one = await KeepAlive.open(port);
    const beside = await KeepAlive.open(port);
    await ask(server, 'watch');
    const before = await ask(server, 'cpu');
    let last = { status: 0, bytes: 0 };
    let isOver = false;
    const asked = during(200, 1, async () => {
      last = await one.ask(request);
    }).finally(() => {
      isOver = true;
    });
    let longest = 0;
    const cheap = topologyRequest('G.V().Count()');
    while (!isOver) longest = Math.max(longest, ...(await during(0, 1, () => beside.ask(cheap))));
    const times = await asked;
    const cpu = ((await ask(server, 'cpu')) - before) / times.length;
    const stall = await ask(server, 'stall');
    const ms = times.sort((a, b) => a - b)[times.length >> 1] ?? 0;
    print([query, String(last.status), sizeText(last.bytes), ...[ms, cpu, stall, longest].map(figure)]);
    one.close();
    beside.close();
  }
}

interface Found {
  readonly TrackingID: string;
  readonly L2TrackingID: string;
  readonly CommunityID: string;
  readonly Network: { readonly A: string };
}

async function flows(port: number, query: string): Promise<Found[]> {
  const response = await fetch(`http://127.0.0.1:${port}/api/topology`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ GremlinQuery: query }),
  });
  return (await response.json()) as Found[];
}
