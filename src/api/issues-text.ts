/** What is wrong with a body, as Skydive begins to tell it. */
import type * as z from 'zod';

export function issuesText(error: z.ZodError): string {
  const lines = error.issues.map(({ path, message }) => `${path.length > 0 ? path.join('.') : '(root)'}: ${message}`);
  return `invalid schema: ${lines.join('\n')}`;
}
