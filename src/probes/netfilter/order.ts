/**
 * Numbers that say in which order rules come, such that one that comes, goes or moves changes no other's: between two
 * there is room for one more, and those that stay as they were keep theirs.
 */

/** `before`: the numbers they had. Each id is there once. Returned in the order of `ids`. */
export function ordersOf(ids: readonly string[], before: ReadonlyMap<string, number>): number[] {
  const kept = rising(ids.map((id) => before.get(id)));
  const orders: number[] = [];
  for (let at = 0; at < ids.length; ) {
    const own = kept[at];
    if (own !== undefined) {
      orders.push(own);
      at++;
      continue;
    }
    let end = at;
    while (end < ids.length && kept[end] === undefined) end++;
    const low = orders.at(-1);
    orders.push(...between(low, kept[end], end - at));
    at = end;
  }
  // Halved too often: there is nothing left between them.
  const isRising = orders.every((order, at) => at === 0 || order > (orders[at - 1] as number));
  return isRising && orders.every(Number.isFinite) ? orders : ids.map((_, at) => at + 1);
}

function between(low: number | undefined, high: number | undefined, count: number): number[] {
  const places = Array.from({ length: count }, (_, at) => at);
  if (low === undefined && high === undefined) return places.map((at) => at + 1);
  if (high === undefined) return places.map((at) => Math.floor(low as number) + 1 + at);
  if (low === undefined) return places.map((at) => Math.ceil(high) - count + at);
  return places.map((at) => low + ((high - low) * (at + 1)) / (count + 1));
}

/** As many of them as rise from one to the next; undefined instead of the others (patience sorting). */
function rising(numbers: readonly (number | undefined)[]): (number | undefined)[] {
  /** Of each length the place with the lowest end. */
  const ends: number[] = [];
  const previous: (number | undefined)[] = [];
  for (const [at, number] of numbers.entries()) {
    if (number === undefined || !Number.isFinite(number)) continue;
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((numbers[ends[middle] as number] as number) < number) low = middle + 1;
      else high = middle;
    }
    previous[at] = ends[low - 1];
    ends[low] = at;
  }
  const found: (number | undefined)[] = numbers.map(() => undefined);
  for (let at = ends.at(-1); at !== undefined; at = previous[at]) found[at] = numbers[at];
  return found;
}
