/** `POST /api/complete`: what may come next in a query that is being typed, and the values that are there now. */
import { schemaVersion } from '../contract/element.ts';
import { type CompletionReply, type CompletionRequest, completionsMax } from '../contract/vocabulary.ts';
import type { GraphView } from '../graph/view.ts';
import { keysOf } from '../model/vocabulary.ts';
import { complete } from '../query/complete.ts';
import { dialectOf } from '../query/dialect.ts';
import type { ApiVocabulary } from './parts.ts';

type Item = CompletionReply['items'][number];

export async function completions(
  asked: CompletionRequest,
  vocabulary: ApiVocabulary,
  view: GraphView,
): Promise<CompletionReply> {
  if ('key' in asked) {
    const { key, prefix = '', type } = asked;
    return reply(0, prefix.length, valuesOf(view, key, prefix, type));
  }
  const { query, position = query.length } = asked;
  const knowledge = { keys: keysOf(vocabulary.types), view };
  const completed = dialectOf(query) === 'gremlin' ? await gremlinCompletion() : complete;
  const { from, to, items } = completed(query, position, knowledge);
  return reply(from, to, items);
}

/** Loaded when someone types in that dialect. */
async function gremlinCompletion(): Promise<typeof complete> {
  const { completeGremlin } = await import('../query/gremlin/typing/complete.ts');
  return completeGremlin;
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

function reply(from: number, to: number, all: readonly Item[]): CompletionReply {
  return { schema: schemaVersion, from, to, items: all.slice(0, completionsMax), more: all.length > completionsMax };
}
