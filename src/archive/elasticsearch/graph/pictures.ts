/** Documents put together to versions: each once, with the end of its life, as far as it was known. */
import type { Element } from '../../../graph/element.ts';
import { type EndDocument, elementOf, type VersionDocument } from './document.ts';

export type GraphDocument = VersionDocument | EndDocument;

/** `knownAt`: what was learned later is left out. */
export function elementsOf(documents: Iterable<GraphDocument>, knownAt = Number.POSITIVE_INFINITY): Element[] {
  const ends = new Map<string, number>();
  const versions = new Map<string, VersionDocument>();
  for (const document of documents) {
    const { kind, id, createdAt } = document;
    if ('end' in document) {
      if (document.closedAt <= knownAt) ends.set(`${kind} ${createdAt} ${id}`, document.valid.lt);
      continue;
    }
    const name = `${kind} ${createdAt}.${document.revision} ${id}`;
    // While it is being closed a version is there twice.
    if (document.valid?.lt !== undefined || !versions.has(name)) versions.set(name, document);
  }
  return Array.from(versions.values(), (document) => {
    const { kind, id, createdAt, valid, closedAt = 0, isLast } = document;
    const isClosed = valid?.lt !== undefined && closedAt <= knownAt;
    const deletedAt = isClosed && isLast ? valid.lt : ends.get(`${kind} ${createdAt} ${id}`);
    return elementOf(isClosed ? document : { ...document, valid: { gte: document.updatedAt } }, deletedAt);
  });
}

/** Of each element what it was thought to be at an instant: of its versions that had begun, the newest of the newest life. */
export function newestOfElements(elements: Iterable<Element>): Element[] {
  const newest = new Map<string, Element>();
  for (const element of elements) {
    const name = `${element.kind} ${element.id}`;
    const other = newest.get(name);
    if (!other || isNewer(element, other)) newest.set(name, element);
  }
  return [...newest.values()];
}

export function oldestFirst(elements: Element[]): Element[] {
  return elements.sort(
    (a, b) => a.updatedAt - b.updatedAt || (a.kind === b.kind ? a.revision - b.revision : a.kind === 'node' ? -1 : 1),
  );
}

function isNewer(a: Element, b: Element): boolean {
  return (a.createdAt - b.createdAt || a.updatedAt - b.updatedAt || a.revision - b.revision) > 0;
}
