/** What a bundle holds, as queries see it: its end is now, and nothing comes after that. */
import type { Archive, FlowArchive, SocketArchive } from '../archive/archive.ts';
import type { SocketView } from '../ends/socket-view.ts';
import type { FlowView } from '../flow/view.ts';
import { differences } from '../graph/diff.ts';
import type { GraphView, Span, Timeline } from '../graph/view.ts';
import { mistake } from '../std/mistake.ts';

export interface BundleTime {
  readonly span: Span;
  /** When nobody was watching. */
  readonly gaps: readonly Span[];
}

/** `now`: the archive at the end of the span. */
export function bundleTimeline(archive: Archive, now: GraphView, { span, gaps }: BundleTime): Timeline {
  const at = lastOnes((time) => archive.viewAt(time.from));
  const between = lastOnes((time) => archive.viewBetween(time));
  return {
    now: () => now,
    at(time) {
      within(time, span);
      return time >= span.to ? now : at({ from: time, to: time });
    },
    between(asked) {
      within(asked.to, span);
      return between(asked);
    },
    async history(ids, asked) {
      if (asked) within(asked.to, span);
      return archive.versions(ids, asked);
    },
    async diff({ from, to }) {
      const [before, after] = [await this.at(from), await this.at(to)];
      return differences(before, after);
    },
    async samples(ids, series, asked) {
      if (asked) return archive.samples(ids, series, asked);
      return new Map(ids.map((id) => [id, [now.counters(id, series)?.last].filter((one) => one !== undefined)]));
    },
    timeOf: () => undefined,
    range: () => span,
    unwatched: ({ from, to }) => gaps.filter((gap) => gap.from < to && from < gap.to),
  };
}

/** Of views of a whole graph: one question of a user is several to the server, about the same time. */
const REMEMBERED_MAX = 2;

/** Nothing in a bundle changes: what was asked last need not be read again. */
function lastOnes(read: (time: Span) => Promise<GraphView>): (time: Span) => Promise<GraphView> {
  const known = new Map<string, Promise<GraphView>>();
  return (time) => {
    const key = `${time.from} ${time.to}`;
    const view = known.get(key) ?? read(time);
    // A Map keeps insertion order, so the oldest is always the first.
    known.delete(key);
    known.set(key, view);
    view.catch(() => known.delete(key));
    for (const oldest of known.keys()) {
      if (known.size <= REMEMBERED_MAX) break;
      known.delete(oldest);
    }
    return view;
  };
}

/** Now: as it was at the end. */
export function bundleFlows(flows: FlowArchive, span: Span): FlowView {
  const now = { from: span.to, to: span.to };
  return {
    find: ({ time = now, ...query }) => flows.find({ ...query, time }),
    count: ({ time = now, ...query }) => flows.count({ ...query, time }),
    metrics: (uuids, time) => flows.metrics(uuids, time),
    rawPackets: (uuids, time) => flows.rawPackets(uuids, time),
    loss: (time = span) => flows.loss(time),
  };
}

export function bundleSockets(sockets: SocketArchive, span: Span): SocketView {
  const now = { from: span.to, to: span.to };
  return { find: ({ time = now, ...query }) => sockets.find({ ...query, time }) };
}

/** A moment after the end is as the end is. */
function within(time: number, { from, to }: Span): void {
  if (time >= from) return;
  throw mistake(
    'query.time-not-kept',
    `nothing of ${new Date(time).toISOString()} is in this bundle`,
    `what is in it goes from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`,
  );
}
