/**
 * Standard Gremlin over WebSocket as a driver sends it, bytecode in GraphBinary: `node bench/gremlin-server.ts [hosts]`.
 * A hundred hosts are 10,001 vertices and 16,600 edges. Each query one after the other for p50, then eight in flight, with
 * the server's CPU for each.
 *
 * PEER=ws://127.0.0.1:8182/gremlin compares with a Gremlin Server in the same run: its `g` is written through the protocol
 * when it is empty, and has to be this graph when it is not. Ratios are ours to theirs: below 1 is quicker for p50, above 1
 * is more for queries a second.
 */
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { graphBinaryClient } from '../src/api/gremlin/graphbinary/serializer.ts';
import { type Response, writeFrame } from '../src/api/gremlin/message.ts';
import { Bytecode, type Instruction } from '../src/query/gremlin/bytecode.ts';
import { parseGremlin } from '../src/query/gremlin/parse/parse.ts';
import { GMap } from '../src/query/gremlin/value/collections.ts';
import { toNumber } from '../src/query/gremlin/value/num.ts';
import { tokens } from '../src/query/gremlin/value/token.ts';
import type { GValue } from '../src/query/gremlin/value/value.ts';
import { type BenchEdge, type BenchVertex, benchElements } from './gremlin-graph.ts';
import { ask, during, heard, startServer } from './over-http.ts';

const [hosts = 100] = process.argv.slice(2).map(Number);
const peerUrl = process.env.PEER;

const layer2 =
  "repeat(both('layer2').simplePath()).until(has('Name', 'vi-3-3').or().loops().is(6)).has('Name', 'vi-3-3')";
const queries: readonly string[] = [
  'g.inject(1)',
  'g.V().count()',
  "g.V('id-vo-1-1')",
  "g.V().has('Name', 'vo-1-5')",
  "g.V().has('Type', 'veth').limit(10)",
  "g.V('id-br-1').both().both().dedup().values('Name')",
  `g.V('id-vi-3-1').${layer2}.path().by('Name')`,
  "g.V().groupCount().by('Type')",
  "g.V().order().by('Name', desc).limit(10)",
  "g.V().has('Type', 'veth').values('Rack').dedup().count()",
  "g.V().has('Type', 'netns').limit(100).valueMap()",
  "g.V('id-host-1').out('ownership').out('ownership').limit(20).path()",
  "g.V().has('Type', 'netns').limit(100).project('name', 'links').by('Name').by(both().count())",
  "g.V().has('Name', containing('o-50')).count()",
  "g.E().has('RelationType', 'layer2').count()",
  "g.V().has('Type', 'veth').has('MTU', gt(1500)).count()",
  'g.V().limit(1000)',
];

class Connection {
  readonly #ws: WebSocket;
  readonly #waiting = new Map<string, { readonly parts: Response[]; readonly done: (all: Response[]) => void }>();

  private constructor(ws: WebSocket) {
    this.#ws = ws;
    ws.on('message', (data: Buffer) => {
      const response = graphBinaryClient.readResponse(data);
      const waiting = this.#waiting.get(response.requestId ?? '');
      waiting?.parts.push(response);
      if (response.code === 206) return;
      this.#waiting.delete(response.requestId ?? '');
      waiting?.done(waiting.parts);
    });
  }

  static async open(url: string): Promise<Connection> {
    const ws = new WebSocket(url, { perMessageDeflate: false });
    await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject));
    return new Connection(ws);
  }

  async send(gremlin: Bytecode): Promise<Response[]> {
    const requestId = randomUUID();
    const answered = new Promise<Response[]>((done) => this.#waiting.set(requestId, { parts: [], done }));
    const args = new Map<string, Bytecode | GValue>([
      ['gremlin', gremlin],
      ['aliases', new GMap([['g', 'g']])],
    ]);
    const payload = graphBinaryClient.writeRequest({ requestId, op: 'bytecode', processor: 'traversal', args });
    this.#ws.send(writeFrame({ mime: graphBinaryClient.mime, payload }));
    const all = await answered;
    const [failed] = all.filter(({ code }) => code >= 300);
    if (failed) throw new Error(`${failed.code}: ${failed.message}`);
    return all;
  }

  close(): void {
    this.#ws.close();
  }
}

const server = startServer('./gremlin-own.ts', [String(hosts)]);
const { ports, text = '' } = await heard(server);
console.log(`${text}${peerUrl === undefined ? '' : `; beside ${peerUrl}`}`);
const own = await Connection.open(`ws://127.0.0.1:${ports?.skein}/gremlin`);
const peer = peerUrl === undefined ? undefined : await Connection.open(peerUrl);
if (peer) await fill(peer);
console.log('   p50 ms      peer     ratio    CPU ms   x8 per s      peer     ratio');
for (const query of queries) {
  const gremlin = bytecodeOf(query);
  const mine = await measure(own, gremlin, () => ask(server, 'cpu'));
  const theirs = peer && (await measure(peer, gremlin, async () => 0));
  const columns = [
    digits(mine.p50),
    digits(theirs?.p50),
    theirs === undefined ? '' : (mine.p50 / theirs.p50).toFixed(2),
    digits(mine.cpu),
    mine.rate.toFixed(0).padStart(10),
    theirs?.rate.toFixed(0) ?? '',
    theirs === undefined ? '' : (mine.rate / theirs.rate).toFixed(2),
  ];
  console.log(`${columns.map((column) => column.padStart(9)).join(' ')}  ${query}`);
}
own.close();
peer?.close();
server.disconnect();

interface Figures {
  readonly p50: number;
  /** Of the server, ms a query. */
  readonly cpu: number;
  /** Queries a second with eight in flight. */
  readonly rate: number;
}

async function measure(connection: Connection, gremlin: Bytecode, cpuOf: () => Promise<number>): Promise<Figures> {
  const send = () => connection.send(gremlin);
  await during(500, 20, send);
  const before = await cpuOf();
  const times = (await during(700, 8, send)).sort((a, b) => a - b);
  const cpu = ((await cpuOf()) - before) / times.length;
  const start = performance.now();
  const lanes = await Promise.all(Array.from({ length: 8 }, () => during(700, 2, send)));
  const seconds = (performance.now() - start) / 1000;
  const count = lanes.reduce((sum, lane) => sum + lane.length, 0);
  return { p50: times[times.length >> 1] ?? 0, cpu, rate: count / seconds };
}

function bytecodeOf(query: string): Bytecode {
  const { statements, faults } = parseGremlin(query);
  const [statement] = statements;
  if (statement === undefined || faults.length > 0) throw new Error(`${query}: ${faults[0]?.message}`);
  return statement.bytecode;
}

/** Vertices first, some of them in one traversal, one after the other: not every graph takes several writers. */
async function fill(connection: Connection): Promise<void> {
  const [answer] = await connection.send(bytecodeOf('g.V().count()'));
  const [there] = (answer?.data ?? []) as readonly GValue[];
  const all = [...benchElements(hosts)];
  const vertices = all.filter((element) => element.kind === 'vertex');
  const edges = all.filter((element) => element.kind === 'edge');
  if (toNumber(there as number) === vertices.length) return;
  if (toNumber(there as number) > 0) throw new Error('the other graph holds something else');
  for (let at = 0; at < vertices.length; at += 50)
    await connection.send(new Bytecode([], [...vertices.slice(at, at + 50).flatMap(vertexSteps), step('none')]));
  for (let at = 0; at < edges.length; at += 50)
    await connection.send(new Bytecode([], [...edges.slice(at, at + 50).flatMap(edgeSteps), step('none')]));
}

function vertexSteps({ id, label, properties }: BenchVertex): Instruction[] {
  return [
    step('addV', label),
    step('property', tokens.T.id, id),
    ...properties.map(([key, value]) => step('property', key, value)),
  ];
}

function edgeSteps({ id, label, from, to, properties }: BenchEdge): Instruction[] {
  return [
    step('V', from),
    step('addE', label),
    step('to', new Bytecode([], [step('V', to)])),
    step('property', tokens.T.id, id),
    ...properties.map(([key, value]) => step('property', key, value)),
  ];
}

function step(name: string, ...args: Instruction['args']): Instruction {
  return { name, args };
}

function digits(ms: number | undefined): string {
  if (ms === undefined) return '';
  return ms < 10 ? ms.toFixed(3) : ms.toFixed(1);
}
