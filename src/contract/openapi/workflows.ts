/** `/api/workflow`: scripts of users. */
import * as z from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { newWorkflowShape, sourceCallShape, workflowCallShape, workflowShape } from '../workflow.ts';
import { json, mistaken, operation, text } from './parts.ts';

export function workflowPaths(): ZodOpenApiPathsObject {
  const requestParams = { path: z.object({ id: z.string().meta({ description: 'UUID or Name.' }) }) };
  const missing = { 404: 'There is no such workflow.' };
  const called = {
    200: {
      description: 'What the function gave, as JSON. `X-Workflow-Console`: what it said, URI-encoded, by commas.',
      content: json(z.unknown()),
    },
    400: { description: 'Wrong parameters, or the script failed or met a limit.', content: text },
    404: { description: missing[404], content: text },
    429: { description: 'As many run as may.', content: text },
  };
  return {
    '/api/workflow': {
      get: operation('listWorkflows', 'All workflows, by id', { ok: json(z.record(z.string(), workflowShape)) }),
      post: {
        operationId: 'createWorkflow',
        summary: 'Keep JavaScript that can be called',
        requestBody: { required: true, content: json(newWorkflowShape) },
        responses: {
          201: { description: 'As it is kept.', content: json(workflowShape) },
          400: { description: mistaken, content: text },
          409: { description: 'There is one of this name.', content: text },
        },
      },
    },
    '/api/workflow/{id}': {
      get: {
        ...operation('readWorkflow', 'One workflow', { ok: json(workflowShape), refused: missing }),
        requestParams,
      },
      delete: { ...operation('deleteWorkflow', 'Forget it', { ok: text, refused: missing }), requestParams },
    },
    '/api/workflow/{id}/call': {
      post: {
        operationId: 'callWorkflow',
        summary: 'Run it, with the rights of who calls',
        requestParams,
        requestBody: { required: true, content: json(workflowCallShape) },
        responses: called,
      },
    },
    '/api/workflow/call': {
      post: {
        operationId: 'callSource',
        summary: 'Run a source that is kept nowhere',
        requestBody: { required: true, content: json(sourceCallShape) },
        responses: called,
      },
    },
  };
}
