/**
 * How fast a program can bring its own network through /ws/publisher: all sent at once over one connection, measured
 * until a query sees the last of it, and until it is durable. `node bench/publisher.ts [hosts]` (100 nodes a host)
 */
import { type ChildProcess, fork } from 'node:child_process';
import { WebSocket } from 'ws';
import { KeepAlive, topologyRequest } from './keepalive.ts';
import { asStarted } from './started.ts';
import { syntheticChanges } from './synthetic.ts';

interface Said {
  readonly port?: number;
  readonly cpu: number;
  readonly rss: number;
  readonly lost: number;
}

const hosts = Number(process.argv[2] ?? 1000);
const nodes: object[] = [];
const edges: object[] = [];
for (const change of syntheticChanges(hosts)) {
  if (change.kind === 'node') nodes.push({ ID: change.id, Metadata: change.metadata });
  else if (change.kind === 'edge') {
    const { parent, child, metadata } = change;
    edges.push({ ID: `${parent}-${metadata.RelationType}-${child}`, Parent: parent, Child: child, Metadata: metadata });
  }
}

const server = fork(new URL('./publisher-server.ts', import.meta.url), {
  ...asStarted,
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
const { port } = await heard(server);
if (port === undefined) throw new Error('the server did not say where it listens');
const query = await KeepAlive.open(port);
const ws = new WebSocket(`ws://127.0.0.1:${port}/ws/publisher`, { headers: { 'X-Ack': '1', 'X-Host-ID': 'bench' } });
await new Promise((resolve) => ws.once('open', resolve));
let acknowledged = 0;
let refused = 0;
ws.on('message', (data: Buffer) => {
  const { Type, Obj } = JSON.parse(data.toString());
  if (Type === 'Ack') acknowledged += Obj.Count;
  else refused++;
});
ws.on('close', (code) => process.stdout.write(`closed: ${code}\n`));

const empty = await figures();
process.stdout.write(
  `${'sent at once'.padEnd(34)}${['count', 'seen /s', 'durable /s', 'CPU µs', 'Skydive /s'].map((c) => c.padStart(12)).join('')}\n`,
);
await publish('NodeAdded', nodes, `G.V().Count()`, nodes.length, '4,200');
await publish('EdgeAdded', edges, `G.E().Count()`, edges.length, '15,000');
const loaded = await figures();
const again = nodes.map((node) => ({ ...node, Metadata: { ...(node as { Metadata: object }).Metadata, Round: 1 } }));
await publish('NodeUpdated', again, `G.V().Has('Round',1).Count()`, nodes.length, '3,100');
const partial = nodes.map((node) => ({ ID: (node as { ID: string }).ID, Ops: [{ Type: 1, Key: 'Round', Value: 2 }] }));
await publish('NodePartiallyUpdated', partial, `G.V().Has('Round',2).Count()`, nodes.length, '8,000');
const end = await figures();
const mb = (bytes: number) => Math.round(bytes / 1048576);
process.stdout.write(
  `RSS ${mb(empty.rss)} MiB empty, ${mb(loaded.rss)} MiB with ${nodes.length} nodes and ${edges.length} edges, ` +
    `${mb(end.rss)} MiB after the updates; refused ${refused}, lost ${end.lost}\n`,
);
ws.close();
query.close();
// Not killed: it has a folder to take away.
server.disconnect();

async function publish(
  type: string,
  objects: readonly object[],
  text: string,
  count: number,
  skydive: string,
): Promise<void> {
  const messages = objects.map((Obj, i) =>
    JSON.stringify({ Namespace: 'Graph', Type: type, UUID: String(i), Status: 200, Obj }),
  );
  const before = await figures();
  const goal = acknowledged + objects.length;
  const start = performance.now();
  for (const message of messages) ws.send(message);
  const asked = topologyRequest(text);
  const length = String(count).length + 1;
  let seen = 0;
  // The count is only as long as the goal when it is all there, or nearly: then it is read in full.
  while (seen === 0) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    if ((await query.ask(asked)).bytes === length && (await countOf(text)) === count) seen = performance.now() - start;
  }
  while (acknowledged < goal) await new Promise((resolve) => setTimeout(resolve, 5));
  const durable = performance.now() - start;
  const cpu = ((await figures()).cpu - before.cpu) / objects.length;
  const cells = [objects.length, perSecond(seen), perSecond(durable), Math.round(cpu * 1000 * 10) / 10, skydive];
  process.stdout.write(`${type.padEnd(34)}${cells.map((cell) => String(cell).padStart(12)).join('')}\n`);

  function perSecond(ms: number): number {
    return Math.round(objects.length / (ms / 1000));
  }
}

async function countOf(text: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/topology`, {
    method: 'POST',
    body: JSON.stringify({ GremlinQuery: text }),
  });
  return (await answer.json()) as number;
}

function figures(): Promise<Said> {
  const answer = heard(server);
  server.send('figures');
  return answer;
}

function heard(child: ChildProcess): Promise<Said> {
  return new Promise((resolve) => child.once('message', (message) => resolve(message as Said)));
}
