/** Graphs of one's own: `skein graph serve|import|export`. Puts files, graphs, archives and the Gremlin door together. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { defaultGremlinLimits } from './api/gremlin/limits.ts';
import type { GremlinLogin, GremlinUser } from './api/gremlin/parts.ts';
import { createGremlinServer } from './api/gremlin/server.ts';
import { cannotListen } from './api/listening.ts';
import { type OpenGraph, openGraph } from './app-graph.ts';
import type { ExportTask, GraphTask, ImportTask, ServeTask } from './cli/graph-task.ts';
import type { Timeline } from './graph/view.ts';
import { graphFolder } from './graphfiles/folder.ts';
import { formatOf } from './graphfiles/format.ts';
import { writeGraphFile } from './graphfiles/write.ts';
import type { GraphFiles } from './query/gremlin/run/run.ts';
import { ownServices } from './query/gremlin/services/own.ts';
import type { TraversalSource } from './query/gremlin/source.ts';
import { momentHint, parseMoment, resolveMoment } from './query/times.ts';
import { type LineLog, logTo } from './std/log.ts';
import { mistake } from './std/mistake.ts';
import { Unavailable } from './std/unavailable.ts';

/** Resolves to the exit code: of `serve` when a signal has ended it. */
export async function runGraphTask(task: GraphTask, print: (line: string) => void): Promise<number> {
  const log = logTo(
    (line) => process.stderr.write(line),
    'info',
    () => new Date(),
  );
  switch (task.kind) {
    case 'serve':
      return serve(task, log, print);
    case 'import':
      return importGraph(task, log, print);
    case 'export':
      return exportGraph(task, log, print);
  }
}

async function serve(task: ServeTask, log: LineLog, print: (line: string) => void): Promise<number> {
  const ended = signalled();
  await using stack = new AsyncDisposableStack();
  const login = loginOf(task.users);
  const files = task.io === undefined ? undefined : folderOf(task.io);
  await checkAddress(task.listen);
  const sources = new Map<string, TraversalSource>();
  const lines: string[] = [];
  for (const { name, file, cardinality } of task.graphs) {
    const graph = stack.use(await openGraph({ ...task, name, cardinality, log }));
    lines.push(`${name}: ${await filled(graph, file)}`);
    const { model, writer } = graph.own;
    const source = { model, timeline: graph.timeline, writer: () => writer, services: ownServices, files };
    sources.set(name, { ...source, name });
    if (!sources.has('g')) sources.set('g', { ...source, name: 'g' });
  }
  const server = createGremlinServer({
    sources: () => sources,
    login,
    clock: { now: Date.now, elapsed: () => performance.now() },
    random: Math.random,
    log,
    limits: defaultGremlinLimits,
    hasPassword: task.users.length > 0,
    hostNames: task.hostNames,
  });
  const { host, port } = await server.listen(task.listen.host, task.listen.port);
  stack.defer(() => server.close());
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  print([...lines, `Gremlin is spoken at ws://${address}/gremlin and http://${address}/gremlin`].join('\n'));
  log.info(`${await ended}: stopping`);
  return 0;
}

/** Reading the files may take a while; an address that is taken is told before. */
async function checkAddress({ host, port }: ServeTask['listen']): Promise<void> {
  const probe = createServer();
  try {
    probe.listen(port, host);
    await once(probe, 'listening');
  } catch (error) {
    throw cannotListen(host, port, error as NodeJS.ErrnoException);
  }
  probe.close();
  await once(probe, 'close');
}

function folderOf(directory: string): GraphFiles {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return graphFolder(directory);
  throw mistake('graph.no-folder', `--io ${directory} is no folder`);
}

/** Fills a graph that holds nothing yet, and says what it holds. */
async function filled(graph: OpenGraph, file: string | undefined): Promise<string> {
  const count = () => counted(graph.own.graph.nodes.alive.size, graph.own.graph.edges.alive.size);
  if (graph.found > 0) return `${count()}, as they were${file === undefined ? '' : `; ${file} was not read again`}`;
  if (file === undefined) return 'empty';
  await graph.load(file);
  return `${count()} from ${file}`;
}

function counted(vertices: number, edges: number): string {
  return `${vertices} ${vertices === 1 ? 'vertex' : 'vertices'}, ${edges} ${edges === 1 ? 'edge' : 'edges'}`;
}

async function importGraph(task: ImportTask, log: LineLog, print: (line: string) => void): Promise<number> {
  await using graph = await openGraph({ ...alone(task, log), name: task.graph });
  const { vertices, edges } = await graph.load(task.file, task.format);
  print(`${counted(vertices, edges)} added to ${task.graph}`);
  return 0;
}

async function exportGraph(task: ExportTask, log: LineLog, print: (line: string) => void): Promise<number> {
  if (!existsSync(join(task.data, task.graph)))
    throw mistake('graph.unknown', `there is no graph ${JSON.stringify(task.graph)} below ${task.data}`);
  await using graph = await openGraph({ ...alone(task, log), name: task.graph });
  const view =
    task.at === undefined ? graph.timeline.now() : await graph.timeline.at(momentOf(task.at, graph.timeline));
  const format = task.format ?? formatOf(task.file, '');
  if (format === 'jsonlines')
    throw mistake('graph.format', 'JSON lines are only read', 'a name that ends in .json or .xml');
  await writeGraphFile(task.file, format, { view, model: graph.own.model });
  print(`${counted(view.nodeCount, view.edgeCount)} written to ${task.file}`);
  return 0;
}

function momentOf(text: string, timeline: Timeline): number {
  const moment = parseMoment(text);
  if (moment === undefined) throw mistake('graph.time', `${JSON.stringify(text)} is no moment`, momentHint);
  return resolveMoment(moment, Date.now(), timeline);
}

function alone({ data, maxBytes }: ImportTask | ExportTask, log: LineLog) {
  return { data, maxBytes, log, cardinality: 'single', indexed: [], horizonMs: Number.POSITIVE_INFINITY } as const;
}

/** Without users whoever reaches the door is let in; the server only listens on loopback then. */
function loginOf(users: ServeTask['users']): GremlinLogin {
  const digests = new Map(users.map(({ name, passwordFile }) => [name, digest(passwordOf(passwordFile))]));
  const anyone: GremlinUser | undefined = users.length === 0 ? { name: 'local' } : undefined;
  return {
    known: () => anyone,
    async check(name, password) {
      // A name that there is not takes as long as a wrong password.
      const isRight = timingSafeEqual(digests.get(name) ?? digest(''), digest(password));
      return isRight && digests.has(name) ? { name } : undefined;
    },
  };
}

function passwordOf(file: string): string {
  let password: string;
  try {
    password = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Unavailable(`password file ${file}`, `read access (${(error as Error).message})`, { cause: error });
  }
  if (password === '') throw mistake('graph.password', `${file} holds no password`);
  return password;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function signalled(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
}
