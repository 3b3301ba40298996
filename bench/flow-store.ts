/** `node --expose-gc bench/flow-store.ts [flows…]`: the live flow table beside a plain Map of objects, in one run. */
import type { Flow } from '../src/flow/flow.ts';
import { layout } from '../src/flow/layout.ts';
import { ObservationWriter } from '../src/flow/observation-writer.ts';
import { FlowTable } from '../src/flow/table.ts';
import type { FlowQuery } from '../src/flow/view.ts';

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [100_000, 1_000_000];
const places = 100;
/** Observations in one buffer, as a mechanism hands them over. */
const perBuffer = 500;
const startMs = 1_721_220_000_000;
const life = { updateMs: 10_000, expireMs: 600_000, applicationMs: { DNS: 10_000 }, finishedMs: 15_000 };

/** Conversations made up so far. */
let fresh = 0;

for (const size of sizes) bench(size);

function bench(size: number): void {
  const before = memory();
  const table = new FlowTable({ life, flowsMax: size, decode: () => undefined });
  for (let i = 0; i < places; i++) {
    const [node, capture] = [`node-${i}`, '1c9d3f5e-7a2b-4c6d-8e0f-1a2b3c4d5e6f'];
    table.addPlace({ node, capture, host: 'bench', layers: new Set(), hasTcpMetric: false });
  }
  const fillCpu = cpuMs(() => {
    for (let at = 0; at < size; at += perBuffer) table.observe(buffer(at, Math.min(perBuffer, size - at), 0), startMs);
  });
  const after = memory();
  const flows = table.stats().flows;
  console.log(
    `\n${flows} flows at ${places} places (one µs of making and observing each: ${digits((fillCpu * 1000) / size)})`,
  );
  console.log(
    `  bytes a flow: ${Math.round((after - before) / flows)} of the process, ${Math.round(table.stats().sizeBytes / flows)} typed (goal ≤ 180)`,
  );

  const plain = new Map<string, Flow>();
  const plainBefore = memory();
  for (const batch of table.find({ where: [] })) for (const flow of batch) plain.set(flow.UUID, flow);
  console.log(`  bytes a flow as objects in a Map: ${Math.round((memory() - plainBefore) / flows)}`);

  benchQueries(table, plain);
  plain.clear();
  benchUpdates(table, size);
}

function benchQueries(table: FlowTable, plain: Map<string, Flow>): void {
  const some = [...table.find({ where: [], skip: plain.size >> 1, limit: 1 })].flat()[0] as Flow;
  const is = (field: string, value: string | number) => ({
    anyOf: [{ field, test: (found: unknown) => found === value, equals: [value] }],
  });
  const queries: readonly [string, number | undefined, FlowQuery, (flow: Flow) => boolean][] = [
    [
      "Has('TrackingID', x)",
      0.1,
      { where: [is('TrackingID', some.TrackingID)] },
      (f) => f.TrackingID === some.TrackingID,
    ],
    ["Has('UUID', x)", 0.1, { where: [is('UUID', some.UUID)] }, (f) => f.UUID === some.UUID],
    [
      "Has('NodeTID', x).Limit(10)",
      0.2,
      { where: [is('NodeTID', some.NodeTID)], limit: 10 },
      (f) => f.NodeTID === some.NodeTID,
    ],
    [
      "Has('Transport.B', 80).Limit(10)",
      undefined,
      { where: [is('Transport.B', 80)], limit: 10 },
      (f) => f.Transport?.B === 80,
    ],
    [
      "Has('Network.A', x)",
      undefined,
      { where: [is('Network.A', some.Network?.A ?? '')] },
      (f) => f.Network?.A === some.Network?.A,
    ],
    [
      'Sort(DESC).Limit(10)',
      undefined,
      { where: [], sort: { field: 'Metric.ABBytes', isDescending: true }, limit: 10 },
      () => true,
    ],
  ];
  console.log('  ms a query, p50; goal; the same over the Map');
  for (const [text, goal, query, test] of queries) {
    let found = 0;
    const ours = p50(() => {
      found = 0;
      for (const batch of table.find(query)) found += batch.length;
    });
    const theirs = p50(() => {
      let most = query.limit ?? Number.POSITIVE_INFINITY;
      if (query.sort) return [...plain.values()].sort((a, b) => b.Metric.ABBytes - a.Metric.ABBytes).slice(0, most);
      const kept: Flow[] = [];
      for (const flow of plain.values()) if (test(flow) && kept.push(flow) && --most <= 0) break;
      return kept;
    });
    row([digits(ours), goal === undefined ? '' : `≤ ${goal}`, digits(theirs)], `${text} → ${found}`);
  }
  const counts: readonly [string, number | undefined, FlowQuery][] = [
    ['Count()', 0.1, { where: [] }],
    ["Has('NodeTID', x).Count()", 0.1, { where: [is('NodeTID', some.NodeTID)] }],
    ["Has('Transport.B', 80).Count()", undefined, { where: [is('Transport.B', 80)] }],
  ];
  for (const [text, goal, query] of counts) {
    const ours = p50(() => table.count(query));
    row([digits(ours), goal === undefined ? '' : `≤ ${goal}`, ''], `${text} → ${table.count(query)}`);
  }
}

/** 50,000 updates a second of table time, told as they fall due: of known conversations, then of ever new ones. */
function benchUpdates(table: FlowTable, size: number): void {
  let told = 0;
  table.onUpdate((flows) => {
    told += flows.length;
  });
  const perSecond = 50_000;
  const buffers = Array.from({ length: perSecond / perBuffer }, (_, i) => buffer((i * perBuffer) % size, perBuffer, 1));
  let second = 0;
  for (const [what, seconds, isNew] of [
    ['updates/s of 50,000 conversations', 120, false],
    ['conversations/s that were never seen, the table being full', 30, true],
  ] as const) {
    told = 0;
    const memories = [memory()];
    const ticks: number[] = [];
    const cpu = cpuMs(() => {
      for (let i = 0; i < seconds; i++, second++) {
        for (let tenth = 0; tenth < 10; tenth++) {
          const nowMs = startMs + second * 1000 + tenth * 100;
          for (let at = tenth; at < buffers.length; at += 10)
            table.observe(later(buffers[at] as Uint8Array, nowMs, isNew), nowMs);
          for (let isMore = true; isMore; ) {
            const started = performance.now();
            isMore = table.tick(nowMs);
            ticks.push(performance.now() - started);
          }
        }
        if ((i + 1) % (seconds / 3) === 0) memories.push(memory());
      }
    });
    ticks.sort((a, b) => a - b);
    const megabytes = memories.map((bytes) => Math.round(bytes / 2 ** 20)).join(', ');
    console.log(`  ${perSecond} ${what}, ${seconds} s: ${digits(cpu / seconds / 10)} % of a core, ${told} told`);
    console.log(`    longest ticks ${ticks.slice(-3).map(digits).join(', ')} ms; memory ${megabytes} MB`);
  }
  const { flows, evicted, created } = table.stats();
  console.log(`    ${flows} flows, ${created} made, ${evicted} evicted`);
}

/** The same observations later, of conversations that nobody has seen or of the same ones. */
function later(bytes: Uint8Array, nowMs: number, isNew: boolean): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; at += layout.fixedBytes) {
    view.setFloat64(at + layout.firstMs, nowMs, true);
    view.setFloat64(at + layout.lastMs, nowMs + 1, true);
    if (!isNew) continue;
    // What is looked for are hashes, so any odd multiple of a count does.
    fresh++;
    for (const id of [layout.key, layout.trackingId]) {
      view.setUint32(at + id, Math.imul(fresh, 0x9e3779b1), true);
      view.setUint32(at + id + 4, fresh, true);
    }
  }
  return bytes;
}

function buffer(from: number, count: number, packets: number): Uint8Array {
  const writer = new ObservationWriter();
  const server = new Uint8Array([192, 168, 0, 1]);
  const mac = new Uint8Array([2, 0, 0, 0, 0, 1]);
  for (let i = from; i < from + count; i++) {
    writer.add({
      source: 1 + (i % places),
      from: { ip: new Uint8Array([10, i >>> 16, i >>> 8, i]), port: 1024 + (i % 60_000), mac },
      to: { ip: server, port: 80 + (i % 100), mac },
      protocol: 6,
      etherType: 0x0800,
      layers: ['Ethernet', 'IPv4', 'TCP'],
      sent: { packets: 1 + packets, bytes: 60 + (i % 1400) },
      received: { packets: 1, bytes: 1400 },
      firstMs: startMs,
      lastMs: startMs + 1,
    });
  }
  return writer.take();
}

function memory(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function p50(act: () => unknown): number {
  const times: number[] = [];
  const deadline = performance.now() + 500;
  while (times.length < 3 || (performance.now() < deadline && times.length < 5000)) {
    const started = performance.now();
    act();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[times.length >> 1] as number;
}

function cpuMs(act: () => void): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function row(columns: readonly string[], text: string): void {
  console.log(`  ${columns.map((column) => column.padStart(9)).join(' ')}  ${text}`);
}

function digits(value: number): string {
  return value < 1 ? value.toFixed(4) : value.toFixed(2);
}
