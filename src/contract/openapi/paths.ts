/** `/api/path`, `/api/why`: the way of a packet, and what broke it. */
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { refusalShape } from '../fault.ts';
import { pathReplyShape, pathRequestShape } from '../path.ts';
import { whyReplyShape, whyRequestShape } from '../why.ts';
import { json, limits, mistaken } from './parts.ts';

export function pathPaths(): ZodOpenApiPathsObject[string] {
  const responses = {
    200: { description: 'The answer.', content: json(pathReplyShape) },
    400: { description: mistaken, content: json(refusalShape) },
    429: { description: limits[429], content: json(refusalShape) },
    503: { description: limits[503], content: json(refusalShape) },
    504: { description: limits[504], content: json(refusalShape) },
  };
  const summary = 'The way of a packet, hop by hop, and where it stops';
  return {
    get: { operationId: 'pathByAddress', summary, requestParams: { query: pathRequestShape }, responses },
    post: { operationId: 'path', summary, requestBody: { required: true, content: json(pathRequestShape) }, responses },
  };
}

export function whyPaths(): ZodOpenApiPathsObject[string] {
  return {
    post: {
      operationId: 'why',
      summary: 'Which changes broke a conversation, ranked, with the reasons',
      requestBody: { required: true, content: json(whyRequestShape) },
      responses: {
        200: { description: 'The answer.', content: json(whyReplyShape) },
        400: { description: mistaken, content: json(refusalShape) },
        429: { description: limits[429], content: json(refusalShape) },
        503: { description: limits[503], content: json(refusalShape) },
        504: { description: limits[504], content: json(refusalShape) },
      },
    },
  };
}
