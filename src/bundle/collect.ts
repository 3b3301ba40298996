/**
 * All that was so at some time of a span, a page at a time: what changed, what was counted, sockets, losses, flows. The
 * last come flows, which are most: they are what is missing from one that grew too large.
 */
import type { Dumped, DumpedFlow } from '../archive/dump.ts';
import { lies } from '../archive/dump-all.ts';
import { dumpFlows } from '../archive/dump-flows.ts';
import { dumpSockets } from '../archive/dump-sockets.ts';
import { lossKey } from '../archive/losses.ts';
import type { Loss } from '../flow/loss.ts';
import type { SampleEvent } from '../graph/change.ts';
import type { Element, Span } from '../graph/view.ts';
import { isSelected, type Selection } from './selection.ts';
import type { BundleSource } from './source.ts';

export type Stage = 'graph' | 'sockets' | 'losses' | 'flows';

export interface Collected {
  readonly stage: Stage;
  readonly items: readonly Dumped[];
}

type Source = Pick<BundleSource, 'archive' | 'flows' | 'sockets'>;

export async function* collect(
  source: Source,
  span: Span,
  selection: Selection | undefined,
): AsyncGenerator<Collected> {
  const wanted = (item: Dumped) => lies(item, span) && (!selection || isSelected(item, selection));
  for (const { stage, pages } of stages(source, span, selection))
    for await (const items of pages) {
      const some = items.filter((item) => stage === 'graph' || wanted(item));
      if (some.length > 0) yield { stage, items: some };
    }
}

interface Staged {
  readonly stage: Stage;
  readonly pages: AsyncIterable<readonly Dumped[]>;
}

function* stages(source: Source, span: Span, selection: Selection | undefined): Generator<Staged> {
  yield { stage: 'graph', pages: graphPages(source, span, selection) };
  yield { stage: 'sockets', pages: socketPages(source, span) };
  yield { stage: 'losses', pages: lossPages(source, span) };
  yield { stage: 'flows', pages: flowPages(source, span) };
}

/** What was so at the end, as it was known then: one that ended later goes on. */
async function* graphPages(
  { archive }: Source,
  span: Span,
  selection: Selection | undefined,
): AsyncGenerator<readonly Dumped[]> {
  const ids = new Set<string>();
  /** The newest sample before the span, by element and series: counters are as they were read last. */
  const before = new Map<string, SampleEvent>();
  for await (const { items } of archive.dump(undefined, span)) {
    const some: Dumped[] = [];
    for (const item of items) {
      if (selection && !isSelected(item, selection)) continue;
      if (item.kind === 'version') {
        if (!lies(item, span)) continue;
        ids.add(item.element.id);
        some.push(endedBy(item, span.to));
      } else if (ids.has(item.sample.id)) {
        const { sample } = item;
        if (sample.last > span.to) continue;
        if (sample.last > span.from) some.push(item);
        else {
          const key = `${sample.series} ${sample.id}`;
          const known = before.get(key);
          if (!known || known.last < sample.last) before.set(key, sample);
        }
      }
    }
    yield some;
  }
  yield* inPages(Array.from(before.values(), (sample) => ({ kind: 'sample', sample }) as const));
}

type Version = Extract<Dumped, { kind: 'version' }>;

function endedBy(item: Version, to: number): Version {
  const { deletedAt, validTo } = item.element;
  const isDeleted = deletedAt !== undefined && deletedAt <= to;
  const isEnded = validTo !== undefined && validTo <= to;
  if ((deletedAt === undefined || isDeleted) && (validTo === undefined || isEnded)) return item;
  const element: Element = {
    ...item.element,
    deletedAt: isDeleted ? deletedAt : undefined,
    validTo: isEnded ? validTo : undefined,
  };
  return { kind: 'version', element };
}

async function* socketPages({ sockets }: Source, span: Span): AsyncGenerator<readonly Dumped[]> {
  if (!sockets) return;
  const found = { find: async (query: Parameters<typeof sockets.find>[0]) => [...(await sockets.find(query))] };
  const health = async () => ({ range: span });
  for await (const { items } of dumpSockets({ ...found, health }, undefined, span)) yield items;
}

/** One by one as they were told; of what was not told yet, what is more. */
async function* lossPages({ archive, flows }: Source, span: Span): AsyncGenerator<readonly Dumped[]> {
  const told = new Map<string, number>();
  for await (const { items } of archive.flows?.dumpLosses() ?? nothing()) {
    for (const loss of items)
      if (lies({ kind: 'loss', loss }, span)) told.set(lossKey(loss), (told.get(lossKey(loss)) ?? 0) + loss.packets);
    yield items.map((loss) => ({ kind: 'loss', loss }));
  }
  const live: Loss[] = [];
  for (const loss of (await flows?.loss(span)) ?? []) {
    const packets = loss.packets - (told.get(lossKey(loss)) ?? 0);
    if (packets > 0) live.push({ ...loss, packets });
  }
  yield* inPages(live.map((loss) => ({ kind: 'loss', loss }) as const));
}

/** Each whole: with what it was before the span and after it. */
async function* flowPages({ flows }: Source, span: Span): AsyncGenerator<readonly DumpedFlow[]> {
  if (!flows) return;
  const dumped = {
    find: (query: Parameters<typeof flows.find>[0]) => flows.find(query),
    metrics: async (...asked: Parameters<typeof flows.metrics>) => flows.metrics(...asked),
    rawPackets: async (...asked: Parameters<typeof flows.rawPackets>) => flows.rawPackets(...asked),
    dumpLosses: nothing,
  };
  for await (const { items } of dumpFlows(dumped, undefined, span))
    yield items.filter((item): item is DumpedFlow => item.kind === 'flow');
}

async function* nothing(): AsyncGenerator<never> {}

const PAGE_ITEMS = 1_000;

function* inPages<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += PAGE_ITEMS) yield items.slice(at, at + PAGE_ITEMS);
}
