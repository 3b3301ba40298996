/** How much there is, and of when. */
import type { Span } from '../../../flow/view.ts';
import { liveSize } from '../live-size.ts';
import type { Access } from './points.ts';

export interface FlowSummary {
  readonly flows: number;
  readonly points: number;
  readonly rawPackets: number;
  readonly sizeBytes: number;
  readonly range: Span | undefined;
}

export async function summaryOf({ elastic, places }: Access, forgotten: number): Promise<FlowSummary> {
  const ask = (index: string, aggs: object) =>
    elastic.request<Answer>({
      method: 'POST',
      path: `/${index}/_search`,
      query: { ignore_unavailable: true, allow_no_indices: true },
      body: { size: 0, track_total_hits: true, aggs },
    });
  const [flows, points, packets, sizeBytes] = await Promise.all([
    ask(places.flows.pattern, { from: { min: { field: 'Start' } }, to: { max: { field: 'Last' } } }),
    ask(places.allPoints, {}),
    ask(places.packets.pattern, {
      from: { min: { field: 'timestampMs' } },
      to: { max: { field: 'timestampMs' } },
    }),
    sizeOf({ elastic, places }),
  ]);
  const ranges = [flows, packets].map(({ aggregations }) => aggregations);
  const from = Math.min(...ranges.map((range) => range?.from?.value ?? Number.POSITIVE_INFINITY));
  const to = Math.max(...ranges.map((range) => range?.to?.value ?? Number.NEGATIVE_INFINITY));
  return {
    flows: countOf(flows),
    points: countOf(points),
    rawPackets: countOf(packets),
    sizeBytes,
    range: from <= to ? { from: Math.max(from, Math.min(forgotten, to)), to } : undefined,
  };
}

export async function sizeOf({ elastic, places }: Pick<Access, 'elastic' | 'places'>): Promise<number> {
  const patterns = [...places.sliced.map(({ pattern }) => pattern), `${places.sums}-*`, places.losses];
  return liveSize(elastic, ...patterns);
}

interface Answer {
  readonly hits?: { readonly total?: { readonly value?: number } };
  readonly aggregations?: { readonly from?: Value; readonly to?: Value };
}

interface Value {
  readonly value?: number | null;
}

function countOf({ hits }: Answer): number {
  return hits?.total?.value ?? 0;
}
