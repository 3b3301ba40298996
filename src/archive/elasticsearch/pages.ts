/** Everything that a search finds, page by page, from one moment of the index: however much it is. */
import type { Elastic } from './client.ts';
import type { Server } from './server.ts';

/** The most a server gives at once (index.max_result_window). */
export const PAGE_MAX = 10_000;
const PAGE = 5_000;
/** Of a longer answer so much is asked for twice. */
const SHORT = 1_000;
/** How long the server keeps that moment for the next page. */
const KEEP_ALIVE = '1m';

export interface Search {
  /** Names or patterns, with commas between. What is not there is passed by. */
  readonly index: string;
  readonly query: object;
  /** Any order: a tie is broken by where documents lie. */
  readonly sort?: readonly object[];
  /** Documents in one page. */
  readonly page?: number;
  /** No more than so many altogether. */
  readonly limit?: number;
  /** Sort values of the last hit of the page before; of a first page alone. */
  readonly after?: readonly unknown[];
  readonly source?: readonly string[] | boolean;
  readonly signal?: AbortSignal;
}

export interface Hit<T> {
  readonly _index: string;
  readonly _id: string;
  readonly _source: T;
  readonly sort?: readonly unknown[];
}

/** Up to PAGE_MAX documents in one request. */
export async function firstPage<T>(
  elastic: Elastic,
  { index, query, sort, limit = PAGE, after, source, signal }: Search,
): Promise<Hit<T>[]> {
  const answer = await elastic.request<Answer<T>>({
    method: 'POST',
    path: `/${encodeURI(index)}/_search`,
    query: { ...PASS_BY, filter_path: FILTER },
    body: {
      size: Math.min(limit, PAGE_MAX),
      query,
      track_total_hits: false,
      ...(sort && { sort }),
      ...(after && { search_after: after }),
      ...(source !== undefined && { _source: source }),
    },
    ...(signal && { signal }),
  });
  return answer.hits?.hits ?? [];
}

/** Pages until there is no more; the moment is let go also when the reader leaves early. */
export async function* pages<T>(elastic: Elastic, server: Server, search: Search): AsyncGenerator<Hit<T>[]> {
  const { index, query, sort = [], page = PAGE, limit = Number.POSITIVE_INFINITY, source, signal } = search;
  // Most answers are short: one request, and no moment of the index to hold.
  const short = limit <= page ? limit : Math.min(page, SHORT);
  const first = await firstPage<T>(elastic, { ...search, limit: short });
  if (first.length < short || limit <= short) {
    if (first.length > 0) yield first;
    return;
  }
  let id = await openMoment(elastic, server, index);
  try {
    let after: readonly unknown[] | undefined;
    for (let left = limit; left > 0; ) {
      const size = Math.min(page, left);
      const answer = await elastic.request<Answer<T>>({
        method: 'POST',
        path: '/_search',
        query: { ...WHOLE, filter_path: FILTER },
        body: {
          size,
          query,
          pit: { id, keep_alive: KEEP_ALIVE },
          sort: [...sort, { _shard_doc: 'asc' }],
          track_total_hits: false,
          ...(source !== undefined && { _source: source }),
          ...(after && { search_after: after }),
        },
        ...(signal && { signal }),
      });
      const hits = answer.hits?.hits ?? [];
      id = answer.pit_id ?? id;
      after = hits.at(-1)?.sort;
      left -= hits.length;
      if (hits.length > 0) yield hits;
      if (hits.length < size || !after) return;
    }
  } finally {
    await closeMoment(elastic, server, id);
  }
}

/** All of it at once: for what is known to be small, or bounded by `limit`. */
export async function allHits<T>(elastic: Elastic, server: Server, search: Search): Promise<Hit<T>[]> {
  const all: Hit<T>[] = [];
  for await (const hits of pages<T>(elastic, server, search)) for (const hit of hits) all.push(hit);
  return all;
}

/** A part of an answer is none. */
const WHOLE = { allow_partial_search_results: false };
export const PASS_BY = { ignore_unavailable: true, allow_no_indices: true, ...WHOLE };
const FILTER = 'pit_id,hits.hits._index,hits.hits._id,hits.hits._source,hits.hits.sort';

interface Answer<T> {
  readonly pit_id?: string;
  readonly hits?: { readonly hits?: Hit<T>[] };
}

async function openMoment(elastic: Elastic, { distribution }: Server, index: string): Promise<string> {
  const path = distribution === 'opensearch' ? '_search/point_in_time' : '_pit';
  const query = { keep_alive: KEEP_ALIVE, ignore_unavailable: true };
  const answer = await elastic.request<{ id?: string; pit_id?: string }>({
    method: 'POST',
    path: `/${encodeURI(index)}/${path}`,
    query,
  });
  return answer.id ?? answer.pit_id ?? '';
}

/** When that fails, the server lets go of it by itself after a minute. */
async function closeMoment(elastic: Elastic, { distribution }: Server, id: string): Promise<void> {
  const [path, body] = distribution === 'opensearch' ? ['/_search/point_in_time', { pit_id: [id] }] : ['/_pit', { id }];
  await elastic.request({ method: 'DELETE', path, body, fine: [404] }).catch(() => {});
}
