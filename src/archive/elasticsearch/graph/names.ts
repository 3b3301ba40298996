/** Names of documents: they follow from what a document is about, so whatever is written twice is the same document. */
import { createHash } from 'node:crypto';
import type { Element } from '../../../graph/element.ts';
import type { ElementName } from '../../archive.ts';

/** A document's id has 512 bytes at most (index `_id` field); ids that are longer are named by their hash. */
const ID_BYTES_MAX = 400;

/** An id as a word that a server can hold: lone surrogates have no bytes in UTF-8. */
export function wordOf(id: string): string {
  return id.isWellFormed() && !id.startsWith('"') ? id : JSON.stringify(id);
}

export function idOf(word: string): string {
  return word.startsWith('"') ? (JSON.parse(word) as string) : word;
}

export function elementName({ kind, id }: ElementName): string {
  return `${kind === 'node' ? 'n' : 'e'}${short(wordOf(id))}`;
}

/** A life of an element. */
export function lifeName(element: Pick<Element, 'kind' | 'id' | 'createdAt'>): string {
  return `${element.createdAt} ${elementName(element)}`;
}

export function versionName(element: Pick<Element, 'kind' | 'id' | 'createdAt' | 'revision'>): string {
  return `${element.createdAt}.${element.revision} ${elementName(element)}`;
}

export function seriesName(id: string, series: string): string {
  return short(JSON.stringify([id, series]));
}

function short(word: string): string {
  if (Buffer.byteLength(word) <= ID_BYTES_MAX) return word;
  return `#${createHash('sha256').update(word).digest('base64url')}`;
}

/**
 * Of two words on an element the one with the higher number is newer: by life, by revision, and then by whether it has
 * ended. So an open version that comes late, or again, does not bring back what has ended.
 */
export function orderOf(
  { createdAt, revision }: Pick<Element, 'createdAt' | 'revision'>,
  says: 'is' | 'ended',
): string {
  const clamped = Math.min(Math.max(0, revision), REVISIONS_MAX - 1);
  const version = BigInt(Math.max(0, Math.floor(createdAt))) * REVISIONS + BigInt(clamped);
  return String(version * 2n + (says === 'is' ? 0n : 1n));
}

/** Beyond that many versions of one life the one that comes later wins: 43 bits for the ms of its birth, 19, 1: 63. */
const REVISIONS_MAX = 2 ** 19;
const REVISIONS = BigInt(REVISIONS_MAX);
