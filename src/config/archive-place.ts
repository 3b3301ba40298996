/**
 * Where history is kept, in one word: `embedded`, `memory`, `none`, `elasticsearch://HOST:PORT`, or
 * `elasticsearch+https://HOST:PORT`; several nodes of one cluster with commas between.
 */
import type { Raw } from './option.ts';

const KINDS = new Set(['embedded', 'memory', 'none', 'elasticsearch']);

/** Options that this word stands for, by path; undefined when it is no such word. */
export function archivePlace(text: string): Map<string, Raw> | undefined {
  const word = text.trim();
  if (KINDS.has(word)) return new Map([['archive.kind', word]]);
  const urls = word.split(',').map(urlOf);
  if (urls.some((url) => url === undefined)) return undefined;
  return new Map<string, Raw>([
    ['archive.kind', 'elasticsearch'],
    ['archive.elasticsearch.urls', urls as string[]],
  ]);
}

function urlOf(text: string): string | undefined {
  const [, scheme, rest] = /^(?:elasticsearch|opensearch)(?:\+(https?))?:\/\/(.+)$/.exec(text.trim()) ?? [];
  const url = `${scheme ?? 'http'}://${rest}`;
  return rest !== undefined && URL.canParse(url) ? url : undefined;
}
