/** `POST /api/complete`: what may come next in a query that is being typed, and the values that are there now. */
import { schemaVersion } from '../contract/element.ts';
import { type CompletionReply, type CompletionRequest, completionsMax } from '../contract/vocabulary.ts';
import type { GraphView } from '../graph/view.ts';
import { keysOf } from '../model/vocabulary.ts';
import type { ApiVocabulary } from './parts.ts';

type Item = CompletionReply['items'][number];

export function completions(asked: CompletionRequest, vocabulary: ApiVocabulary, view: GraphView): CompletionReply {
  if ('key' in asked) {
    const { key, prefix = '', type } = asked;
    return reply(0, prefix.length, valuesOf(view, key, prefix, type));
  }
  const text = asked.query.slice(0, asked.position ?? asked.query.length);
  const place = placeOf(text);
  const items = itemsAt(place, vocabulary, view);
  return reply(text.length - place.typed.length, text.length, items);
}

/** Where the cursor stands: after a dot a step, as an odd argument a key, as an even one a value of that key. */
type Place =
  | { readonly kind: 'step' | 'key' | 'nothing'; readonly typed: string }
  | { readonly kind: 'value'; readonly typed: string; readonly key: string };

/** Steps whose arguments are pairs of key and value, and those that take keys alone. */
const pairSteps = /^(has|haseither|in|out|both|ine|oute|bothe|inv|outv|bothv|metadata)$/i;
const keySteps = /^(haskey|hasnot|values|valuemap|dedup|sort|sum)$/i;

function placeOf(text: string): Place {
  const step = /(?:^|\.)\s*([A-Za-z]*)$/.exec(text);
  if (step && !inString(text)) return { kind: 'step', typed: step[1] ?? '' };
  const call = /([A-Za-z]+)\(([^()]*)$/.exec(text);
  const typed = /['"]([^'"]*)$/.exec(text);
  if (!call || !typed || !inString(text)) return { kind: 'nothing', typed: '' };
  const [, name = '', inside = ''] = call;
  const before = inside.slice(0, inside.length - typed[0].length);
  const position = (before.match(/,/g) ?? []).length;
  if (keySteps.test(name) || (pairSteps.test(name) && position % 2 === 0))
    return { kind: 'key', typed: typed[1] ?? '' };
  if (!pairSteps.test(name)) return { kind: 'nothing', typed: '' };
  const key = /['"]([^'"]*)['"]\s*,\s*$/.exec(before)?.[1];
  return key === undefined ? { kind: 'nothing', typed: '' } : { kind: 'value', typed: typed[1] ?? '', key };
}

function inString(text: string): boolean {
  let quote = '';
  for (const char of text) {
    if (quote === '' && (char === "'" || char === '"')) quote = char;
    else if (char === quote) quote = '';
  }
  return quote !== '';
}

function itemsAt(place: Place, vocabulary: ApiVocabulary, view: GraphView): Iterable<Item> {
  const starts = (text: string) => text.toLowerCase().startsWith(place.typed.toLowerCase());
  switch (place.kind) {
    case 'step':
      return vocabulary.steps
        .filter(({ name }) => starts(name))
        .map(({ name, doc }) => ({ text: name, kind: 'step', doc }));
    case 'key':
      return keysOf(vocabulary.types)
        .filter(starts)
        .map((text) => ({ text, kind: 'key' }));
    case 'value':
      return valuesOf(view, place.key, place.typed, undefined);
    case 'nothing':
      return [];
  }
}

/** Nodes that are looked at for one completion: it is asked at every key press. */
const nodesMax = 20_000;

function valuesOf(view: GraphView, key: string, prefix: string, type: string | undefined): Item[] {
  const found = new Set<string>();
  let looked = 0;
  for (const { metadata } of (type === undefined ? undefined : view.nodesWith('Type', type)) ?? view.nodes()) {
    if (++looked > nodesMax || found.size > completionsMax) break;
    if (type !== undefined && metadata.Type !== type) continue;
    const value = metadata[key];
    for (const one of Array.isArray(value) ? value : [value]) {
      const text = typeof one === 'string' || typeof one === 'number' ? String(one) : '';
      if (text !== '' && text.startsWith(prefix)) found.add(text);
    }
  }
  return [...found].sort().map((text) => ({ text, kind: 'value' }));
}

function reply(from: number, to: number, items: Iterable<Item>): CompletionReply {
  const all = [...items];
  return { schema: schemaVersion, from, to, items: all.slice(0, completionsMax), more: all.length > completionsMax };
}
