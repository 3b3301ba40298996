/** Lists, and maps of any key. */

import type { GMap } from '../../../query/gremlin/value/collections.ts';
import { javaText } from '../../../query/gremlin/value/java-text.ts';
import { Reference } from '../../../query/gremlin/value/reference.ts';
import type { BulkSet, GValue, Tree } from '../../../query/gremlin/value/value.ts';
import { mistake } from '../../../std/mistake.ts';
import { unfoldedMax, writtenDepthMax } from '../codec-limits.ts';
import { tooDeep } from '../too-large.ts';
import { quote } from './json-text.ts';
import { type Target, typed } from './target.ts';

/** Typed: a flat list of keys and values. Else an object, whose keys can but be texts. */
export function writeMap(map: GMap, to: Target): string {
  if (!to.isTyped) return writeObject(map, (value) => to.value(value), to);
  let text = '{"@type":"g:Map","@value":[';
  let comma = '';
  for (const [key, value] of map) {
    text += `${comma}${to.value(key)},${to.value(value)}`;
    comma = ',';
  }
  return `${text}]}`;
}

function writeObject(map: GMap, write: (value: GValue) => string, to: Target): string {
  return `{${Array.from(map, ([key, value]) => `${quote(keyText(key, to))}:${write(value)}`).join()}}`;
}

/** Of an element its id, of all others what Java would print. */
function keyText(key: GValue, { elements }: Target): string {
  if (key instanceof Reference) return javaText(key.id, elements);
  const isElement = typeof key === 'object' && key !== null && 'kind' in key;
  return javaText(isElement ? elements.id(key) : key, elements);
}

export function writeBulkSet({ counts }: BulkSet, to: Target): string {
  if (to.isTyped) {
    const pairs = Array.from(counts, ([item, count]) => `${to.value(item)},{"@type":"g:Int64","@value":${count}}`);
    return `{"@type":"g:BulkSet","@value":[${pairs.join()}]}`;
  }
  const items: string[] = [];
  for (const [item, count] of counts) {
    const text = to.value(item);
    if (items.length + (count as number) > unfoldedMax)
      throw mistake('gremlin.too-many', `without types a bulk set is a list, of ${unfoldedMax} items at most`);
    for (let i = 0; i < (count as number); i++) items.push(text);
  }
  return `[${items.join()}]`;
}

export function writeTree({ entries }: Tree, to: Target, depth = 0): string {
  if (depth > writtenDepthMax) throw tooDeep();
  const branches = Array.from(
    entries,
    ([key, below]) => `{"key":${to.value(key)},"value":${writeTree(below as Tree, to, depth + 1)}}`,
  );
  return typed('g:Tree', `[${branches.join()}]`, to);
}
