/** Keys of nodes as tables: what they are, and how one looks. */
import * as z from 'zod';
import { fieldWords, type NodeType } from '../../src/model/vocabulary.ts';
import { code, table } from './table.ts';

export type Field = readonly [key: string, schema: z.ZodType];

/** What every one of several types carries, declared as one and the same. */
export function sharedFields([first, ...others]: readonly NodeType[]): Field[] {
  if (first === undefined || others.length === 0) return [];
  return fieldsOf(first).filter(([key, schema]) => others.every((type) => type.fields.shape[key] === schema));
}

/** A sentence, and the table of what is not shared. */
export function typePart(doc: string | undefined, of: NodeType | readonly Field[], shared: readonly Field[]): string[] {
  const fields = 'fields' in of ? fieldsOf(of) : of;
  const own = fields.filter(([key]) => !shared.some(([other]) => other === key));
  return [...(doc === undefined ? [] : [doc]), ...(own.length > 0 && doc ? [''] : []), ...fieldTable(own)];
}

export function fieldTable(fields: readonly Field[]): string[] {
  if (fields.length === 0) return [];
  const rows = fields.map(([key, schema]) => {
    const words = fieldWords.get(schema);
    return [
      code(key),
      kindOf(schema) + (words?.unit ? ` (${words.unit})` : ''),
      words?.doc ?? '',
      words?.example === undefined ? '' : code(JSON.stringify(words.example)),
      words?.index ? 'yes' : '',
    ];
  });
  return [table(['key', 'kind', 'what it says', 'example', 'index'], rows)];
}

function fieldsOf({ fields }: NodeType): Field[] {
  return Object.entries(fields.shape as Record<string, z.ZodType>);
}

function kindOf(schema: z.ZodType): string {
  return kindOfJson(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as Json);
}

interface Json {
  readonly type?: string;
  readonly items?: Json;
  readonly anyOf?: readonly Json[];
  readonly const?: unknown;
}

function kindOfJson(json: Json): string {
  if (json.const !== undefined) return code(String(json.const));
  if (json.anyOf) return [...new Set(json.anyOf.map(kindOfJson))].join(' or ');
  if (json.type === 'array') return `list of ${json.items ? kindOfJson(json.items) : 'values'}`;
  if (json.type === 'object') return 'map';
  return json.type ?? 'value';
}
