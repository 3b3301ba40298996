/**
 * The way to a server. The client is loaded when it is first needed: a start without Elasticsearch does not pay for it.
 * Its plain dialect (no vendored media types, no check of the product) is spoken to all: Elasticsearch 7.17, 8 and 9 and
 * OpenSearch understand it.
 */
import type { Client } from '@elastic/elasticsearch';
import { authorityOf } from './authority.ts';
import { failureOf } from './failure.ts';
import type { ElasticsearchPlace } from './options.ts';
import { whenShardsAreThere } from './shards.ts';

/** The longest answer that is read, in bytes: a page is cut by its number of documents long before. */
const ANSWER_BYTES_MAX = 256 * 2 ** 20;
const TIMEOUT_MS = 30_000;

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** As JSON. */
  readonly body?: object;
  /** As it is: lines of JSON, each ended by a newline. */
  readonly lines?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** These answers are no errors; what comes back then is undefined. */
  readonly fine?: readonly number[];
}

export class Elastic {
  /** For people: addresses, without secrets. */
  readonly place: string;
  readonly #client: () => Promise<Client>;
  readonly #timeoutMs: number;
  #opened: Promise<Client> | undefined;

  constructor(place: ElasticsearchPlace) {
    this.place = placeText(place);
    this.#timeoutMs = place.timeoutMs ?? TIMEOUT_MS;
    this.#client = () => clientFor(place, this.place, this.#timeoutMs);
  }

  /** Throws Unavailable when the server is away, refuses, or says what is no answer; never tells a secret. */
  request<T>(request: Request): Promise<T> {
    return whenShardsAreThere(() => this.#request<T>(request));
  }

  async close(): Promise<void> {
    await this.#opened?.then((client) => client.close()).catch(() => {});
  }

  async #request<T>({ method, path, query, body, lines, timeoutMs, signal, fine }: Request): Promise<T> {
    try {
      this.#opened ??= this.#client().catch((error) => {
        this.#opened = undefined;
        throw error;
      });
      const client = await this.#opened;
      const result = await client.transport.request<T>(
        {
          method,
          path,
          ...(query && { querystring: query }),
          ...(body && { body: body as Record<string, unknown> }),
          ...(lines !== undefined && { bulkBody: lines }),
        },
        {
          meta: true,
          requestTimeout: timeoutMs ?? this.#timeoutMs,
          ...(signal && { signal }),
          ...(fine && { ignore: [...fine] }),
        },
      );
      return (fine?.includes(result.statusCode ?? 0) ? undefined : result.body) as T;
    } catch (error) {
      throw failureOf(error, this.place);
    }
  }
}

async function clientFor(place: ElasticsearchPlace, name: string, timeoutMs: number): Promise<Client> {
  const [{ Client, HttpConnection }, { Transport }] = await Promise.all([
    import('@elastic/elasticsearch'),
    import('@elastic/transport'),
  ]);
  class PlainTransport extends Transport {
    constructor(options: ConstructorParameters<typeof Transport>[0]) {
      const { productCheck: _, ...others } = options;
      super({
        ...others,
        vendoredHeaders: {
          jsonContentType: 'application/json',
          ndjsonContentType: 'application/x-ndjson',
          accept: 'application/json,text/plain',
        },
      });
    }
  }
  const { cloudId, apiKey, fingerprint } = place;
  const urls = (place.urls ?? []).map((url) => new URL(url));
  const [first] = urls;
  const ca =
    place.ca ??
    (fingerprint !== undefined && first?.protocol === 'https:'
      ? await authorityOf(first, { fingerprint, place: name, timeoutMs })
      : undefined);
  const username = place.username ?? decodeURIComponent(urls.find((url) => url.username)?.username ?? '');
  const password = place.password ?? decodeURIComponent(urls.find((url) => url.password)?.password ?? '');
  return new Client({
    ...(cloudId === undefined ? { nodes: urls.map(bare) } : { cloud: { id: cloudId } }),
    ...(apiKey !== undefined ? { auth: { apiKey } } : username ? { auth: { username, password } } : {}),
    ...(ca !== undefined && { tls: { ca } }),
    Transport: PlainTransport,
    // Undici reads answers with WebAssembly, whose wrappers Node 24 can abort over when several threads compile them.
    Connection: HttpConnection,
    // Who asks knows best whether and when to ask again.
    maxRetries: (place.urls?.length ?? 1) - 1,
    requestTimeout: timeoutMs,
    maxResponseSize: ANSWER_BYTES_MAX,
    redaction: { type: 'remove' },
    enableMetaHeader: false,
  });
}

function bare(url: URL): string {
  const copy = new URL(url);
  copy.username = '';
  copy.password = '';
  return copy.href;
}

function placeText({ urls = [], cloudId }: ElasticsearchPlace): string {
  if (cloudId !== undefined) return `cloud ${cloudId.split(':')[0]}`;
  return urls.map((url) => bare(new URL(url)).replace(/\/$/, '')).join(', ');
}
