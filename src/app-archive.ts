/** The archive that the configuration asks for. */
import { readFileSync } from 'node:fs';
import { tracesFolder } from './app-flows.ts';
import type { Archive } from './archive/archive.ts';
import type { ElasticsearchPlace } from './archive/elasticsearch/options.ts';
import { openEmbeddedArchive } from './archive/embedded/index.ts';
import type { FlowKeeping } from './archive/flow-keeping.ts';
import type { Config } from './config/options.ts';
import type { Log } from './probes/probe.ts';
import { mistake } from './std/mistake.ts';
import { Unavailable } from './std/unavailable.ts';

/** A folder that cannot be written to costs the history, not the view of now. A server that is away may come back. */
export async function openArchive(config: Config, log: Log, notes: Map<string, string>): Promise<Archive | undefined> {
  const { kind, directory, maxSize, maxAge } = config.archive;
  if (kind === 'none') return undefined;
  if (kind === 'memory') return openMemory(config);
  if (kind === 'elasticsearch') return openElasticsearch(config, log);
  try {
    const flows = flowKeeping(config);
    const sockets = { maxBytes: config.archive.sockets.maxSize, maxAgeMs: config.archive.sockets.maxAge };
    return await openEmbeddedArchive({ directory, maxBytes: maxSize, maxAgeMs: maxAge, flows, sockets });
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    const note = `history is kept in memory only, and ends with this process: ${error.message}`;
    log.warn(note);
    notes.set('archive', note);
    return openMemory(config);
  }
}

/** Flows of traces are forgotten for lack of room alone. They stay on this machine. */
export function tracesArchive(config: Config): (() => Promise<Archive>) | undefined {
  const { kind, flows } = config.archive;
  if (kind === 'none') return undefined;
  const expireMs = config.flow.expire;
  if (kind === 'memory') return () => openMemory(config);
  const for100Years = 36_500 * 86_400_000;
  const ages = {
    flowsMs: for100Years,
    pointsMs: for100Years,
    points1mMs: for100Years,
    points5mMs: for100Years,
    points1hMs: for100Years,
    rawPacketsMs: for100Years,
  };
  return () =>
    openEmbeddedArchive({ directory: tracesFolder(config), flows: { maxBytes: flows.tracesSize, expireMs, ages } });
}

/** How to reach the server. Throws a Mistake for a file that is named and cannot be read. */
export function elasticsearchPlace({ archive: { elasticsearch } }: Config): ElasticsearchPlace {
  const { urls, cloudId, username, fingerprint, timeout } = elasticsearch;
  const apiKey = elasticsearch.apiKey ?? secretIn(elasticsearch.apiKeyFile, 'archive.elasticsearch.apiKeyFile');
  const password = elasticsearch.password ?? secretIn(elasticsearch.passwordFile, 'archive.elasticsearch.passwordFile');
  const ca = textIn(elasticsearch.ca, 'archive.elasticsearch.ca');
  return {
    ...(cloudId === undefined ? { urls } : { cloudId }),
    ...(apiKey !== undefined && { apiKey }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(ca !== undefined && { ca }),
    ...(fingerprint !== undefined && { fingerprint }),
    timeoutMs: timeout,
  };
}

async function openMemory({ flow }: Config): Promise<Archive> {
  const { MemoryArchive } = await import('./archive/memory/index.ts');
  return new MemoryArchive({ flows: { expireMs: flow.expire } });
}

async function openElasticsearch(config: Config, log: Log): Promise<Archive> {
  const { maxSize, maxAge, elasticsearch } = config.archive;
  // What needs no Elasticsearch does not load what speaks to it.
  const { openElasticsearchArchive } = await import('./archive/elasticsearch/index.ts');
  const archive = await openElasticsearchArchive({
    ...elasticsearchPlace(config),
    prefix: elasticsearch.prefix,
    shards: elasticsearch.shards,
    replicas: elasticsearch.replicas,
    maxBytes: maxSize,
    maxAgeMs: maxAge,
    sliceBytes: elasticsearch.sliceSize,
    sliceMs: elasticsearch.sliceAge,
    flows: flowKeeping(config),
    sockets: { maxBytes: config.archive.sockets.maxSize, maxAgeMs: config.archive.sockets.maxAge },
  });
  const { state, notes } = await archive.health();
  if (state !== 'ok') log.warn(`archive: ${notes.join('; ')}; history begins when it is there`);
  return archive;
}

function flowKeeping({ archive: { flows }, flow }: Config): FlowKeeping {
  return {
    maxBytes: flows.maxSize,
    expireMs: flow.expire,
    ages: {
      flowsMs: flows.maxAge,
      pointsMs: flows.points,
      points1mMs: flows.points1m,
      points5mMs: flows.points5m,
      points1hMs: flows.points1h,
      rawPacketsMs: flows.rawPackets,
    },
  };
}

function secretIn(file: string | undefined, option: string): string | undefined {
  return textIn(file, option)?.trim();
}

function textIn(file: string | undefined, option: string): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw mistake('config.file', `${option}: ${(error as Error).message}`);
  }
}
