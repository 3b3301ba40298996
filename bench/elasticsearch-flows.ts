/**
 * Flows in Elasticsearch. Run: node bench/elasticsearch-flows.ts [URL of a server]; SKEIN_FLOWS=5000000 by hand.
 * Peers: the bare client with four batches in flight and the same documents, in turns with ours; the bare query; and the
 * embedded archive with the same flows and the same questions.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, HttpConnection } from '@elastic/elasticsearch';
import type { FlowArchive } from '../src/archive/archive.ts';
import { ElasticFlows } from '../src/archive/elasticsearch/flows/archive.ts';
import { documentOf } from '../src/archive/elasticsearch/flows/document.ts';
import { flowMapping, pointMapping } from '../src/archive/elasticsearch/flows/mapping.ts';
import { Ground } from '../src/archive/elasticsearch/ground.ts';
import { openEmbeddedArchive } from '../src/archive/embedded/index.ts';
import { flowDefaults } from '../src/archive/flow-keeping.ts';
import type { Flow } from '../src/flow/flow.ts';
import type { FlowQuery } from '../src/flow/view.ts';

const URL = process.argv[2] ?? process.env.SKEIN_ES8 ?? 'http://127.0.0.1:9200';
const FLOWS = Number(process.env.SKEIN_FLOWS ?? 500_000);
const BATCH = 2_500;
const IN_FLIGHT = 4;
/** So many are written in turns by ours and by the peer. */
const COMPARED = Math.min(FLOWS, 100_000);
const ROUND = COMPARED / 5;
/** All of them in twelve hours. */
const SPAN_MS = 12 * 3_600_000;
const START = 1_790_000_000_000;
const DAY_MS = 24 * 3_600_000;
const LAST = { field: 'Last', isDescending: true };

const prefix = `bench-${randomUUID().slice(0, 8)}-`;
const bare = `${prefix}bare`;
const client = new Client({ node: URL, Connection: HttpConnection });
const ground = new Ground({ urls: [URL], prefix });
const ages = { ...flowDefaults.ages, flowsMs: 3650 * DAY_MS, pointsMs: 3650 * DAY_MS };
const flows = new ElasticFlows(ground, { ...flowDefaults, maxBytes: 2 ** 40, ages });
const directory = mkdtempSync(join(process.env.TMPDIR ?? tmpdir(), 'skein-bench-'));
const embedded = await openEmbeddedArchive({ directory, flows: { maxBytes: 2 ** 36, ages } });

try {
  await run();
} finally {
  await embedded[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
  const names = Object.keys(await client.indices.get({ index: `${prefix}*` }));
  await client.indices.delete({ index: names });
  await client.indices.deleteIndexTemplate({ name: `${prefix}*` });
  await client.close();
  await ground.close();
}

async function run(): Promise<void> {
  await flows.health();
  for (const [name, mapping] of [
    [`${bare}-flows`, flowMapping],
    [`${bare}-points`, pointMapping],
  ] as const)
    await client.indices.create({
      index: name,
      settings: { number_of_replicas: 0, refresh_interval: '30s' },
      mappings: { ...(mapping as object), _meta: { skein: { format: 1 } } },
    });
  await write(0, ROUND, ours);
  await write(0, ROUND, peer);
  const ratios: number[] = [];
  const rates: number[] = [];
  for (let at = ROUND; at < COMPARED; at += ROUND) {
    const oursMs = await write(at, at + ROUND, ours);
    const peerMs = await write(at, at + ROUND, peer);
    ratios.push(peerMs / oursMs);
    rates.push((ROUND / oursMs) * 1_000);
  }
  const rate = median(rates);
  // Of each update the flow and its point.
  say('flows written', `${Math.round(rate)}/s (${Math.round(2 * rate)} documents/s)`);
  say('against the bare client, four in flight', `${median(ratios).toFixed(2)}×`, '≥ 0.80×');
  for (let at = COMPARED; at < FLOWS; at += 20 * BATCH) await write(at, Math.min(FLOWS, at + 20 * BATCH), ours);
  if (!embedded.flows) throw new Error('it keeps none');
  for (let at = 0, n = 1; at < FLOWS; at += BATCH, n++) await appendTo(embedded.flows, 'embedded', at, n);
  await questions(flows, embedded.flows);
}

async function questions(elastic: FlowArchive, local: FlowArchive): Promise<void> {
  const sixHours = { from: START + SPAN_MS - 6.2 * 3_600_000, to: START + SPAN_MS - 5.8 * 3_600_000 };
  const tracking = (i: number) => flowOf(Math.floor(FLOWS / 2) - 1_000 + i * 7).TrackingID;
  const byTracking = (i: number): FlowQuery => ({
    time: { from: START, to: START + SPAN_MS },
    where: [{ anyOf: [{ field: 'TrackingID', equals: [tracking(i)], test: (value) => value === tracking(i) }] }],
    limit: 100,
  });
  await all(elastic, byTracking(0));
  const [found, bareFound] = [await all(elastic, byTracking(3)), await bareQuery(3)];
  if (found === 0 || found !== bareFound) throw new Error(`${found} flows, by the bare query ${bareFound}`);
  const [oursMs, bareMs] = await timedInTurns([(i) => all(elastic, byTracking(i)), bareQuery], 60);
  say(
    `a tracking ID among ${FLOWS.toLocaleString('en')} flows`,
    `p50 ${p(oursMs, 50)} ms, p90 ${p(oursMs, 90)} ms; bare query ${p(bareMs, 50)}, ${p(bareMs, 90)}`,
  );
  say('against the bare query', `${(Number(p(oursMs, 50)) / Number(p(bareMs, 50))).toFixed(2)}×`, '≤ 2×');

  const node = (i: number): FlowQuery => ({
    time: sixHours,
    where: [
      { anyOf: [{ field: 'NodeTID', equals: [`node-${i % 100}`], test: (value) => value === `node-${i % 100}` }] },
    ],
  });
  const port: FlowQuery['where'] = [
    { anyOf: [{ field: 'Transport.B', equals: [443], test: (value) => value === 443 }] },
  ];
  const asked: readonly (readonly [string, (of: FlowArchive, i: number) => Promise<unknown>])[] = [
    ['a tracking ID, limit 100', (of, i) => all(of, byTracking(i))],
    ['a node, 24 minutes, limit 100', (of, i) => all(of, { ...node(i), limit: 100 })],
    ['the 100 that ended last', (of) => all(of, { time: sixHours, where: [], sort: LAST, limit: 100 })],
    ['count of a port, 24 minutes', async (of) => of.count({ time: sixHours, where: port })],
    ['points of 100 flows', async (of, i) => of.metrics(uuids(i), sixHours)],
  ];
  console.log('\n| question | Elasticsearch p50 / p90 ms | embedded p50 / p90 ms |\n|---|---|---|');
  for (const [name, ask] of asked) {
    const [a, b] = await timedInTurns([(i) => ask(elastic, i), (i) => ask(local, i)], 30);
    console.log(`| ${name} | ${p(a, 50)} / ${p(a, 90)} | ${p(b, 50)} / ${p(b, 90)} |`);
  }

  async function bareQuery(i: number): Promise<number> {
    const { hits } = await client.search({
      index: `${prefix}flows-*`,
      size: 100,
      track_total_hits: false,
      query: {
        bool: {
          filter: [
            { range: { Start: { lte: START + SPAN_MS } } },
            { range: { Last: { gte: START } } },
            { term: { TrackingID: tracking(i) } },
          ],
        },
      },
      sort: [{ Start: 'asc' }],
    });
    return hits.hits.length;
  }
}

function uuids(i: number): string[] {
  return Array.from({ length: 100 }, (_, n) => flowOf(Math.floor(FLOWS / 2) + i * 100 + n).UUID);
}

async function all(of: FlowArchive, query: FlowQuery): Promise<number> {
  let count = 0;
  for await (const batch of of.find(query)) count += batch.length;
  return count;
}

/** Batches [from, to), so many on their way at a time. Gives ms. */
async function write(from: number, to: number, one: (at: number) => Promise<void>): Promise<number> {
  const start = performance.now();
  let at = from;
  const lane = async () => {
    while (at < to) {
      const mine = at;
      at += BATCH;
      await one(mine);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return performance.now() - start;
}

/** Each batch is the first of a writer: batches of one come one after the other. */
async function ours(at: number): Promise<void> {
  await appendTo(flows, `w${at}`, at, 1);
}

async function appendTo(archive: FlowArchive, writer: string, at: number, n: number): Promise<void> {
  const some = Array.from({ length: Math.min(BATCH, FLOWS - at) }, (_, i) => flowOf(at + i));
  await archive.append({ id: `${writer}-${n}`, flows: some, rawPackets: [], losses: [] });
}

/** The same documents, with ids of their own. */
async function peer(at: number): Promise<void> {
  const operations: object[] = [];
  for (let i = 0; i < BATCH; i++) {
    const flow = flowOf(at + i);
    operations.push({ index: { _index: `${bare}-flows`, _id: flow.UUID } }, documentOf(flow));
    const point = { '@timestamp': flow.Last, UUID: flow.UUID, ...flow.LastUpdateMetric, order: i };
    operations.push({ create: { _index: `${bare}-points`, _id: `w${at}-1:${i}` } }, point);
  }
  const { errors } = await client.bulk({ operations });
  if (errors) throw new Error('the peer was refused');
}

function flowOf(n: number): Flow {
  const Start = START + Math.floor((n / FLOWS) * SPAN_MS);
  const Last = Start + (n % 30_000);
  const Metric = { ABPackets: 10, ABBytes: 1_200 + (n % 999), BAPackets: 9, BABytes: 9_000 + (n % 777), Start, Last };
  const conversation = idOf(Math.floor(n / 4) + 0x10_000_000);
  return {
    UUID: idOf(n),
    ParentUUID: '',
    TrackingID: conversation,
    L3TrackingID: conversation,
    L2TrackingID: idOf(n + 0x20_000_000),
    CommunityID: '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
    LayersPath: 'Ethernet/IPv4/TCP',
    Application: n % 3 === 0 ? 'TLS' : 'TCP',
    Link: { Protocol: 'ETHERNET', A: '02:00:00:00:00:0a', B: `02:00:00:00:0${n % 10}:0b`, ID: 0 },
    Network: { Protocol: 'IPV4', A: `10.0.${(n >> 8) & 255}.${n & 255}`, B: `10.1.0.${n % 200}`, ID: 0 },
    Transport: { Protocol: 'TCP', A: 1_024 + (n % 60_000), B: n % 3 === 0 ? 443 : 80, ID: 0 },
    Metric,
    LastUpdateMetric: Metric,
    Start,
    Last,
    NodeTID: `node-${n % 100}`,
    CaptureID: 'capture-1',
    RawPacketsCaptured: 0,
  };
}

function idOf(n: number): string {
  return BigInt.asUintN(64, BigInt(n + 1) * 0x9e3779b97f4a7c15n)
    .toString(16)
    .padStart(16, '0');
}

async function timedInTurns(asks: readonly ((i: number) => Promise<unknown>)[], times: number): Promise<number[][]> {
  const all: number[][] = asks.map(() => []);
  // The first of each warm what is cold.
  for (let i = -5; i < times; i++)
    for (const [which, ask] of asks.entries()) {
      const start = performance.now();
      await ask(Math.abs(i));
      if (i >= 0) all[which]?.push(performance.now() - start);
    }
  return all;
}

function p(values: readonly number[] = [], percent: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length * percent) / 100)] ?? 0).toFixed(1);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function say(what: string, value: string, goal = ''): void {
  console.log(`${what.padEnd(48)} ${value}${goal && `   (goal ${goal})`}`);
}
