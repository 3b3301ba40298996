/**
 * The table of sockets, and what looking for who is at the ends of a flow costs the flow table: ns for each operation,
 * beside a plain Map that keeps as many by their ids (the floor), bytes for each socket, and updates told a second with
 * and without it. `node --expose-gc bench/sockets.ts [sockets]`; by hand 50000.
 */
import type { Socket } from '../src/ends/socket.ts';
import { SocketTable } from '../src/ends/socket-table.ts';
import { TranslationTable } from '../src/ends/translation-table.ts';
import type { LookUpEnds } from '../src/flow/ends.ts';
import { FlowTable } from '../src/flow/table.ts';
import { Graph } from '../src/graph/graph.ts';
import { LiveEnds } from '../src/query/live-ends.ts';
import { conversations, life, perBuffer, placeAt } from './conversations.ts';

const count = Number(process.argv[2] ?? 50_000);
const processes = Array.from({ length: 200 }, (_, i) => ({
  pid: 1000 + i,
  name: `worker-${i}`,
  command: `worker ${i}`,
}));

function socketOf(i: number): Socket {
  return {
    id: `8a6f5d1e-3b2c-5d4e-9f80-7a6b5c4d3e2f/${i}`,
    node: `node-${i % 50}`,
    protocol: 'TCP',
    localAddress: `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`,
    localPort: 1024 + (i % 60_000),
    remoteAddress: '192.0.2.1',
    remotePort: 443,
    state: 'ESTABLISHED',
    openedAt: 1_000 + i,
    process: processes[i % processes.length] as NonNullable<Socket['process']>,
    traffic: { sentBytes: i, receivedBytes: i, rttUs: 300 },
  };
}

function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function nsEach(times: number, work: () => void): number {
  const start = performance.now();
  work();
  return ((performance.now() - start) * 1e6) / times;
}

const row = (name: string, ns: number, floor?: number) =>
  console.log(
    `${name.padEnd(44)} ${ns.toFixed(0).padStart(7)} ns${floor ? `  ${(ns / floor).toFixed(1)}x a Map` : ''}`,
  );

const sockets = Array.from({ length: count }, (_, i) => socketOf(i));
const again = sockets.map((socket) => ({ ...socket, traffic: { sentBytes: 9, receivedBytes: 9 } }));
const before = heap();
const floor = new Map<string, Socket>();
const floorNs = nsEach(count, () => {
  for (const socket of sockets) floor.set(socket.id, socket);
});
const floorBytes = (heap() - before) / count;
floor.clear();
const table = new SocketTable({ closedMax: 100_000 });
const mapNs = floorNs;
const beforeTable = heap();
row(
  `${count} sockets are told`,
  nsEach(count, () => table.tell(sockets)),
  mapNs,
);
const tableBytes = (heap() - beforeTable) / count;
row(
  'told again',
  nsEach(count, () => table.tell(again)),
  mapNs,
);
const asked = sockets.map((socket) => ({
  protocol: 6,
  source: socket.localAddress,
  sourcePort: socket.localPort,
  destination: socket.remoteAddress,
  destinationPort: socket.remotePort,
}));
let found = 0;
row(
  'found by conversation',
  nsEach(count, () => {
    for (const tuple of asked) for (const _ of table.at(tuple)) found++;
  }),
  mapNs,
);
row(
  'all of one namespace, each',
  nsEach(count / 50, () => {
    found += table.find({ nodes: ['node-7'] }).length;
  }),
);
const churn = 100_000;
const churnNs = nsEach(churn, () => {
  for (let i = 0; i < churn; i++) {
    const socket = socketOf(count + i);
    table.tell([socket]);
    table.close([socket.id], 1_000_000 + i);
  }
});
row('opened and closed', churnNs);
console.log(`bytes a socket beside the socket itself: table ${tableBytes.toFixed(0)}, Map ${floorBytes.toFixed(0)}`);
console.log(`500 a second: ${((churnNs * 500) / 1e7).toFixed(3)} % of a core; found ${found}`);

/** Updates of flows told, a second of CPU. */
function updates(lookUpEnds: LookUpEnds | undefined): number {
  const flows = new FlowTable({ life, flowsMax: 100_000, decode: () => undefined, lookUpEnds });
  const places = 10;
  for (let i = 0; i < places; i++) flows.addPlace(placeAt(`node-${i}`));
  let told = 0;
  flows.onUpdate((some) => {
    told += some.length;
  });
  const buffers = Array.from({ length: 50_000 / perBuffer }, (_, i) =>
    conversations({ from: i * perBuffer, count: perBuffer, places, ms: 1_000 }),
  );
  let spentMs = 0;
  for (let round = 0; round < 6; round++) {
    const now = (round + 1) * (life.updateMs + 1_000);
    for (const bytes of buffers) flows.observe(bytes, now);
    const start = performance.now();
    while (flows.tick(now + life.updateMs));
    spentMs += performance.now() - start;
  }
  return told / (spentMs / 1000);
}

const graph = new Graph({ begin: 0 });
const ends = new LiveEnds({ sockets: table, translations: new TranslationTable(), view: () => graph.now() });
const nothing = new LiveEnds({
  sockets: new SocketTable(),
  translations: new TranslationTable(),
  view: () => graph.now(),
});
updates(undefined);
const rates = { without: [] as number[], empty: [] as number[], full: [] as number[] };
for (let i = 0; i < 3; i++) {
  rates.without.push(updates(undefined));
  rates.empty.push(updates(nothing.lookUp));
  rates.full.push(updates(ends.lookUp));
}
const best = (of: readonly number[]) => Math.max(...of);
const base = best(rates.without);
for (const [name, of] of Object.entries(rates))
  console.log(
    `updates told a second of CPU, ${name.padEnd(8)} ${Math.round(best(of)).toLocaleString('en').padStart(9)}  ${(best(of) / base).toFixed(2)}x`,
  );
