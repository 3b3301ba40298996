/** What the API has seen since it started: plain numbers, cheap to add to; `/metrics` reads them. */
import { Histogram } from './histogram.ts';

export type QueryOutcome = 'ok' | 'mistake' | 'limit' | 'cancelled' | 'unavailable' | 'busy' | 'error';
export type WebSocketEnd = 'left' | 'slow' | 'failed' | 'silent' | 'refused' | 'stopping';
export type RequestRefusal = 'token' | 'agent' | 'role' | 'host' | 'origin' | 'rate' | 'body' | 'connections';

export class Counts {
  readonly queries = new Map<QueryOutcome, number>();
  readonly queryTimes = new Histogram();
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
    this.queryTimes.add(ms);
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
