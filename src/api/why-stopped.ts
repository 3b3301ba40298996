/** When a conversation stopped: by the points of its flows at every place that saw it, each way by itself. */
import type { FlowMetric } from '../flow/flow.ts';

export interface Stopped {
  /** So late it is known to have worked: a packet came then or later, as far as packets had come. Epoch ms. */
  readonly good: number;
  /** No later than that the last one came. Epoch ms. */
  readonly last: number;
}

/** A point says of each way how many packets came from its Start to its Last, and not when each came. */
interface Way {
  readonly place: number;
  readonly last: FlowMetric;
}

/**
 * The first way that ends at a place is how it stopped: requests go on where no answer comes back. `places`: the points of
 * each place, oldest first. Undefined: no packets.
 */
export function stoppedOf(places: readonly (readonly FlowMetric[])[]): Stopped | undefined {
  const ways = places.flatMap((points, place) =>
    (['ABPackets', 'BAPackets'] as const).flatMap((key): Way[] => {
      const last = points.findLast((point) => point[key] > 0);
      return last === undefined ? [] : [{ place, last }];
    }),
  );
  const both = new Map<number, FlowMetric>();
  for (const { place, last } of ways) {
    const known = both.get(place);
    if (ways.filter((way) => way.place === place).length === 2 && (known === undefined || last.Last < known.Last))
      both.set(place, last);
  }
  // Who sees nothing any more while others see both ways is not passed any more, or not watched.
  const isLeft = ({ place }: Way) => {
    const end = Math.max(...ways.filter((way) => way.place === place).map(({ last }) => last.Last));
    return [...both.values()].some(({ Start }) => Start > end);
  };
  let first: FlowMetric | undefined;
  for (const way of ways) if (!isLeft(way) && (first === undefined || way.last.Last < first.Last)) first = way.last;
  return first && { good: first.Start, last: first.Last };
}
