/** What was lost, as it was told. */
import type { Loss } from '../../../flow/loss.ts';
import type { Span } from '../../../flow/view.ts';
import { type DumpPage, PAGE_ITEMS } from '../../dump.ts';
import type { Elastic } from '../client.ts';
import { PASS_BY, pages } from '../pages.ts';
import type { Access } from './points.ts';
import { clamp } from './pushed.ts';

export async function lossesIn({ elastic, server, places }: Access, { from, to }: Span): Promise<Loss[]> {
  const filter = [{ range: { to: { gte: clamp(from) } } }, { range: { from: { lte: clamp(to) } } }];
  const search = { index: places.losses, query: { bool: { filter } }, sort: [{ from: 'asc' }] };
  const losses: Loss[] = [];
  for await (const hits of pages<LossSource>(elastic, server, search))
    for (const { _source } of hits) losses.push(lossOf(_source));
  return losses;
}

/** In the order in which they began; `after` is where a page before ended. */
export async function* lossesOneByOne(
  elastic: Elastic,
  index: string,
  after: string | undefined,
): AsyncGenerator<DumpPage<Loss>> {
  for (let next = after; ; ) {
    const answer = await elastic.request<Answer>({
      method: 'POST',
      path: `/${index}/_search`,
      query: { ...PASS_BY, filter_path: 'hits.hits._source,hits.hits.sort' },
      body: {
        size: PAGE_ITEMS,
        sort: [{ from: 'asc' }, { name: 'asc' }],
        track_total_hits: false,
        ...(next !== undefined && { search_after: JSON.parse(next) }),
      },
    });
    const hits = answer.hits?.hits ?? [];
    const last = hits.at(-1);
    if (!last) return;
    next = JSON.stringify(last.sort);
    yield { items: hits.map(({ _source }) => lossOf(_source)), next };
  }
}

type LossSource = Loss & { readonly '@timestamp': number; readonly name: string };

interface Answer {
  readonly hits?: { readonly hits?: { readonly _source: LossSource; readonly sort: readonly unknown[] }[] };
}

function lossOf({ '@timestamp': _time, name: _name, ...loss }: LossSource): Loss {
  return loss;
}
