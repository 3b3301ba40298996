/**
 * Messages of standard Gremlin: `g.V().limit(10000)` with 12 properties a vertex, in batches of 64. Run: node bench/gremlin-codecs.ts
 * Floors: JSON.stringify of the same data, and what npm gremlin takes to read it.
 */
import { createRequire } from 'node:module';
import { WebSocket, WebSocketServer } from 'ws';
import { graphBinary, graphBinaryClient } from '../src/api/gremlin/graphbinary/serializer.ts';
import { graphson } from '../src/api/gremlin/graphson/serializer.ts';
import type { Response } from '../src/api/gremlin/message.ts';
import type { Serializer } from '../src/api/gremlin/serializer.ts';
import { type WireElements, wireElements } from '../src/api/gremlin/wire-elements.ts';
import type { GraphNode } from '../src/graph/element.ts';
import { OwnGraph } from '../src/query/gremlin/model/own-graph.ts';

const VERTICES = 10_000;
const BATCH = 64;
const ROUNDS = 15;

const graph = new OwnGraph({ nowMs: () => 1 });
for (let i = 0; i < VERTICES; i++)
  graph.writer.addVertex(
    'interface',
    `urn:node:${i}`,
    Object.entries(properties(i)).map(([key, value]) => ({ key, value })),
  );
const view = graph.graph.now();
const nodes = [...view.nodes()];
const elements = wireElements(graph.model, view);
const read: WireElements = { ...elements, properties: remembered(elements) };
const batches = Array.from({ length: Math.ceil(VERTICES / BATCH) }, (_, i) => nodes.slice(i * BATCH, (i + 1) * BATCH));

const plain = batches.map((batch) =>
  batch.map((node) => ({ id: node.id, label: 'interface', properties: spelt(node) })),
);
const floor = best(() => {
  let bytes = 0;
  for (const batch of plain) bytes += Buffer.from(JSON.stringify(batch)).length;
  return bytes;
});
say('floor: JSON.stringify of plain objects', floor);

for (const [name, serializer, goal] of [
  ['GraphBinary', graphBinary, '≥ 65 MB/s with the socket'],
  ['GraphSON 3', graphson.typed, '≥ 100 MB/s with the socket'],
  ['GraphSON 3 without types', graphson.untyped, ''],
] as const) {
  say(
    `${name}, written`,
    best(() => written(serializer, elements)),
    goal,
  );
  say(
    `${name}, written, properties at hand`,
    best(() => written(serializer, read)),
  );
  const first = performance.now();
  serializer.writeResponse(response(batches[0] ?? []), elements);
  console.log(`${''.padEnd(46)}first batch ${(performance.now() - first).toFixed(2)} ms`);
  await overSocket(name, serializer);
}

const frames = batches.map((batch) => graphBinary.writeResponse(response(batch), elements));
say(
  'GraphBinary, read by us',
  best(() => total(frames, (frame) => graphBinaryClient.readResponse(frame))),
);
const npm = createRequire(import.meta.url)('gremlin/lib/structure/io/binary/GraphBinary.js').graphBinaryReader;
say(
  'GraphBinary, read by npm gremlin',
  best(() => total(frames, (frame) => npm.readResponse(frame)), 2),
);

function response(data: readonly GraphNode[]): Response {
  return {
    requestId: '7122e189-fd7a-434d-a4ba-bd015031386b',
    code: 206,
    message: '',
    attributes: new Map(),
    data,
    bulks: data.map(() => 1),
    meta: new Map(),
  };
}

function written(serializer: Serializer, from: WireElements): number {
  let bytes = 0;
  for (const batch of batches) bytes += serializer.writeResponse(response(batch), from).length;
  return bytes;
}

async function overSocket(name: string, serializer: Serializer): Promise<void> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  server.on('connection', (socket) => {
    socket.on('message', async () => {
      for (const batch of batches) {
        socket.send(serializer.writeResponse(response(batch), elements), { binary: serializer !== graphson.typed });
        if (socket.bufferedAmount > 1024 * 1024) await new Promise((resolve) => setImmediate(resolve));
      }
    });
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const client = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false, skipUTF8Validation: true });
  await new Promise((resolve) => client.once('open', resolve));
  let seconds = Number.POSITIVE_INFINITY;
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    bytes = 0;
    let left = batches.length;
    const start = performance.now();
    await new Promise<void>((resolve) => {
      client.removeAllListeners('message');
      client.on('message', (data: Buffer) => {
        bytes += data.length;
        if (--left === 0) resolve();
      });
      client.send('go');
    });
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
  }
  client.terminate();
  server.close();
  say(`${name}, through a socket, both ends here`, { bytes, seconds });
}

interface Measured {
  readonly bytes: number;
  readonly seconds: number;
}

function best(run: () => number, rounds = ROUNDS): Measured {
  let seconds = Number.POSITIVE_INFINITY;
  let bytes = 0;
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    bytes = run();
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
  }
  return { bytes, seconds };
}

function total(all: readonly Buffer[], run: (frame: Buffer) => unknown): number {
  let bytes = 0;
  for (const frame of all) {
    run(frame);
    bytes += frame.length;
  }
  return bytes;
}

function say(what: string, { bytes, seconds }: Measured, goal = ''): void {
  const speed = `${(bytes / 1e6 / seconds).toFixed(0)} MB/s`;
  const took = `${(bytes / 1e6).toFixed(1)} MB in ${(seconds * 1000).toFixed(0)} ms`;
  console.log(`${what.padEnd(46)}${speed.padStart(10)}  ${took.padEnd(22)}${goal}`);
}

/** Properties as they were found before: what writing alone takes. */
function remembered(from: WireElements): WireElements['properties'] {
  const known = new Map(nodes.map((node) => [node, from.properties(node)]));
  return (node) => known.get(node) ?? [];
}

function spelt(node: GraphNode): unknown {
  return Object.fromEntries(
    Map.groupBy(elements.properties(node), ({ key }) => key)
      .entries()
      .map(([key, each]) => [key, each.map(({ id, value, key: label }) => ({ id, value, label }))]),
  );
}

function properties(i: number): Record<string, string | number | boolean> {
  return {
    Name: `eth${i % 16}`,
    Type: 'interface',
    Driver: 'veth',
    EncapType: 'ether',
    IfIndex: i,
    MAC: `02:42:ac:11:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`,
    MTU: 1500,
    State: i % 3 === 0 ? 'DOWN' : 'UP',
    Speed: 10_000,
    TID: `5f1c2a9e-0000-5000-8000-${i.toString(16).padStart(12, '0')}`,
    LinkFlags: 'UP,BROADCAST,RUNNING,MULTICAST',
    Promiscuous: i % 2 === 0,
  };
}
