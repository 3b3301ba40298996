/** Series beside the graph as parts of a node's metadata, as Skydive shows them: `Ovs: { …, Metric, LastUpdateMetric }`. */
import type { GraphNode, GraphView, Metadata } from '../graph/view.ts';
import { seriesWords } from '../model/series.ts';
import { sampleObject } from '../query/counters.ts';

/** Those that are not plainly `Metric`, and the key at the top that tells whether a node may have them. */
const others = seriesWords
  .filter(({ name }) => name !== 'Metric')
  .map((words) => ({ ...words, inside: words.total.includes('.') ? words.name : undefined }));

/** The metadata of a node with what was counted; as it is when nothing was. */
export function withSeries({ id, metadata }: GraphNode, view: GraphView): Metadata {
  let shown = metadata;
  for (const { name, inside, total, last } of others) {
    const counters = metadata[name] === undefined ? undefined : view.counters(id, name);
    if (counters === undefined) continue;
    const newest = sampleObject(counters.last);
    if (inside === undefined) shown = { ...shown, [total]: counters.total, ...(newest && { [last]: newest }) };
    else {
      const holder = shown[inside];
      const own = typeof holder === 'object' && holder !== null && !Array.isArray(holder) ? holder : {};
      shown = { ...shown, [inside]: { ...own, Metric: counters.total, ...(newest && { LastUpdateMetric: newest }) } };
    }
  }
  return shown;
}
