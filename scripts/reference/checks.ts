/** docs/reference/checks.md and the JSON Schema of suite files, from the shapes that check them. */
import type * as z from 'zod';
import { codes, otherCodes } from '../../src/checks/result.ts';
import { suiteJsonSchema } from '../../src/checks/suite/json-schema.ts';
import { suiteLimits } from '../../src/checks/suite/limits.ts';
import { bodyNames, bodyShapes, checkShapes, suiteShapes } from '../../src/checks/suite/shape.ts';
import { bare, defOf, words } from '../../src/checks/suite/words.ts';

export function checksSchema(): string {
  return `${JSON.stringify(suiteJsonSchema(), null, 2)}\n`;
}

export function checksPage(): string {
  const common = checkShapes.query.shape;
  const head = Object.fromEntries(Object.entries(common).filter(([key]) => key !== 'query' && key !== 'expect'));
  const kinds = bodyNames.map((name) => {
    const { doc, body, expect } = bodyShapes[name];
    const expected =
      Object.keys(defOf(bare(expect)).shape ?? {}).length === 0 ? '' : `\n\`expect\`:\n\n${table(expect)}`;
    return `## ${name}\n\n${doc}\n\n${defOf(bare(body)).shape ? table(body) : `\`${name}\` is ${isOf(body)}.\n`}${expected}`;
  });
  return `<!-- Made by scripts/gen-docs.ts from src/checks/suite/shape.ts. -->

# Suite files

How they are used: [checks](../checks.md).
The same as a JSON Schema, for editors: [checks.schema.json](checks.schema.json).

## The file

${rows(suiteShapes)}| \`checks\` | a list of checks, at most ${suiteLimits.checks} in one run | |

\`defaults\`:

${table(suiteShapes.defaults)}
An endpoint is one of these:

${table(defOf(bare(suiteShapes.endpoints)).valueType as z.ZodType)}
## Every check

Beside one of ${bodyNames.map((name) => `\`${name}\``).join(', ')}, and \`expect\`:

${rows(head)}
${kinds.join('\n')}
## Codes

Of \`reach\` and the cells of \`matrix\`: ${codes.map((code) => `\`${code}\``).join(', ')}.

Of the others: ${otherCodes.map((code) => `\`${code}\``).join(', ')}.

## Limits

${Object.entries(suiteLimits)
  .map(([name, most]) => `- \`${name}\`: ${most}\n`)
  .join('')}`;
}

function table(schema: z.core.$ZodType): string {
  return rows(defOf(bare(schema)).shape ?? {});
}

function rows(shape: Readonly<Record<string, z.core.$ZodType>>): string {
  const lines = Object.entries(shape).map(([key, schema]) => {
    const { type } = schema._zod.def;
    const must = type === 'optional' ? '' : ' (needed)';
    return `| \`${key}\` | ${cell(isOf(schema))}${must} | ${cell(docOf(schema))} |\n`;
  });
  return `| key | is | |\n|---|---|---|\n${lines.join('')}`;
}

function isOf(schema: z.core.$ZodType): string {
  const inner = bare(schema);
  const told = words.get(inner as z.ZodType)?.is ?? words.get(schema as z.ZodType)?.is;
  return told ?? (defOf(inner).shape ? 'a map' : 'any value');
}

function docOf(schema: z.core.$ZodType): string {
  const { description } = (schema as z.ZodType).meta?.() ?? {};
  return description ?? (bare(schema) as z.ZodType).meta?.()?.description ?? '';
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
