/** Where an Elasticsearch or OpenSearch is, how to be let in, and what is kept there for how long. */
import type { Clock } from '../../std/clock.ts';
import type { FlowKeeping } from '../flow-keeping.ts';
import type { SocketKeeping } from '../socket-keeping.ts';

export interface ElasticsearchPlace {
  /** `http://host:9200`, `https://…`; several nodes of one cluster. A name and password inside of it is used, and never told. */
  readonly urls?: readonly string[];
  /** Instead of urls. */
  readonly cloudId?: string;
  readonly apiKey?: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM of the authority that signed the servers' certificates. */
  readonly ca?: string;
  /** SHA-256 of that authority's certificate, in hex. */
  readonly fingerprint?: string;
  /** One request, from first byte to last, ms. */
  readonly timeoutMs?: number;
}

export interface ElasticsearchKeeping {
  /** Begins the names of all indices and templates. */
  readonly prefix: string;
  readonly shards: number;
  readonly replicas: number;
  /** Of closed versions and points of series together. */
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** A slice that is larger, or spans more, is followed by a new one. */
  readonly sliceBytes: number;
  readonly sliceMs: number;
}

export interface ElasticsearchArchiveOptions extends ElasticsearchPlace, Partial<ElasticsearchKeeping> {
  readonly clock?: Clock;
  readonly random?: () => number;
  /** Versions, or samples, in one answer about a span; a longer answer is refused with a Mistake. */
  readonly spanRowsMax?: number;
  readonly flows?: Partial<FlowKeeping>;
  readonly sockets?: Partial<SocketKeeping>;
}

export const keepingDefaults: ElasticsearchKeeping = {
  prefix: 'skein-',
  shards: 1,
  replicas: 0,
  maxBytes: 50 * 2 ** 30,
  maxAgeMs: 7 * 86_400_000,
  sliceBytes: 5 * 2 ** 30,
  sliceMs: 86_400_000,
};
