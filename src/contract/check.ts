/** `POST /api/check`: suites in, results out, one JSON object a line (src/checks/result.ts). */
import * as z from 'zod';
import { schemaVersion } from './element.ts';

/** Bounds of one request, beside those of each file. */
export const checkLimits = { files: 200, fileChars: 2 * 1024 * 1024, words: 200, jobs: 64 } as const;

const word = z.string().max(256);
const words = z.array(word).max(checkLimits.words);

export const checkRequestShape = z
  .strictObject({
    suites: z
      .array(
        z.strictObject({
          file: z.string().min(1).max(4096).meta({ description: 'What mistakes and results call it.' }),
          text: z.string().max(checkLimits.fileChars).meta({ description: 'YAML.' }),
        }),
      )
      .min(1)
      .max(checkLimits.files),
    vars: z
      .record(word, z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .optional()
      .meta({ description: 'Variables, before those of the files.' }),
    env: z.record(word, z.string()).optional().meta({
      description: "Values of environment variables that the suites name under `env`; the server's own are never read.",
    }),
    select: z
      .strictObject({
        tags: words.optional().meta({ description: 'Checks with one of these.' }),
        notTags: words.optional().meta({ description: 'No checks with one of these.' }),
        only: words.optional().meta({ description: 'Checks of these ids.' }),
      })
      .optional(),
    at: z.string().max(64).optional().meta({ description: 'Query, path and model checks ask about then.' }),
    method: z.enum(['inject', 'connect', 'model']).optional().meta({ description: 'Instead of what the checks say.' }),
    jobs: z.int().min(1).max(checkLimits.jobs).optional().meta({ description: 'Checks at the same time.' }),
    timeoutMs: z.int().min(1).optional().meta({ description: 'Of the whole run.' }),
    failFast: z.boolean().optional().meta({ description: 'Stops after the first failure.' }),
    retryFailed: z
      .int()
      .min(0)
      .max(100)
      .optional()
      .meta({ description: 'Failed checks are run again at the end, so many times.' }),
    dryRun: z.boolean().optional().meta({ description: 'Says what would be sent, and sends nothing.' }),
    pcapng: z.boolean().optional().meta({ description: 'Packets of failed checks come along, in base64.' }),
    lastGreen: z
      .record(word, z.number())
      .optional()
      .meta({ description: 'When each check was ok the last time (id to epoch ms), where the caller knows.' }),
  })
  .meta({ id: 'CheckRequest' });

export type CheckRequest = z.infer<typeof checkRequestShape>;

/** A line of the reply: `run` first, a `result` for each check as soon as it is known, a `summary` last. */
export const checkLineShape = z
  .looseObject({
    schema: z.literal(schemaVersion),
    kind: z.enum(['run', 'result', 'summary']),
  })
  .meta({ id: 'CheckLine' });
