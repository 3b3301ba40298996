/**
 * The graph in Elasticsearch beside the bare client on the same server in the same run: how fast changes are written, and
 * what a moment of the past costs. Run: SKEIN_ES8=http://127.0.0.1:9200 node bench/elasticsearch.ts
 */
import { randomUUID } from 'node:crypto';
import { Elastic } from '../src/archive/elasticsearch/client.ts';
import { versionDocument } from '../src/archive/elasticsearch/graph/document.ts';
import { graphTemplates } from '../src/archive/elasticsearch/graph/mapping.ts';
import { versionName } from '../src/archive/elasticsearch/graph/names.ts';
import { openElasticsearchArchive } from '../src/archive/elasticsearch/index.ts';
import { firstPage, pages } from '../src/archive/elasticsearch/pages.ts';
import { serverOf } from '../src/archive/elasticsearch/server.ts';
import type { GraphEvent } from '../src/graph/change.ts';
import type { GraphNode } from '../src/graph/element.ts';

const url = process.env.SKEIN_ES8 ?? 'http://127.0.0.1:9200';
const ELEMENTS = Number(process.env.ELEMENTS ?? 20_000);
const BATCH = 2_000;
const IN_FLIGHT = 4;
const T = 1_700_000_000_000;
const elastic = new Elastic({ urls: [url] });
const prefix = `bench-graph-${randomUUID().slice(0, 8)}-`;
const archive = await openElasticsearchArchive({ urls: [url], prefix });

const nodes = Array.from({ length: ELEMENTS }, (_, n): GraphNode => {
  const Type = n % 50 === 0 ? 'veth' : n % 3 === 0 ? 'bridge' : 'device';
  const metadata = {
    Name: `eth${n}`,
    Type,
    State: 'UP',
    MTU: 1500,
    MAC: `02:00:00:00:${n >> 8}:${n & 255}`,
    IfIndex: n,
  };
  const version = { createdAt: T + n, updatedAt: T + n, recordedAt: T + n, deletedAt: undefined, validTo: undefined };
  return { kind: 'node', id: randomUUID(), metadata, host: `h${n % 100}`, origin: 'bench', revision: 1, ...version };
});
const added = nodes.map((element, revision): GraphEvent => ({ revision, kind: 'added', element, before: undefined }));

try {
  await archive.append({ id: 'warm-1', time: T, events: [], samples: [] });
  const server = await serverOf(elastic);
  const [open] = graphTemplates(server);
  await elastic.request({
    method: 'PUT',
    path: `/${prefix}bare-1`,
    body: {
      settings: { number_of_replicas: 0, refresh_interval: '30s' },
      mappings: { dynamic: 'strict', properties: open?.properties },
    },
  });
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < 3; round++) {
    const events = added.map((event) => ({
      ...event,
      element: { ...event.element, id: `${round} ${event.element.id}` },
    }));
    bare.push(await rate(events, (some) => writeBare(`${prefix}bare-1`, some)));
    ours.push(
      await rate(events, (some, n) =>
        archive.append({ id: `w${round}.${n % IN_FLIGHT}-${n}`, time: T, events: some, samples: [] }),
      ),
    );
  }
  console.log(`bulk: ${k(ours)} versions/s, bare ${k(bare)}: ${ratio(median(ours), median(bare))} (goal 0.8)`);

  const at = T + ELEMENTS;
  const wanted = {
    of: 'nodes' as const,
    equals: [{ path: 'Type', values: ['veth'] }],
    passes: ({ metadata }: { metadata: { Type?: unknown } }) => metadata.Type === 'veth',
    limit: 100,
  };
  // Each has counters: of then, and newer ones.
  const veth = nodes.filter(({ metadata }) => metadata.Type === 'veth');
  for (const [n, last] of [at - 1, at + 60_000].entries()) {
    const samples = veth.flatMap(({ id }) =>
      [0, 1, 2].map((round) => ({
        id: `${round} ${id}`,
        series: 'Metric',
        start: last - 30_000,
        last,
        counters: { RxBytes: n },
      })),
    );
    await archive.append({ id: `samples-${n}`, time: last, events: [], samples });
  }
  await archive.viewAt(at, { wanted });
  const filter = [{ term: { valid: at } }, { term: { kind: 'node' } }, { term: { 'metadata.Type': 'veth' } }];
  const asked = {
    index: `${prefix}open-1,${prefix}versions-1-*`,
    query: { bool: { filter } },
    sort: [{ createdAt: 'asc' }],
    limit: 100,
  };
  const plain = await times(40, async () => void (await firstPage(elastic, asked)));
  const veths = await times(40, async () => {
    const found = [...(await archive.viewAt(at, { wanted })).nodes()].length;
    if (found !== 100) throw new Error(`${found} veths`);
  });
  console.log(
    `100 veths then: p50 ${ms(veths, 0.5)}, p90 ${ms(veths, 0.9)} ms (goal 20); the bare query p50 ${ms(plain, 0.5)}, p90 ${ms(plain, 0.9)}: ${ratio(median(veths), median(plain))}`,
  );

  const whole: number[] = [];
  const paged: number[] = [];
  const search = { index: `${prefix}open-1,${prefix}versions-1-*`, query: { term: { valid: at } } };
  for (let n = 0; n < 5; n++) {
    paged.push(
      ...(await times(1, async () => {
        for await (const hits of pages(elastic, server, search)) if (hits.length === 0) throw new Error('nothing');
      })),
    );
    whole.push(...(await times(1, async () => void (await archive.viewAt(at)))));
  }
  console.log(
    `${ELEMENTS * 3} elements then: ${ms(whole, 0.5)} ms, bare pages ${ms(paged, 0.5)} ms: ${ratio(median(whole), median(paged))} (goal 1.5)`,
  );
} finally {
  await archive[Symbol.asyncDispose]();
  const rows = await elastic.request<{ index: string }[]>({
    method: 'GET',
    path: `/_cat/indices/${prefix}*`,
    query: { format: 'json', h: 'index' },
  });
  for (const { index } of rows) await elastic.request({ method: 'DELETE', path: `/${index}`, fine: [404] });
  await elastic.request({ method: 'DELETE', path: `/_index_template/${prefix}*` });
  await elastic.close();
}

/** Versions a second, four batches on their way. */
async function rate(
  events: readonly GraphEvent[],
  write: (some: readonly GraphEvent[], n: number) => Promise<void>,
): Promise<number> {
  const from = performance.now();
  let next = 0;
  const work = async () => {
    while (next * BATCH < events.length) {
      const n = next++;
      await write(events.slice(n * BATCH, (n + 1) * BATCH), n);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  return events.length / ((performance.now() - from) / 1_000);
}

async function writeBare(index: string, events: readonly GraphEvent[]): Promise<void> {
  const lines = events.map(({ element }) => {
    const action = `{"index":{"_index":"${index}","_id":${JSON.stringify(versionName(element))}}}`;
    return `${action}\n${JSON.stringify(versionDocument(element))}\n`;
  });
  await elastic.request({ method: 'POST', path: '/_bulk', lines: lines.join('') });
}

async function times(count: number, act: () => Promise<void>): Promise<number[]> {
  const all: number[] = [];
  for (let n = 0; n < count; n++) {
    const from = performance.now();
    await act();
    all.push(performance.now() - from);
  }
  return all;
}

function median(all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] as number;
}

function ms(all: readonly number[], part: number): string {
  return ([...all].sort((a, b) => a - b)[Math.floor(all.length * part)] as number).toFixed(1);
}

function ratio(a: number, b: number): string {
  return (a / b).toFixed(2);
}

function k(all: readonly number[]): string {
  return `${(median(all) / 1_000).toFixed(1)}k`;
}
