/** The JSON Schema of suite files (draft 2020-12), for editors and other programs: made of the shapes that check them. */
import * as z from 'zod';
import { suiteShape } from './shape.ts';

export function suiteJsonSchema(): object {
  const schema = z.toJSONSchema(suiteShape, {
    target: 'draft-2020-12',
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema, path }) => {
      // Where no text may stand a variable may: it takes the kind of its value.
      const { type } = jsonSchema;
      const isFixed = type === 'integer' || type === 'number' || type === 'boolean' || jsonSchema.enum !== undefined;
      const isHead = path.includes('apiVersion') || path.includes('kind');
      if (!isFixed || isHead || path.includes('__schema0')) return;
      const { description, title, examples, ...own } = jsonSchema;
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      Object.assign(jsonSchema, {
        ...(title !== undefined && { title }),
        ...(description !== undefined && { description }),
        ...(examples !== undefined && { examples }),
        anyOf: [own, { type: 'string', pattern: variable }],
      });
    },
  });
  const { $schema, ...rest } = schema;
  return { $schema, title: 'Skein check suite', description: 'Connectivity checks: skein check FILE', ...rest };
}

const variable = '^\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$';
