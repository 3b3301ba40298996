/** Versions of elements, ends of lives and points of series as documents, and back. */
import type { SampleEvent } from '../../../graph/change.ts';
import type { Element, Metadata } from '../../../graph/element.ts';
import { idOf, wordOf } from './names.ts';

/** What a field of free metadata can hold; other metadata goes as text, beside it, and is found by filtering. */
const DEPTH_MAX = 18;
const KEY_CHARS_MAX = 500;

export interface VersionDocument {
  readonly kind: 'node' | 'edge';
  readonly id: string;
  readonly parent?: string;
  readonly child?: string;
  readonly host: string;
  readonly origin: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly recordedAt: number;
  readonly revision: number;
  /** [updatedAt, validTo), or without end. None: it came after the end of its life, and was never so, unless that is reopened. */
  readonly valid?: { readonly gte: number; readonly lt?: number };
  /** When it was learned that the version had ended. */
  readonly closedAt?: number;
  /** Its end is that of its life. */
  readonly isLast?: boolean;
  readonly metadata?: Metadata;
  /** As JSON: metadata that the other field cannot hold. */
  readonly text?: string;
  readonly isText?: true;
}

/** That a life ended, for its versions that are not its last. `valid` is the whole life. */
export interface EndDocument {
  readonly end: true;
  readonly kind: 'node' | 'edge';
  readonly id: string;
  readonly createdAt: number;
  readonly valid: { readonly gte: number; readonly lt: number };
  readonly closedAt: number;
}

export interface SampleDocument extends SampleEvent {
  readonly name: string;
}

export interface Closing {
  readonly at: number;
  /** When that was learned. */
  readonly recordedAt: number;
  readonly isLast: boolean;
}

/** Without `closing` it is still so. */
export function versionDocument(element: Element, closing?: Closing | 'never so'): VersionDocument {
  const { kind, id, host, origin, createdAt, updatedAt, recordedAt, revision, metadata } = element;
  return {
    kind,
    id: wordOf(id),
    ...(element.kind === 'edge' && { parent: wordOf(element.parent), child: wordOf(element.child) }),
    host,
    origin,
    createdAt,
    updatedAt,
    recordedAt,
    revision,
    ...(closing === undefined && { valid: { gte: updatedAt } }),
    ...(typeof closing === 'object' && { valid: { gte: updatedAt, lt: closing.at }, closedAt: closing.recordedAt }),
    ...(typeof closing === 'object' && closing.isLast && { isLast: true }),
    ...(isTame(metadata, DEPTH_MAX) ? { metadata } : { text: JSON.stringify(metadata), isText: true }),
  };
}

export function elementOf(document: VersionDocument, deletedAt: number | undefined): Element {
  const { kind, host, origin, createdAt, updatedAt, recordedAt, revision, valid, metadata, text } = document;
  const ends =
    kind === 'edge'
      ? { kind, id: idOf(document.id), parent: idOf(document.parent ?? ''), child: idOf(document.child ?? '') }
      : { kind, id: idOf(document.id) };
  return {
    ...ends,
    metadata: metadata ?? (JSON.parse(text ?? '{}') as Metadata),
    host,
    origin,
    createdAt,
    updatedAt,
    deletedAt,
    validTo: valid?.lt,
    recordedAt,
    revision,
  };
}

export function endDocument({ kind, id, createdAt }: Element, { at, recordedAt }: Closing): EndDocument {
  return { end: true, kind, id: wordOf(id), createdAt, valid: { gte: createdAt, lt: at }, closedAt: recordedAt };
}

export function sampleDocument(
  { id, series, start, last, counters, total }: SampleEvent,
  name: string,
): SampleDocument {
  return { name, id: wordOf(id), series, start, last, counters, ...(total && { total }) };
}

/** Whether a field for any object takes it: no empty keys, no NUL, not too deep, all of it UTF-8. */
function isTame(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((one) => !Array.isArray(one) && isTame(one, depth - 1));
  for (const [key, one] of Object.entries(value)) {
    if (key.trim() === '' || key.length > KEY_CHARS_MAX || /^\.|\.\.|\.$/.test(key) || !isTame(key, 1)) return false;
    if (!isTame(one, depth - 1)) return false;
  }
  return true;
}
