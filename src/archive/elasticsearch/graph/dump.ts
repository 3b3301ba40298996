/** All versions, then all points of series, in an order that another dump can go on in. */
import type { DumpedOfGraph, DumpPage } from '../../dump.ts';
import { PAGE_ITEMS } from '../../dump.ts';
import type { Ground } from '../ground.ts';
import { firstPage, type Hit } from '../pages.ts';
import type { SampleDocument, VersionDocument } from './document.ts';
import { withEnds } from './ends.ts';
import { idOf } from './names.ts';

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
): AsyncGenerator<DumpPage<DumpedOfGraph>> {
  await ground.ready();
  await ground.fresh(...indices.versions.split(','), indices.samples);
  if (!after?.startsWith(SAMPLES)) {
    const query = { bool: { filter: [{ exists: { field: 'valid' } }], must_not: [{ term: { end: true } }] } };
    const sort = [{ createdAt: 'asc' }, { id: 'asc' }, { kind: 'asc' }, { revision: 'asc' }];
    for await (const { hits, at } of sorted<VersionDocument>(ground, indices.versions, query, sort, after?.slice(1)))
      yield { items: await versionsOf(ground, indices.closed, hits), next: VERSIONS + at };
  }
  const sort = [{ last: 'asc' }, { name: 'asc' }];
  const from = after?.startsWith(SAMPLES) ? after.slice(1) : undefined;
  for await (const { hits, at } of sorted<SampleDocument>(ground, indices.samples, { match_all: {} }, sort, from))
    yield { items: hits.map(({ _source }) => sampleOf(_source)), next: SAMPLES + at };
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
