/** `/api/node`, `/api/edge`: elements that clients make. */
import * as z from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { idShape } from '../element.ts';
import { patchShape } from '../patch.ts';
import { json, operation, text } from './parts.ts';

export function elementPaths(kind: 'node' | 'edge', shape: z.ZodType, body: z.ZodType): ZodOpenApiPathsObject {
  const name = kind === 'node' ? 'Node' : 'Edge';
  const requestParams = { path: z.object({ id: idShape }) };
  return {
    [`/api/${kind}`]: {
      get: operation(`list${name}s`, `All ${kind}s, by id`, { ok: json(z.record(z.string(), shape)) }),
      post: {
        operationId: `create${name}`,
        summary: `Make a ${kind}; answered when it is kept`,
        requestBody: { required: true, content: { ...json(body), 'application/yaml': { schema: body } } },
        responses: {
          201: { description: 'As it is now.', content: json(shape) },
          400: { description: 'All that is wrong with it, a line each.', content: text },
          409: { description: 'There is one with this id.', content: text },
        },
      },
    },
    [`/api/${kind}/{id}`]: {
      get: {
        ...operation(`read${name}`, `One ${kind}`, { ok: json(shape), refused: { 404: `There is no such ${kind}.` } }),
        requestParams,
      },
      patch: {
        ...operation(`patch${name}`, 'Change its metadata (RFC 6902)', {
          ok: json(shape),
          body: patchShape,
          refused: {
            304: 'It changes nothing. Name, Type, TID and RelationType cannot be changed.',
            400: 'An operation that cannot be.',
            404: `There is no such ${kind}.`,
            409: 'A test failed.',
          },
        }),
        requestParams,
      },
      delete: {
        ...operation(`delete${name}`, `End a ${kind}`, { ok: text, refused: { 404: `There is no such ${kind}.` } }),
        requestParams,
      },
    },
  };
}
