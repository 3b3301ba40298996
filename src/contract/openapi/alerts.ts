/** `/api/alert`, `/api/alerts`: conditions that stand. */
import * as z from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { alertHistoryShape, alertShape, alertStatesShape, newAlertShape } from '../alert.ts';
import { idShape } from '../element.ts';
import { json, mistaken, operation, text } from './parts.ts';

export function alertPaths(): ZodOpenApiPathsObject {
  const requestParams = { path: z.object({ id: idShape }) };
  const missing = { 404: 'There is no such alert.' };
  const body = { required: true, content: json(newAlertShape) };
  return {
    '/api/alert': {
      get: operation('listAlerts', 'All alerts, by id', { ok: json(z.record(z.string(), alertShape)) }),
      post: {
        operationId: 'createAlert',
        summary: 'Look at something from now on, and tell when it is so',
        requestBody: body,
        responses: {
          201: { description: 'As it is now.', content: json(alertShape) },
          400: { description: mistaken, content: text },
        },
      },
    },
    '/api/alert/{id}': {
      get: { ...operation('readAlert', 'One alert', { ok: json(alertShape), refused: missing }), requestParams },
      patch: {
        ...operation('changeAlert', 'Change what is given (JSON Merge Patch)', {
          ok: json(alertShape),
          refused: { ...missing, 400: mistaken },
        }),
        requestParams,
        requestBody: { required: true, content: json(newAlertShape.partial()) },
      },
      delete: { ...operation('deleteAlert', 'Look no more', { ok: text, refused: missing }), requestParams },
    },
    '/api/alert/{id}/test': {
      post: {
        ...operation('testAlert', 'Tell whoever would be told', {
          ok: text,
          refused: { ...missing, 400: 'Nobody would be told, or was refused for good.', 502: 'It was not taken.' },
        }),
        requestParams,
      },
    },
    '/api/alerts': { get: operation('alertStates', 'How each alert stands', { ok: json(alertStatesShape) }) },
    '/api/alerts/history': {
      get: operation('alertHistory', 'What fired and what was over', { ok: json(alertHistoryShape) }),
    },
  };
}
