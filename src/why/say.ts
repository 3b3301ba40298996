/** How a change of a key is put into words. */
import type { Element, Value } from '../graph/element.ts';
import { equal } from '../graph/value.ts';
import { inWords } from '../graph/words.ts';
import { canonical, nameOf, objectOf, textOf, typeOf } from '../query/forwarding/atlas.ts';
import type { Said, Traffic } from './fact.ts';
import type { KindName } from './kinds.ts';

export interface KeyChange {
  readonly key: string;
  readonly before: Element;
  readonly after: Element;
  readonly from: Value | undefined;
  readonly to: Value | undefined;
  readonly traffic: Traffic;
}

export function one(change: KeyChange, kind: KindName, text: string): readonly Said[] {
  return [said(change, kind, text)];
}

export function said({ key, from, to }: KeyChange, kind: KindName, text: string): Said {
  return { kind, text, key, from, to, isAbout: undefined };
}

/** Name of the element as people say it. */
export function on({ before }: KeyChange): string {
  return nameOfElement(before);
}

export function nameOfElement(element: Element): string {
  return element.kind === 'node' ? nameOf(element) : `link ${textOf(element.metadata.Type) ?? ''}`.trim();
}

export function typeName(element: Element): string {
  return element.kind === 'node' ? typeOf(element) : 'link';
}

/** Fields of a map that changed: `State FORWARDING became BLOCKING`. */
export function fields({ from, to }: KeyChange, only?: readonly string[]): string {
  const [was, is] = [objectOf(from), objectOf(to)];
  const keys =
    only ?? [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => !equal(was[key], is[key]));
  return keys
    .slice(0, FIELDS_MAX)
    .map((key) => `${key} ${texted(was[key])} became ${texted(is[key])}`)
    .join(', ');
}

/** Said of one change. */
const FIELDS_MAX = 6;
/** Characters of a value that are said. */
const TEXT_MAX = 120;

export function texted(value: Value | undefined): string {
  const text = inWords(value);
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
}

export function bare(text: string): string {
  const address = text.split('/', 1)[0] as string;
  return canonical(address) ?? address;
}
