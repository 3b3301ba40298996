/** `skein open`: a bundle from anywhere, answered like a server, without a network, without root and without a change. */
import { constants } from 'node:os';
import { join } from 'node:path';
import type { ApiGraph, ServerStatus } from './api/parts.ts';
import { startApi } from './app-api.ts';
import { bundledArchive } from './app-bundle.ts';
import { packetTest } from './app-flows.ts';
import { queryLimits } from './app-limits.ts';
import type { Archive } from './archive/archive.ts';
import { foreignFault } from './archive/embedded/foreign.ts';
import { keptChecksIn } from './bundle/checks.ts';
import { temporaryFolder } from './bundle/folder.ts';
import { unpackBundle } from './bundle/read.ts';
import { orNoRoom } from './bundle/room.ts';
import { bundleFlows, bundleSockets, bundleTimeline } from './bundle/views.ts';
import { captureTypes } from './capture/vocabulary.ts';
import type { OpenTask } from './cli/bundle-task.ts';
import type { Io } from './cli/io.ts';
import { printable } from './cli/render/printable.ts';
import { loadConfigHere } from './config/here.ts';
import type { BundleManifest } from './contract/bundle.ts';
import { KnownKeys } from './graph/keys.ts';
import type { GraphView } from './graph/view.ts';
import { keysOf, mergedTypes } from './model/vocabulary.ts';
import { openPacketDoor } from './native/index.ts';
import { probes as probeList } from './probes/index.ts';
import { QueryEngine } from './query/query.ts';
import { Later } from './std/later.ts';
import { logTo } from './std/log.ts';
import { type Mistake, mistake } from './std/mistake.ts';
import { Unavailable } from './std/unavailable.ts';

/** Runs the words of one command as this process would. */
type Ask = (words: readonly string[], io: Io) => Promise<number>;

/** Resolves to the exit code: that of the command, or 0 when a signal has ended it. */
export async function runOpenTask(task: OpenTask, io: Io, ask: Ask): Promise<number> {
  const ended = signalled();
  // Whatever ends it before it answers: leaving takes the folder away.
  void ended.then((signal) => isServing || process.exit(128 + constants.signals[signal]));
  let isServing = false;
  await using open = await openBundle(task, io);
  const { manifest, url } = open;
  if (task.words.length > 0) {
    const { SKYDIVE_ANALYZER: _, SKEIN_TOKEN: __, ...env } = io.env;
    const its: Io = {
      ...{ out: io.out, err: io.err, readInput: io.readInput, inputPieces: io.inputPieces },
      env: { ...env, SKEIN_SERVER: url },
      now: () => manifest.span.to,
      get interrupted() {
        return io.interrupted;
      },
    };
    return await ask(task.words, its);
  }
  io.out.write(greetingOf(manifest, url));
  isServing = true;
  await ended;
  return 0;
}

export interface OpenBundle extends AsyncDisposable {
  readonly manifest: BundleManifest;
  readonly url: string;
}

export interface OpenAsked extends Pick<OpenTask, 'file' | 'listen'> {
  /** Where it is unpacked; left out: TMPDIR, or /tmp. */
  readonly place?: string;
}

export async function openBundle(asked: OpenAsked, io: Pick<Io, 'err' | 'now'>): Promise<OpenBundle> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(temporaryFolder('open', asked.place));
  try {
    const { manifest, url, ...its } = await openIn(folder.path, asked, io);
    const opened = stack.move();
    return {
      ...{ manifest, url },
      async [Symbol.asyncDispose]() {
        await its[Symbol.asyncDispose]();
        await opened.disposeAsync();
      },
    };
  } catch (error) {
    throw orNoRoom('opening this bundle', folder.path, error);
  }
}

async function openIn(folder: string, { file, listen }: OpenAsked, io: Pick<Io, 'err' | 'now'>): Promise<OpenBundle> {
  const startedAt = io.now();
  await using stack = new AsyncDisposableStack();
  const manifest = printed(await unpackBundle(file, folder));
  const directory = join(folder, 'archive');
  const fault = foreignFault(directory);
  if (fault !== undefined)
    throw mistake('bundle.archive', `the archive in this bundle is none of ours: ${fault}`, 'take another copy');
  const archive = stack.use(await bundledArchive(directory, { expireMs: manifest.expireMs }));
  const { notes } = await archive.health();
  if (notes.length > 0) throw damaged(notes.join('; '));
  const { span, host } = manifest;
  const now = await archive.viewAt(span.to).catch((error: Error) => {
    throw error instanceof Unavailable ? error : damaged(error.message);
  });
  const probed = probeList.flatMap((probe) => [...probe.types, ...(probe.adds ?? [])]);
  const types = mergedTypes([...probed, ...captureTypes(probed.map(({ name }) => name))]);
  const keys = new KnownKeys([...keysOf(types), 'RelationType']);
  for (const node of now.nodes()) keys.seeOf(node);
  // Nothing of this machine says how a bundle is answered.
  const loaded = loadConfigHere({ flags: {}, env: {}, probes: probeList.map(({ name }) => name) });
  const log = logTo(
    (line) => io.err.write(line),
    'warn',
    () => new Date(),
  );
  const health = await archiveStatus(archive, manifest);
  const kept = keptChecksIn(folder);
  const timeline = bundleTimeline(archive, now, manifest);
  const engine = new QueryEngine({ keys: () => keys.list(), limits: queryLimits(loaded.config) });
  const flows = {
    ...(archive.flows && { flows: bundleFlows(archive.flows, span) }),
    ...(archive.sockets && { sockets: bundleSockets(archive.sockets, span) }),
    matchFilter: (expression: string) => packetTest(openPacketDoor(), expression),
  };
  // Loaded when someone asks.
  const checks = new Later(async () => {
    const { bundleChecks } = await import('./app-open-checks.ts');
    return bundleChecks({ manifest, kept, timeline, engine, flows, log });
  });
  stack.defer(() => checks.made?.[Symbol.asyncDispose]());
  const { place } = stack.use(
    await startApi({
      loaded,
      security: { api: { access: { tokens: [], hostNames: [] } } },
      types,
      listen,
      hasGremlin: true,
      still: `this is a bundle of ${host}: nothing is watched or captured, and nothing can be changed`,
      host,
      graph: stillGraph(now, manifest),
      timeline,
      engine: sayingSo(engine, now, manifest),
      status: (): ServerStatus => ({
        StartedAt: startedAt,
        Notes: notesOf(manifest),
        Probes: {},
        Graph: { Nodes: now.nodeCount, Edges: now.edgeCount, Revision: 0, Range: span },
        Archive: health,
      }),
      archive: { flushed: () => Promise.resolve(), isFull: () => false },
      flows,
      checks,
      keys: () => keys.list(),
      now: () => span.to,
      log,
    }),
  );
  const opened = stack.move();
  const at = place.host.includes(':') ? `[${place.host}]` : place.host;
  return {
    manifest,
    url: `http://${at}:${place.port}`,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function damaged(why: string): Mistake {
  return mistake('bundle.archive', `the archive in this bundle is damaged: ${why}`, 'take another copy');
}

/** What a bundle says of itself becomes part of many sentences: no terminal must obey it. */
function printed({ host, by, query, missing, ...manifest }: BundleManifest): BundleManifest {
  return {
    ...{ ...manifest, host: printable(host), by: printable(by), missing: missing.map(printable) },
    ...(query !== undefined && { query: printable(query) }),
  };
}

/** The graph at the end, as it stays. */
function stillGraph(now: GraphView, { host }: BundleManifest): ApiGraph {
  return {
    revision: 0,
    now: () => now,
    apply() {
      throw mistake('bundle.read-only', `this is a bundle of ${host}: nothing in it can be changed`);
    },
    subscribe: () => () => undefined,
    since: () => [],
  };
}

/** Who asks about now is told which now that is. */
function sayingSo(engine: QueryEngine, now: GraphView, manifest: BundleManifest): Pick<QueryEngine, 'prepare' | 'run'> {
  const warning = { code: 'bundle.now', message: sentenceOf(manifest) };
  type Answered = Awaited<ReturnType<QueryEngine['run']>>;
  const said = (answer: Answered): Answered =>
    answer.view === now ? { ...answer, warnings: [...answer.warnings, warning] } : answer;
  return {
    prepare: (text) => engine.prepare(text),
    run(prepared, context) {
      const answer = engine.run(prepared, context);
      return answer instanceof Promise ? answer.then(said) : said(answer);
    },
  };
}

async function archiveStatus(archive: Archive, { span }: BundleManifest): Promise<ServerStatus['Archive']> {
  const { state, notes, sizeBytes, versions, samples } = await archive.health();
  return {
    Kind: 'bundle',
    Place: 'a bundle',
    State: state,
    Notes: [...notes],
    SizeBytes: sizeBytes,
    SizeBytesMax: 0,
    AgeMsMax: 0,
    Versions: versions,
    Samples: samples,
    Range: span,
  };
}

function sentenceOf({ host, span }: BundleManifest): string {
  return `this is a bundle of ${host}: now is ${iso(span.to)}`;
}

function notesOf(manifest: BundleManifest): string[] {
  const { by, made, query, missing } = manifest;
  return [
    `${sentenceOf(manifest)}; nothing is watched, and nothing can be changed`,
    `made at ${iso(made)}${by === '' ? '' : ` by ${by}`}${query === undefined ? '' : `, of ${query}`}`,
    ...missing.map((what) => `missing: ${what}`),
  ];
}

function greetingOf(manifest: BundleManifest, url: string): string {
  const { host, span, counts, missing, made, by, query } = manifest;
  const { versions, samples, flows, packets, sockets } = counts;
  return [
    `Skein has opened a bundle of ${host}: nothing is watched, and nothing can be changed.`,
    `  ask      ${url}, or: skein query "G.V()" --server ${url}`,
    `  history  from ${iso(span.from)} to ${iso(span.to)}, which is now`,
    `  holds    ${versions} versions, ${samples} samples, ${flows} flows, ${packets} packets, ${sockets} sockets`,
    `  made     ${iso(made)}${by === '' ? '' : ` by ${by}`}${query === undefined ? '' : `, of ${query}`}`,
    ...missing.map((what) => `  missing  ${what}`),
    `  try      skein diff --from ${iso(span.from)} --server ${url}`,
    '',
  ].join('\n');
}

function iso(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : 'no moment';
}

function signalled(): Promise<'SIGINT' | 'SIGTERM' | 'SIGHUP'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
}
