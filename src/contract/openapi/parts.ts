/** What all descriptions of paths are made of. */
import * as z from 'zod';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { mediaTypes } from '../topology.ts';

export type Content = Record<string, { schema: z.ZodType }>;

export const text: Content = { 'text/plain': { schema: z.string() } };

export const mistaken = 'All mistakes, each with its place.';

export const limits = {
  413: 'The body is too large.',
  429: 'Too much at once.',
  503: 'Something it needs is away.',
  504: 'It took longer than a query may.',
} as const;

export function json(schema: z.ZodType): Content {
  return { [mediaTypes.json]: { schema } };
}

export function operation(
  operationId: string,
  summary: string,
  { ok, body, refused = {} }: { ok: Content; body?: z.ZodType; refused?: Readonly<Record<number, string>> },
): ZodOpenApiOperationObject {
  const refusals = Object.entries(refused).map(([status, description]) => [
    status,
    Number(status) < 400 ? { description } : { description, content: text },
  ]);
  return {
    operationId,
    summary,
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(body) } }),
    responses: { 200: { description: 'The answer.', content: ok }, ...Object.fromEntries(refusals) },
  };
}
