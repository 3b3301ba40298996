/** An archive of its own on a server that others use too: all that it makes is removed again. */

import type { Archive } from '../../../src/archive/archive.ts';
import { Elastic } from '../../../src/archive/elasticsearch/client.ts';
import { openElasticsearchArchive } from '../../../src/archive/elasticsearch/index.ts';
import type { ElasticsearchArchiveOptions } from '../../../src/archive/elasticsearch/options.ts';

let count = 0;

export function anyPrefix(): string {
  count++;
  return `test-${process.pid}-${Date.now().toString(36)}-${count}-`;
}

/** Closing it removes its indices and templates. */
export async function openOn(
  url: string,
  options: Partial<ElasticsearchArchiveOptions> = {},
): Promise<Archive & { readonly prefix: string }> {
  const prefix = options.prefix ?? anyPrefix();
  const archive = await openElasticsearchArchive({ urls: [url], ...options, prefix });
  const close = archive[Symbol.asyncDispose].bind(archive);
  return Object.assign(archive, {
    prefix,
    async [Symbol.asyncDispose]() {
      await close();
      await wipe(url, prefix);
    },
  });
}

export async function wipe(url: string, prefix: string): Promise<void> {
  const elastic = new Elastic({ urls: [url] });
  const rows = await elastic.request<{ index: string }[] | undefined>({
    method: 'GET',
    path: `/_cat/indices/${prefix}*`,
    query: { format: 'json', h: 'index' },
    fine: [404],
  });
  const names = (rows ?? []).map(({ index }) => index);
  if (names.length > 0) await elastic.request({ method: 'DELETE', path: `/${names.join(',')}`, fine: [404] });
  await elastic.request({ method: 'DELETE', path: `/_index_template/${prefix}*`, fine: [404] });
  await elastic.close();
}
