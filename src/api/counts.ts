/** What the API has seen since it started: plain numbers, cheap to add to; `/metrics` reads them. */
export type QueryOutcome = 'ok' | 'mistake' | 'limit' | 'cancelled' | 'unavailable' | 'busy' | 'error';
export type WebSocketEnd = 'left' | 'slow' | 'failed' | 'silent' | 'refused' | 'stopping';
export type RequestRefusal = 'token' | 'host' | 'origin' | 'rate' | 'body' | 'connections';

/** Upper bounds of the query time histogram, seconds. */
export const queryBuckets = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30] as const;

export class Counts {
  readonly queries = new Map<QueryOutcome, number>();
  /** One count a bucket (not cumulated), the last for what is longer than all. */
  readonly queryTimes = new Float64Array(queryBuckets.length + 1);
  querySeconds = 0;
  /** By `METHOD route status`; routes are a fixed set. */
  readonly requests = new Map<string, number>();
  readonly refusals = new Map<RequestRefusal, number>();
  readonly webSocketEnds = new Map<WebSocketEnd, number>();
  messagesSent = 0;
  messagesReceived = 0;
  messagesRefused = 0;
  publisherPauses = 0;
  /** To WebSockets that did not take them in time. */
  flowsNotSent = 0;

  query(outcome: QueryOutcome, ms: number): void {
    add(this.queries, outcome);
    const seconds = ms / 1000;
    this.querySeconds += seconds;
    let bucket = 0;
    while (bucket < queryBuckets.length && seconds > (queryBuckets[bucket] as number)) bucket++;
    this.queryTimes[bucket] = (this.queryTimes[bucket] as number) + 1;
  }

  request(method: string, route: string, status: number): void {
    add(this.requests, `${method} ${route} ${status}`);
  }

  refusal(reason: RequestRefusal): void {
    add(this.refusals, reason);
  }

  webSocketEnd(reason: WebSocketEnd): void {
    add(this.webSocketEnds, reason);
  }
}

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
