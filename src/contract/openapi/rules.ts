/** `/api/noderule`, `/api/edgerule`: what users say of the network. */
import * as z from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { idShape } from '../element.ts';
import { json, mistaken, operation, text } from './parts.ts';

export function rulePaths(kind: 'node' | 'edge', asked: z.ZodType, shape: z.ZodType): ZodOpenApiPathsObject {
  const requestParams = { path: z.object({ id: idShape }) };
  const missing = { 404: `There is no such ${kind} rule.` };
  const name = kind === 'node' ? 'NodeRule' : 'EdgeRule';
  return {
    [`/api/${kind}rule`]: {
      get: operation(`list${name}s`, `All ${kind} rules, by id`, { ok: json(z.record(z.string(), shape)) }),
      post: {
        operationId: `create${name}`,
        summary: kind === 'node' ? 'Say something of all nodes that a query finds' : 'Link what two queries find',
        requestBody: { required: true, content: { ...json(asked), 'application/yaml': { schema: asked } } },
        responses: {
          201: { description: 'As it is now; what it says is in the graph.', content: json(shape) },
          400: { description: mistaken, content: text },
          409: { description: 'There is one that does just this.', content: text },
        },
      },
    },
    [`/api/${kind}rule/{id}`]: {
      get: { ...operation(`read${name}`, `One ${kind} rule`, { ok: json(shape), refused: missing }), requestParams },
      delete: {
        ...operation(`delete${name}`, 'Take back what it says', { ok: text, refused: missing }),
        requestParams,
      },
    },
  };
}
