/** How many there are, and of when. */
import type { SocketArchiveHealth } from '../../archive.ts';
import type { Elastic } from '../client.ts';
import { liveSize } from '../live-size.ts';
import type { Heard } from './writers.ts';

export async function summaryOf(
  elastic: Elastic,
  index: string,
  { heard, forgotten }: { readonly heard: readonly Heard[]; readonly forgotten: number },
): Promise<Omit<SocketArchiveHealth, 'notes'>> {
  const [{ hits, aggregations }, sizeBytes] = await Promise.all([
    elastic.request<Answer>({
      method: 'POST',
      path: `/${index}/_search`,
      body: { size: 0, track_total_hits: true, aggs: { from: { min: { field: 'openedAt' } } } },
    }),
    liveSize(elastic, index),
  ]);
  const to = Math.max(...heard.map(({ time }) => time));
  const from = Math.min(aggregations?.from?.value ?? to, to);
  return {
    sockets: hits?.total?.value ?? 0,
    sizeBytes,
    range: heard.length > 0 ? { from: Math.max(from, Math.min(forgotten, to)), to } : undefined,
  };
}

interface Answer {
  readonly hits?: { readonly total?: { readonly value?: number } };
  readonly aggregations?: { readonly from?: { readonly value?: number | null } };
}
