/** How much room documents take that are there; what was deleted goes when the server merges, whenever it does. */
import type { Elastic } from './client.ts';

/** Bytes of those indices, by name or with a `*`, replicas too. */
export async function liveSize(elastic: Elastic, ...patterns: readonly string[]): Promise<number> {
  const stats = await elastic.request<Stats>({
    method: 'GET',
    path: `/${patterns.join()}/_stats/store,docs`,
    query: { filter_path: 'indices.*.total.store.size_in_bytes,indices.*.total.docs', expand_wildcards: 'open' },
    fine: [404],
  });
  let bytes = 0;
  for (const { total } of Object.values(stats?.indices ?? {})) {
    const { count = 0, deleted = 0 } = total?.docs ?? {};
    bytes += (total?.store?.size_in_bytes ?? 0) * (count / Math.max(1, count + deleted));
  }
  return Math.round(bytes);
}

interface Stats {
  readonly indices?: Readonly<
    Record<
      string,
      {
        readonly total?: {
          readonly store?: { readonly size_in_bytes?: number };
          readonly docs?: { readonly count?: number; readonly deleted?: number };
        };
      }
    >
  >;
}
