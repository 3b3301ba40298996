/** `GET /api/vocabulary`: what there is to ask about, made from the declarations of node types and steps. */
import * as z from 'zod';
import { schemaVersion } from '../contract/element.ts';
import type { VocabularyReply } from '../contract/vocabulary.ts';
import { fieldWords, type NodeType } from '../model/vocabulary.ts';
import type { ApiVocabulary } from './parts.ts';

export function vocabularyReply({ types, relations, steps }: ApiVocabulary): VocabularyReply {
  return {
    schema: schemaVersion,
    types: types.map((type) => ({ name: type.name, doc: type.doc, fields: fieldsOf(type) })),
    relations: relations.map(({ name, doc }) => ({ name, doc })),
    steps: steps.map(({ name, aliases, doc, example }) => ({
      name,
      aliases: [...(aliases ?? [])],
      doc,
      ...(example === undefined ? {} : { example: example.query }),
    })),
  };
}

function fieldsOf({ fields }: NodeType): VocabularyReply['types'][number]['fields'] {
  return Object.entries(fields.shape).map(([key, schema]) => {
    const words = fieldWords.get(schema as z.ZodType);
    return {
      key,
      doc: words?.doc ?? '',
      type: typeName(schema as z.ZodType),
      index: words?.index ?? false,
      ...(words?.unit === undefined ? {} : { unit: words.unit }),
      ...(words?.example === undefined ? {} : { example: words.example as z.core.util.JSONType }),
    };
  });
}

/** 'string', 'integer', 'string[]', 'object': as short as people say it. */
function typeName(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'output' });
  return nameOf(json);
}

function nameOf(json: z.core.JSONSchema.BaseSchema | boolean | undefined): string {
  if (json === undefined || typeof json === 'boolean') return 'any';
  if (json.type === 'array') return `${nameOf(json.items as z.core.JSONSchema.BaseSchema | undefined)}[]`;
  if (json.type !== undefined) return String(json.type);
  const choices = json.anyOf ?? json.oneOf ?? [];
  const names = new Set(
    choices.map((choice) => nameOf(choice as z.core.JSONSchema.BaseSchema)).filter((name) => name !== 'null'),
  );
  if (json.enum) return typeof json.enum[0];
  return names.size === 0 ? 'any' : [...names].join(' | ');
}
