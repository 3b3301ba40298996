/** Versions, then points of series, in an order that another dump can go on in. */
import type { Counters, Span } from '../../../graph/view.ts';
import type { DumpedOfGraph, DumpPage } from '../../dump.ts';
import { PAGE_ITEMS } from '../../dump.ts';
import type { Ground } from '../ground.ts';
import { firstPage, type Hit } from '../pages.ts';
import type { SampleDocument, VersionDocument } from './document.ts';
import { withEnds } from './ends.ts';
import { idOf } from './names.ts';
import { all, moment, overlaps } from './queries.ts';

interface Indices {
  readonly versions: string;
  readonly closed: string;
  readonly samples: string;
}

/** What a page's name begins with. */
const VERSIONS = 'v';
const SAMPLES = 's';

export async function* dumpGraph(
  ground: Ground,
  indices: Indices,
  after?: string,
  within?: Within,
): AsyncGenerator<DumpPage<DumpedOfGraph>> {
  await ground.ready();
  await ground.fresh(...indices.versions.split(','), indices.samples);
  if (!after?.startsWith(SAMPLES)) {
    const span = within ?? { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
    const query = { bool: { filter: [overlaps(span)], must_not: [{ term: { end: true } }] } };
    const sort = [{ createdAt: 'asc' }, { id: 'asc' }, { kind: 'asc' }, { revision: 'asc' }];
    for await (const { hits, at } of sorted<VersionDocument>(ground, indices.versions, query, sort, after?.slice(1)))
      yield { items: await versionsOf(ground, indices.closed, hits), next: VERSIONS + at };
  }
  const sort = [{ last: 'asc' }, { name: 'asc' }];
  const from = after?.startsWith(SAMPLES) ? after.slice(1) : undefined;
  if (within && from === undefined && Number.isFinite(within.from)) {
    const before = samplesIn(await within.countersBefore());
    if (before.length > 0) yield { items: before, next: SAMPLES + JSON.stringify([moment(within.from), '']) };
  }
  const query = within ? all(touching(within)) : { match_all: {} };
  for await (const { hits, at } of sorted<SampleDocument>(ground, indices.samples, query, sort, from))
    yield { items: hits.map(({ _source }) => sampleOf(_source)), next: SAMPLES + at };
}

interface Within extends Span {
  /** The newest points up to its beginning, by element and series. */
  countersBefore(): Promise<ReadonlyMap<string, ReadonlyMap<string, Counters>>>;
}

/** Points that are not over when it begins. */
function touching({ from, to }: Span): object[] {
  return [
    ...(Number.isFinite(from) ? [{ range: { last: { gt: moment(from) } } }] : []),
    ...(Number.isFinite(to) ? [{ range: { start: { lte: moment(to) } } }] : []),
  ];
}

function samplesIn(counters: ReadonlyMap<string, ReadonlyMap<string, Counters>>): DumpedOfGraph[] {
  const samples: DumpedOfGraph[] = [];
  for (const [id, ofId] of counters)
    for (const [series, { total, last }] of ofId)
      if (last) samples.push({ kind: 'sample', sample: { id, series, ...last, total } });
  return samples;
}

async function* sorted<T>(
  { elastic }: Ground,
  index: string,
  query: object,
  sort: readonly object[],
  from: string | undefined,
): AsyncGenerator<{ readonly hits: readonly Hit<T>[]; readonly at: string }> {
  let after = from === undefined ? undefined : (JSON.parse(from) as unknown[]);
  for (;;) {
    const hits = await firstPage<T>(elastic, { index, query, sort, limit: PAGE_ITEMS, ...(after && { after }) });
    after = hits.at(-1)?.sort as unknown[] | undefined;
    if (hits.length > 0) yield { hits, at: JSON.stringify(after) };
    if (hits.length < PAGE_ITEMS || !after) return;
  }
}

async function versionsOf(
  { elastic }: Ground,
  closed: string,
  hits: readonly Hit<VersionDocument>[],
): Promise<DumpedOfGraph[]> {
  const documents = hits.map(({ _source }) => _source);
  return (await withEnds(elastic, closed, documents)).map(({ element, endRecordedAt }) => ({
    kind: 'version',
    element,
    ...(endRecordedAt !== undefined && { endRecordedAt }),
  }));
}

function sampleOf({ id, series, start, last, counters, total }: SampleDocument): DumpedOfGraph {
  return { kind: 'sample', sample: { id: idOf(id), series, start, last, counters, ...(total && { total }) } };
}
