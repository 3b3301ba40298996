/**
 * 1,000 containers begin at once: how long until all of them are in the graph. What an engine said of one is said of
 * each, with an id, a name and addresses of its own, by a process that stands for the engine.
 *
 *   node bench/containers.ts [containers]
 *
 * Beside it, over the same socket in the same run: asking for the same answers and parsing them, and parsing alone.
 */
import { fork } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { Agent, createServer, request, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SocketTable } from '../src/ends/socket-table.ts';
import { TranslationTable } from '../src/ends/translation-table.ts';
import { Graph } from '../src/graph/graph.ts';
import { openDoor } from '../src/native/index.ts';
import { docker } from '../src/probes/docker/index.ts';
import { namespaceRegistry } from '../src/probes/namespaces.ts';
import { thisHost } from '../src/probes/thishost.ts';

const recorded = JSON.parse(readFileSync(join(import.meta.dirname, 'containers-recorded.json'), 'utf8'));
const count = Number(process.argv[2] ?? 1_000);
const path = join(tmpdir(), `skein-bench-${process.env.BENCH_ENGINE ?? process.pid}.sock`);
const ids = Array.from({ length: count }, (_, i) => i.toString(16).padStart(64, '0'));

if (process.send) beTheEngine();
else await measure();

function beTheEngine(): void {
  const text = JSON.stringify(recorded.container);
  const answers = new Map(ids.map((id, i) => [id, ofItsOwn(text, id, i)]));
  const events = JSON.stringify(recorded.events);
  const said = ids.map((id, i) =>
    JSON.parse(ofItsOwn(events, id, i)).map((event: object) => `${JSON.stringify(event)}\n`),
  );
  let listener: ServerResponse | undefined;
  let isBegun = false;
  const server = createServer((asked, response) => {
    const url = (asked.url ?? '').replace(/^\/v[\d.]+/, '');
    const id = /^\/containers\/(\w{64})\/json/.exec(url)?.[1];
    if (url.startsWith('/events')) {
      listener = response;
      response.writeHead(200).flushHeaders();
    } else if (url === '/version') response.end('{"ApiVersion":"1.41"}');
    else if (url === '/networks') response.end(JSON.stringify(recorded.networks));
    else if (id !== undefined) response.end(answers.get(id));
    else response.end(isBegun ? JSON.stringify(ids.map((one) => ({ Id: one }))) : '[]');
  });
  server.listen(path, () => process.send?.('there'));
  process.on('message', () => {
    isBegun = true;
    for (const events of said) for (const event of events) listener?.write(event);
  });
  process.on('disconnect', () => process.exit());
}

function ofItsOwn(text: string, id: string, i: number): string {
  const address = `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
  return text
    .replaceAll(recorded.container.Id, id)
    .replaceAll('/recorded"', `/container-${i}"`)
    .replaceAll(recorded.container.NetworkSettings.IPAddress, address)
    .replace(/"Pid":\d+/, '"Pid":0');
}

async function measure(): Promise<void> {
  const engine = fork(import.meta.filename, [String(count)], {
    env: { ...process.env, BENCH_ENGINE: String(process.pid) },
  });
  await new Promise((resolve) => engine.once('message', resolve));
  const stop = new AbortController();
  try {
    const host = thisHost('bench');
    const graph = new Graph({ indexed: ['Name', 'Type', 'MAC'] });
    const source = () => ({ host: host.name, origin: 'agent.bench', time: Date.now() });
    graph.apply([{ kind: 'node', id: host.id, metadata: { Type: 'host', Name: 'bench' } }], source());
    const ready = Promise.withResolvers<void>();
    const running = docker.run({
      options: docker.options.parse({ url: `unix://${path}` }),
      door: openDoor(),
      graph: { apply: (changes) => graph.apply(changes, source()) },
      view: () => graph.now(),
      sockets: new SocketTable(),
      translations: new TranslationTable(),
      namespaces: namespaceRegistry(),
      host,
      signal: stop.signal,
      log: { info: () => undefined, warn: () => undefined },
      ready: ready.resolve,
      notice: () => undefined,
      count: () => undefined,
    });
    await ready.promise;
    const shown = () => [...(graph.now().nodesWith('Type', 'container') ?? [])];
    const isOver = () => shown().filter(({ metadata }) => metadata.State === 'UP').length === count;
    const began = performance.now();
    const cpu = process.cpuUsage();
    engine.send('begin');
    while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 5));
    const probeMs = performance.now() - began;
    const used = process.cpuUsage(cpu);
    stop.abort();
    await running;

    const askedBegan = performance.now();
    const texts = await askAll();
    const askedMs = performance.now() - askedBegan;
    const parsedBegan = performance.now();
    for (const text of texts) JSON.parse(text);
    const parsedMs = performance.now() - parsedBegan;
    const ms = (value: number) => `${value.toFixed(0)} ms`;
    console.log(`${count} containers, ${count * recorded.events.length} events: all in the graph after ${ms(probeMs)}`);
    console.log(`  processor time of Skein       ${ms((used.user + used.system) / 1000)}`);
    console.log(`  asking for all and parsing    ${ms(askedMs)}   (${(probeMs / askedMs).toFixed(2)} times that)`);
    console.log(`  parsing alone                 ${ms(parsedMs)}   (${(probeMs / parsedMs).toFixed(1)} times that)`);
  } finally {
    stop.abort();
    engine.disconnect();
    rmSync(path, { force: true });
  }
}

/** With as many questions at once as the probe asks. */
async function askAll(): Promise<string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const texts = await Promise.all(
    ids.map(
      (id) =>
        new Promise<string>((resolve, reject) => {
          request({ socketPath: path, agent, path: `/v1.41/containers/${id}/json` }, async (response) => {
            const text = Buffer.concat(await response.toArray()).toString('utf8');
            JSON.parse(text);
            resolve(text);
          })
            .on('error', reject)
            .end();
        }),
    ),
  );
  agent.destroy();
  return texts;
}
