/** Bounds of doors and queries, as they were configured. */
import type { ApiLimits } from './api/limits.ts';
import type { Config } from './config/options.ts';
import type { Limits } from './query/limits.ts';

export function apiLimits({ api, query }: Config): Partial<ApiLimits> {
  return {
    bodyBytesMax: api.body,
    traceBytesMax: api.trace,
    messageBytesMax: api.message,
    connectionsMax: api.connections,
    webSocketsMax: api.webSockets,
    requestsPerSecond: api.rate,
    pingMs: api.ping,
    repliesMax: api.queue,
    queriesMax: query.parallel,
    queryMs: query.timeout,
  };
}

export function queryLimits({ query }: Config): Partial<Limits> {
  return {
    timeMs: query.timeout,
    items: query.items,
    memoryBytes: query.memory,
    results: query.results,
    textLength: query.textLength,
    depth: query.depth,
  };
}
