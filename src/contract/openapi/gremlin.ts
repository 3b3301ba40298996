/** `/gremlin`: where drivers of Gremlin connect. */
import * as z from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { gremlinRefusalShape, gremlinReplyShape, gremlinRequestShape } from '../gremlin.ts';
import { json, limits } from './parts.ts';

export function gremlinPath(): ZodOpenApiPathsObject[string] {
  const answered = {
    200: {
      description: 'The results. `Accept` chooses: GraphSON 3 with or without types, GraphBinary 1, text.',
      content: {
        ...json(gremlinReplyShape),
        'application/vnd.gremlin-v3.0+json': { schema: gremlinReplyShape },
        'application/vnd.gremlin-v3.0+json;types=false': { schema: gremlinReplyShape },
        'application/vnd.graphbinary-v1.0': { schema: z.string().meta({ format: 'binary' }) },
        'text/plain': { schema: z.string() },
      },
    },
    400: { description: 'The request makes no sense.', content: json(gremlinRefusalShape) },
    401: { description: 'A name, and the token as password, are needed.', content: json(gremlinRefusalShape) },
    413: { description: limits[413], content: json(gremlinRefusalShape) },
    429: { description: limits[429], content: json(gremlinRefusalShape) },
    500: { description: 'The traversal makes no sense, failed, or met a limit.', content: json(gremlinRefusalShape) },
  };
  return {
    post: {
      operationId: 'gremlin',
      summary: 'Ask in standard Gremlin, as Gremlin Server 3.8 is asked',
      requestBody: { required: true, content: json(gremlinRequestShape) },
      responses: answered,
    },
    get: {
      operationId: 'gremlinByAddress',
      summary: 'The same, to read alone',
      requestParams: { query: z.object({ gremlin: z.string() }).catchall(z.string()) },
      responses: answered,
    },
  };
}
