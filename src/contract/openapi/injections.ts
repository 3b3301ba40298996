/** `/api/injectpacket`: packets made and sent on purpose. */
import * as z from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { idShape } from '../element.ts';
import { injectionShape, newInjectionShape } from '../injection.ts';
import { json, mistaken, operation, text } from './parts.ts';

export function injectionPaths(): ZodOpenApiPathsObject {
  const requestParams = { path: z.object({ id: idShape }) };
  const missing = { 404: 'There is no such injection.' };
  return {
    '/api/injectpacket': {
      get: operation('listInjections', 'All injections, by id', { ok: json(z.record(z.string(), injectionShape)) }),
      post: {
        operationId: 'createInjection',
        summary: 'Send packets of your own',
        requestBody: { required: true, content: json(newInjectionShape) },
        responses: {
          201: { description: 'With the TrackingIDs of its packets.', content: json(injectionShape) },
          400: { description: mistaken, content: text },
          503: { description: 'The host of its source cannot be asked.', content: text },
        },
      },
    },
    '/api/injectpacket/{id}': {
      get: {
        ...operation('readInjection', 'One injection', { ok: json(injectionShape), refused: missing }),
        requestParams,
      },
      delete: { ...operation('deleteInjection', 'Stop it', { ok: text, refused: missing }), requestParams },
    },
  };
}
