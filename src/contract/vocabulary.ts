/** `GET /api/vocabulary` and `POST /api/complete`: what can be asked about, for shells and editors. */
import * as z from 'zod';
import { jsonShape, schemaVersion } from './element.ts';

export const vocabularyReplyShape = z
  .object({
    schema: z.literal(schemaVersion),
    types: z.array(
      z.object({
        name: z.string(),
        doc: z.string(),
        fields: z.array(
          z.object({
            key: z.string(),
            doc: z.string(),
            type: z.string(),
            unit: z.string().optional(),
            example: jsonShape.optional(),
            index: z.boolean(),
          }),
        ),
      }),
    ),
    relations: z.array(z.object({ name: z.string(), doc: z.string() })),
    steps: z.array(
      z.object({ name: z.string(), aliases: z.array(z.string()), doc: z.string(), example: z.string().optional() }),
    ),
  })
  .meta({ id: 'Vocabulary' });

export const completionRequestShape = z
  .union([
    z.object({
      query: z.string().meta({ description: 'A query that is being typed.', example: "G.V().Has('Na" }),
      position: z.int().nonnegative().optional().meta({ description: 'Of the cursor; its end when left out.' }),
    }),
    z.object({
      key: z.string().meta({ description: 'Values of this metadata key that are there now.', example: 'Name' }),
      prefix: z.string().optional(),
      type: z.string().optional().meta({ description: 'Only of nodes of this Type.' }),
    }),
  ])
  .meta({ id: 'CompletionRequest' });

/** More than a screen shows. */
export const completionsMax = 200;

export const completionReplyShape = z
  .object({
    schema: z.literal(schemaVersion),
    from: z.int().meta({ description: 'Half-open range of the text that an item replaces.' }),
    to: z.int(),
    items: z.array(z.object({ text: z.string(), kind: z.string(), doc: z.string().optional() })).max(completionsMax),
    more: z.boolean().meta({ description: 'There are more than are listed.' }),
  })
  .meta({ id: 'CompletionReply' });

export type VocabularyReply = z.infer<typeof vocabularyReplyShape>;
export type CompletionRequest = z.infer<typeof completionRequestShape>;
export type CompletionReply = z.infer<typeof completionReplyShape>;
