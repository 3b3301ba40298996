/** `/gremlin` over HTTP, as Gremlin Server 3.x has it. Values are GraphSON 3; WebSockets on the same path speak its sub-protocol. */
import * as z from 'zod';
import { jsonShape } from './element.ts';

export const gremlinRequestShape = z
  .object({
    gremlin: z.string().meta({ description: 'A traversal, or several.', example: "g.V().hasLabel('veth').count()" }),
    bindings: z.record(z.string(), jsonShape).optional().meta({ description: 'Values of names in the text.' }),
    aliases: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: 'Names of sources in the text, and which they mean.' }),
    language: z.string().optional().meta({ description: 'Accepted, and changes nothing.' }),
    requestId: z.string().optional().meta({ description: 'A UUID; made up when left out.' }),
    evaluationTimeout: z.number().optional().meta({ description: 'ms.' }),
    materializeProperties: z.enum(['all', 'tokens']).optional(),
  })
  .meta({ id: 'GremlinRequest' });

export const gremlinReplyShape = z
  .object({
    requestId: z.string(),
    status: z.object({ message: z.string(), code: z.int(), attributes: jsonShape }),
    result: z.object({ data: jsonShape, meta: jsonShape }),
  })
  .meta({ id: 'GremlinReply', description: 'Typed GraphSON 3, or without types where Accept says types=false.' });

export const gremlinRefusalShape = z
  .object({
    message: z.string(),
    'Exception-Class': z.string().optional(),
    exceptions: z.array(z.string()).optional(),
    stackTrace: z.string().optional(),
    requestId: z.string().optional(),
  })
  .meta({ id: 'GremlinRefusal' });
