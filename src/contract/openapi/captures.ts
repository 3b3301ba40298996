/** `/api/capture`, `/api/pcap`: packets, seen and sent. */
import * as z from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { captureShape, newCaptureShape } from '../capture.ts';
import { idShape } from '../element.ts';
import { TRACE_HEADER } from '../trace.ts';
import { json, limits, mistaken, operation, text } from './parts.ts';

export function capturePaths(): ZodOpenApiPathsObject {
  const requestParams = { path: z.object({ id: idShape }) };
  const missing = { 404: 'There is no such capture.' };
  return {
    '/api/capture': {
      get: operation('listCaptures', 'All captures, by id', { ok: json(z.record(z.string(), captureShape)) }),
      post: {
        operationId: 'createCapture',
        summary: 'Capture on all nodes that a query finds, now and later',
        requestParams: {
          header: z.object({
            'X-Resource-TTL': z.string().optional().meta({ description: 'Ends after so long.', example: '30s' }),
          }),
        },
        requestBody: {
          required: true,
          content: { ...json(newCaptureShape), 'application/yaml': { schema: newCaptureShape } },
        },
        responses: {
          201: { description: 'As it is now.', content: json(captureShape) },
          400: { description: mistaken, content: text },
          409: { description: 'There is one with this query, type and filter.', content: text },
        },
      },
    },
    '/api/capture/{id}': {
      get: { ...operation('readCapture', 'One capture', { ok: json(captureShape), refused: missing }), requestParams },
      delete: { ...operation('deleteCapture', 'End a capture', { ok: text, refused: missing }), requestParams },
    },
    '/api/capture/tail': {
      get: {
        operationId: 'tailPackets',
        summary: 'Packets as they pass, until the client goes',
        description:
          'What the client does not take in time is dropped, and counted in the statistics of its interface (isb_osdrop).',
        requestParams: {
          query: z.object({
            gremlin: z.string().optional().meta({ description: 'Finds the interfaces; or node says which.' }),
            node: z.string().optional().meta({ description: 'TID or id of one interface.' }),
            bpf: z.string().optional().meta({ description: 'pcap syntax.' }),
            snaplen: z.int().nonnegative().optional().meta({ description: 'Bytes of each packet; 0: all.' }),
          }),
        },
        responses: {
          200: {
            description: 'pcapng: an interface for each node.',
            content: { 'application/x-pcapng': { schema: z.string().meta({ format: 'binary' }) } },
          },
          400: { description: mistaken, content: text },
          429: { description: limits[429], content: text },
          503: { description: 'No interface can be read.', content: text },
        },
      },
    },
    '/api/pcap': {
      post: {
        operationId: 'sendTrace',
        summary: 'Put the flows of a trace (pcap, pcapng) into the past, at the times of its packets',
        requestBody: {
          required: true,
          content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
        },
        responses: {
          202: {
            description: 'Its flows are kept.',
            headers: z.object({
              [TRACE_HEADER]: z.string().optional().meta({
                description: 'What was in it: Packets, From and To (epoch ms), Cut; JSON, percent-encoded.',
              }),
            }),
          },
          400: { description: 'It is no trace: what is wrong, and at which offset.', content: text },
          413: { description: limits[413], content: text },
          429: { description: limits[429], content: text },
        },
      },
    },
  };
}
