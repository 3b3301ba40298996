/** `/api/bundle`: an incident in one file. */
import * as z from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { BUNDLE_HEADER, bundleRequestShape } from '../bundle.ts';
import { refusalShape } from '../fault.ts';
import { json, mistaken } from './parts.ts';

export function bundlePaths(): ZodOpenApiPathsObject[string] {
  const responses = {
    200: {
      description: 'A tar archive, packed with Zstandard: an archive of the span with its manifest.',
      headers: z.object({
        [BUNDLE_HEADER]: z
          .string()
          .meta({ description: 'What is in it: host, span, counts, missing; JSON, percent-encoded.' }),
      }),
      content: { 'application/zstd': { schema: z.string().meta({ format: 'binary' }) } },
    },
    400: { description: mistaken, content: json(refusalShape) },
    403: { description: 'What was in packets is not for this role.', content: json(refusalShape) },
    429: { description: 'Another bundle is being made.', content: json(refusalShape) },
  };
  const summary = 'What was so between two moments, as one file that can be asked elsewhere';
  return {
    get: { operationId: 'bundleByAddress', summary, requestParams: { query: bundleRequestShape }, responses },
    post: {
      operationId: 'bundle',
      summary,
      requestBody: { required: true, content: json(bundleRequestShape) },
      responses,
    },
  };
}
