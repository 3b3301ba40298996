/** Series beside the graph as parts of a node's metadata, as Skydive shows them: `Ovs: { …, Metric, LastUpdateMetric }`. */
import type { GraphNode, GraphView, Metadata } from '../graph/view.ts';
import { seriesWords } from '../model/series.ts';
import { sampleObject } from '../query/counters.ts';

/** Those that are not plainly `Metric`; most are shown inside the key whose name comes before the dot. */
const others = seriesWords
  .filter(({ name }) => name !== 'Metric')
  .map(({ name, total, last }) => {
    const [holder, within] = total.split('.') as [string, string?];
    const inside = within === undefined ? undefined : holder;
    return { name, inside, total: within ?? holder, last: last.slice(last.indexOf('.') + 1) };
  });

/** The metadata of a node with what was counted; as it is when nothing was. */
export function withSeries({ id, metadata }: GraphNode, view: GraphView): Metadata {
  let shown = metadata;
  for (const { name, inside, total, last } of others) {
    // A node that does not have the key is not one that is counted so.
    const counters = metadata[inside ?? name] === undefined ? undefined : view.counters(id, name);
    if (counters === undefined) continue;
    const newest = sampleObject(counters.last);
    const counted = { [total]: counters.total, ...(newest && { [last]: newest }) };
    const holder = inside === undefined ? undefined : shown[inside];
    const own = typeof holder === 'object' && holder !== null && !Array.isArray(holder) ? holder : {};
    shown = inside === undefined ? { ...shown, ...counted } : { ...shown, [inside]: { ...own, ...counted } };
  }
  return shown;
}
