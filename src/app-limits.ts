/** Bounds of doors and queries, as they were configured. */
import { defaultGremlinLimits, type GremlinLimits } from './api/gremlin/limits.ts';
import type { ApiLimits } from './api/limits.ts';
import type { Config } from './config/options.ts';
import type { Limits } from './query/limits.ts';

/** `agents`: connections that come beside those of users, who are not to find the door full of them. */
export function apiLimits(
  { api, injection, query }: Pick<Config, 'api' | 'injection' | 'query'>,
  agents = 0,
): Partial<ApiLimits> {
  return {
    bodyBytesMax: api.body,
    // In base64 three bytes are four.
    injectionBytesMax: api.body + Math.ceil((injection.pcapSize * 4) / 3),
    traceBytesMax: api.trace,
    messageBytesMax: api.message,
    connectionsMax: api.connections + agents,
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

/** Of `/gremlin`; a request may ask for more time than is usual, but not for more than ten minutes or what was configured. */
export function gremlinLimits({ api, query }: Config): Partial<GremlinLimits> {
  return {
    connectionsMax: api.webSockets,
    pingMs: api.ping,
    runningMax: query.parallel,
    timeMs: query.timeout,
    timeMsMax: Math.max(query.timeout, defaultGremlinLimits.timeMsMax),
  };
}
