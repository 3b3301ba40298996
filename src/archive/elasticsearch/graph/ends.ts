/** Versions with the ends of their lives, for a few of them: each end is a document of its own. */
import type { Element } from '../../../graph/element.ts';
import type { Elastic } from '../client.ts';
import { firstPage } from '../pages.ts';
import { type EndDocument, elementOf, type VersionDocument } from './document.ts';
import { lifeName } from './names.ts';

export interface Ended {
  readonly element: Element;
  /** When it was learned that its life had ended. */
  readonly endRecordedAt: number | undefined;
}

/** A thousand or so at once. `closed`: where the ends are. */
export async function withEnds(
  elastic: Elastic,
  closed: string,
  documents: readonly VersionDocument[],
): Promise<Ended[]> {
  const versions = documents.map((document) => ({ document, element: elementOf(document, undefined) }));
  const names = new Set(
    versions.flatMap(({ document: { valid, isLast }, element }) =>
      valid?.lt === undefined || isLast ? [] : [lifeName(element)],
    ),
  );
  const query = { ids: { values: [...names] } };
  const hits =
    names.size === 0 ? [] : await firstPage<EndDocument>(elastic, { index: closed, query, limit: names.size });
  const ends = new Map(hits.map(({ _id, _source }) => [_id, _source]));
  return versions.map(({ document: { valid, isLast, closedAt }, element }) => {
    if (isLast) return { element: { ...element, deletedAt: valid?.lt }, endRecordedAt: closedAt };
    const end = ends.get(lifeName(element));
    return { element: { ...element, deletedAt: end?.valid.lt }, endRecordedAt: end?.closedAt };
  });
}
