/** Which server this is, and in what it differs from the others. */
import { Unavailable } from '../../std/unavailable.ts';
import type { Elastic } from './client.ts';

export interface Server {
  readonly distribution: 'elasticsearch' | 'opensearch';
  /** `8.19.13`. */
  readonly version: string;
  /** The field type that takes any object without making fields of its keys. */
  readonly anyObject: 'flattened' | 'flat_object';
}

/** Throws Unavailable when it is away, too old or something else. */
export async function serverOf(elastic: Elastic): Promise<Server> {
  const { version } = await elastic.request<Info>({ method: 'GET', path: '/', timeoutMs: 10_000 });
  const number = version?.number;
  if (typeof number !== 'string')
    throw new Unavailable(`history in ${elastic.place}`, 'an Elasticsearch or OpenSearch there');
  const isOpenSearch = version?.distribution === 'opensearch';
  const [major = 0, minor = 0] = number.split('.').map(Number);
  const isKnown = isOpenSearch ? major >= 2 : major > 7 || (major === 7 && minor >= 17);
  const name = isOpenSearch ? 'OpenSearch' : 'Elasticsearch';
  if (!isKnown)
    throw new Unavailable(
      `history in ${elastic.place}`,
      `Elasticsearch 7.17 or newer, or OpenSearch 2 or newer (there is ${name} ${number})`,
    );
  return {
    distribution: isOpenSearch ? 'opensearch' : 'elasticsearch',
    version: number,
    anyObject: isOpenSearch ? 'flat_object' : 'flattened',
  };
}

interface Info {
  readonly version?: { readonly number?: string; readonly distribution?: string };
}
