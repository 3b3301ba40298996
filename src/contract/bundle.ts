/** What is asked of `/api/bundle`, and what the first file in a bundle says of all of it. */
import * as z from 'zod';
import { schemaVersion } from './element.ts';
import { spanShape } from './query.ts';

export const bundleRequestShape = z
  .strictObject({
    from: z.union([z.string(), z.number()]).meta({
      description: "First moment: '-1h', RFC 3339, Unix seconds or ms.",
    }),
    to: z.union([z.string(), z.number()]).optional().meta({ description: 'Last moment; now when it is left out.' }),
    query: z.string().optional().meta({
      description: 'Only what this gives of the span (nodes, edges or flows), with what is needed to understand it.',
    }),
    maxBytes: z
      .int()
      .min(2 ** 20)
      .optional()
      .meta({ description: 'Of the archive in it, unpacked; 1 GiB at most, and when it is left out.' }),
    packets: z.boolean().optional().meta({
      description: 'Kept packets too. Left out: when who asks may see them.',
    }),
  })
  .meta({ id: 'BundleRequest' });

export type BundleRequest = z.infer<typeof bundleRequestShape>;

/** Grows when a reader of before could not read what is written since. */
export const BUNDLE_FORMAT = 1;

const count = z.int().min(0);
const moment = z.number();

export const bundleCountsShape = z.object({
  versions: count,
  samples: count,
  flows: count,
  packets: count,
  sockets: count,
  losses: count,
});

export const bundleManifestShape = z
  .object({
    skein: z.literal('bundle'),
    format: z.int(),
    made: moment.meta({ description: 'When it was made, epoch ms.' }),
    by: z.string().max(1_000).meta({ description: 'Who asked for it.' }),
    host: z.string().max(1_000).meta({ description: 'The server that made it.' }),
    version: z.string().max(100).meta({ description: 'Of that server.' }),
    span: spanShape.meta({ description: 'From the first moment to the last, which is now when it is opened.' }),
    query: z.string().max(100_000).optional(),
    expireMs: moment.meta({ description: 'A flow without a packet for so long was over.' }),
    gaps: z.array(spanShape).max(100_000).meta({ description: 'When nobody was watching.' }),
    counts: bundleCountsShape,
    missing: z.array(z.string().max(10_000)).max(1_000).meta({ description: 'What is not in it though asked for.' }),
    files: z
      .array(z.object({ name: z.string().max(100), size: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) }))
      .max(20)
      .meta({ description: 'Behind this one, in this order.' }),
  })
  .meta({ id: 'BundleManifest' });

export type BundleManifest = z.infer<typeof bundleManifestShape>;
export type BundleCounts = z.infer<typeof bundleCountsShape>;

/** Of the answer that is a bundle: what is in it, as JSON in percent-encoding. */
export const BUNDLE_HEADER = 'X-Skein-Bundle';

export const bundleMadeShape = bundleManifestShape.pick({ host: true, span: true, counts: true, missing: true });

export type BundleMade = z.infer<typeof bundleMadeShape>;

/** A name for the file: the host and the times, as `tar` and people know them. */
export function bundleName({ host, span }: Pick<BundleMade, 'host' | 'span'>): string {
  const place = host.replaceAll(/[^\w.-]/g, '_').slice(0, 100);
  return `skein-${place}-${timeName(span.from)}-${timeName(span.to)}.tar.zst`;
}

/** ISO 8601 in its basic form: colons are the host's in many tools. */
function timeName(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

const checkLine = z.looseObject({ schema: z.literal(schemaVersion) });

/** `checks.json`: what ran last and came to what, as `GET /api/check` has it. */
export const keptChecksShape = z.object({
  last: z
    .array(
      z.object({
        run: checkLine.extend({ kind: z.literal('run'), id: z.string(), startedAt: moment }),
        who: z.string().max(1_000),
        summary: checkLine.extend({ kind: z.literal('summary'), checks: count }),
      }),
    )
    .max(1_000),
  results: z
    .array(
      checkLine.extend({
        kind: z.literal('result'),
        id: z.string().max(10_000),
        instance: z.string().max(10_000).optional(),
        status: z.enum(['ok', 'failed', 'error', 'skipped']),
        startedAt: moment,
        tookMs: moment,
      }),
    )
    .max(100_000),
});

export type KeptChecks = z.infer<typeof keptChecksShape>;
