/** How many documents there are. */
import type { Elastic } from './client.ts';
import { Refused } from './failure.ts';
import { whenShardsAreThere } from './shards.ts';

/** In indices by name, or with a `*`; those that are not there have none. A count of a part is no answer. */
export function counted(elastic: Elastic, index: string, query: object = { match_all: {} }): Promise<number> {
  return whenShardsAreThere(async () => {
    const { count, _shards } = await elastic.request<Answer>({
      method: 'POST',
      path: `/${index}/_count`,
      query: { ignore_unavailable: true, allow_no_indices: true },
      body: { query },
    });
    if (count === undefined || (_shards?.failed ?? 0) > 0)
      throw new Refused(elastic.place, 503, 'no_shard_available_action_exception', 'a part of the index is away');
    return count;
  });
}

interface Answer {
  readonly count?: number;
  readonly _shards?: { readonly failed?: number };
}
