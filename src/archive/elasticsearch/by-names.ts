/** Documents by their names: as they are, refreshed or not. */
import type { Elastic } from './client.ts';
import { Refused } from './failure.ts';
import { whenShardsAreThere } from './shards.ts';

export interface Named<T> {
  readonly _id: string;
  readonly _source: T;
}

/**
 * Those of `names` that are there; an index that is not there has none. Throws Unavailable when the server cannot tell of
 * one of them.
 */
export function byNames<T>(
  elastic: Elastic,
  index: string,
  names: readonly string[],
  ...fields: readonly string[]
): Promise<Named<T>[]> {
  return whenShardsAreThere(() => read<T>(elastic, index, names, fields));
}

async function read<T>(
  elastic: Elastic,
  index: string,
  names: readonly string[],
  fields: readonly string[],
): Promise<Named<T>[]> {
  const { docs = [] } = await elastic.request<{ docs?: readonly Answer<T>[] }>({
    method: 'POST',
    path: `/${index}/_mget`,
    query: {
      filter_path: 'docs._id,docs.found,docs._source,docs.error.type,docs.error.reason',
      ...(fields.length > 0 && { _source_includes: fields.join() }),
    },
    body: { ids: names },
  });
  const found: Named<T>[] = [];
  for (const { _id, found: isFound, _source, error } of docs) {
    if (isFound && _source !== undefined) found.push({ _id, _source });
    // What cannot be read is not what is not there.
    else if (error && error.type !== 'index_not_found_exception')
      throw new Refused(elastic.place, 503, error.type ?? '', error.reason ?? '');
  }
  return found;
}

interface Answer<T> {
  readonly _id: string;
  readonly found?: boolean;
  readonly _source?: T;
  readonly error?: { readonly type?: string; readonly reason?: string };
}
