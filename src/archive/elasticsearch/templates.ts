/** Index templates: what each index of ours looks like. They are made when they are not there, and never over others'. */
import { Unavailable } from '../../std/unavailable.ts';
import type { Elastic } from './client.ts';

/** Grows when the mappings change in a way that readers must know. Part of each index's name. */
export const FORMAT = 1;

export interface IndexTemplate {
  /** Index name, or its beginning when `isSliced`, after the prefix: `open`, `versions`. */
  readonly name: string;
  readonly isSliced: boolean;
  /** Field mappings; other fields are refused (`strict`). */
  readonly properties: Readonly<Record<string, object>>;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** `skein-open-1`; slices of it are `skein-versions-1-<start>`. */
export function indexName(prefix: string, name: string): string {
  return `${prefix}${name}-${FORMAT}`;
}

/**
 * Idempotent, also when several do it at once. Throws Unavailable when an index or a template with one of our names is
 * somebody else's, or of a newer Skein: then nothing has been touched.
 */
export async function makeTemplates(
  elastic: Elastic,
  {
    prefix,
    shards,
    replicas,
    templates,
  }: {
    readonly prefix: string;
    readonly shards: number;
    readonly replicas: number;
    readonly templates: readonly IndexTemplate[];
  },
): Promise<void> {
  await checkNobodyElses(elastic, prefix);
  // At once: the server takes them in one step then. Their indices it makes when they are first written to.
  await Promise.all(
    templates.map(({ name, isSliced, properties, settings }) => {
      const index = indexName(prefix, name);
      return elastic.request({
        method: 'PUT',
        path: `/_index_template/${index}`,
        body: {
          index_patterns: [isSliced ? `${index}-*` : index],
          priority: 500,
          _meta: OURS,
          template: {
            settings: {
              number_of_shards: shards,
              number_of_replicas: replicas,
              // Queries refresh what they need; this is for others who look.
              refresh_interval: '30s',
              ...settings,
            },
            mappings: { dynamic: 'strict', _meta: OURS, properties },
          },
        },
      });
    }),
  );
}

export async function makeIndex(elastic: Elastic, index: string): Promise<void> {
  // 400: it is there already.
  await elastic.request({ method: 'PUT', path: `/${index}`, body: {}, fine: [400] });
}

export const EPOCH_MS = { type: 'date', format: 'epoch_millis' } as const;
export const SPAN_MS = { type: 'date_range', format: 'epoch_millis' } as const;
export const WORD = { type: 'keyword', ignore_above: 8_191 } as const;
export const UNSEARCHED = { type: 'keyword', index: false, doc_values: false } as const;

/** What the server refused. */
export const REJECTED: IndexTemplate = {
  name: 'rejected',
  isSliced: false,
  properties: {
    time: EPOCH_MS,
    op: WORD,
    index: WORD,
    id: WORD,
    type: WORD,
    reason: { type: 'text' },
    document: { type: 'text', index: false },
  },
};

export const OURS = { skein: { format: FORMAT } };

async function checkNobodyElses(elastic: Elastic, prefix: string): Promise<void> {
  const [indices, templates] = await Promise.all([
    elastic.request<Record<string, { mappings?: { _meta?: Meta } }>>({
      method: 'GET',
      path: `/${prefix}*/_mapping`,
      query: { ignore_unavailable: true, allow_no_indices: true },
      fine: [404],
    }),
    elastic.request<{ index_templates?: { name: string; index_template: { _meta?: Meta } }[] }>({
      method: 'GET',
      path: `/_index_template/${prefix}*`,
      fine: [404],
    }),
  ]);
  for (const [name, { mappings }] of Object.entries(indices ?? {}))
    check(elastic, prefix, `index ${name}`, mappings?._meta);
  for (const { name, index_template } of templates?.index_templates ?? [])
    check(elastic, prefix, `template ${name}`, index_template._meta);
}

interface Meta {
  readonly skein?: { readonly format?: number };
}

function check(elastic: Elastic, prefix: string, what: string, meta: Meta | undefined): void {
  const format = meta?.skein?.format;
  const place = `history in ${elastic.place}`;
  if (format === undefined)
    throw new Unavailable(place, `a prefix of its own: ${what} begins with ${prefix} and is not Skein's`);
  if (format > FORMAT)
    throw new Unavailable(place, `a newer Skein: ${what} is of format ${format}, this one knows ${FORMAT}`);
}
