/** What a refused request is answered with when the client asks for JSON (`Accept: application/json` on our own paths). */
import * as z from 'zod';
import { schemaVersion } from './element.ts';

export const faultShape = z
  .object({
    code: z.string().meta({ description: 'Stable, for programs.', example: 'query.unknown-step' }),
    message: z.string(),
    from: z.int().optional().meta({ description: 'Half-open character range in the input, where there is one.' }),
    to: z.int().optional(),
    hint: z.string().optional().meta({ description: 'What would do.', example: 'did you mean Dedup?' }),
  })
  .meta({ id: 'Fault' });

export const refusalShape = z
  .object({
    schema: z.literal(schemaVersion),
    code: z.string(),
    message: z.string().meta({ description: 'First line of `text`.' }),
    text: z.string().meta({ description: 'All faults as people read them, with a caret under the place.' }),
    faults: z.array(faultShape),
  })
  .meta({ id: 'Refusal' });

export type Refusal = z.infer<typeof refusalShape>;
