/** docs/reference/metadata.md: every type of node and every key it may carry, from the probes that write them. */
import * as z from 'zod';
import { captureFields } from '../../src/capture/vocabulary.ts';
import { fieldWords, type NodeType } from '../../src/model/vocabulary.ts';
import { probes } from '../../src/probes/index.ts';
import { code, madeFrom, table } from './table.ts';

export function metadataPage(): string {
  const parts = probes.map(({ name, doc, types, adds = [] }) => {
    const shared = sharedFields(types);
    return [
      `## Probe ${code(name)}`,
      '',
      doc,
      ...(shared.length > 0 ? ['', '### All of them', '', fieldTable(shared)] : []),
      ...types.flatMap((type) => ['', ...typePart(type, shared)]),
      ...adds.flatMap((type) => ['', ...typePart({ ...type, doc: `Adds: ${type.doc}` }, [])]),
    ].join('\n');
  });
  const captured = Object.entries(captureFields);
  parts.push(
    ['## Captures', '', 'What captures say of themselves, on nodes of any type.', '', fieldTable(captured)].join('\n'),
  );
  return `${madeFrom('the types that probes declare')}

# Metadata

What a node may carry, by the probe that says it.
Keys with an index are found without looking at every node.

${parts.join('\n\n')}
`;
}

type Field = readonly [key: string, schema: z.ZodType];

/** What every one of several types carries, declared as one and the same. */
function sharedFields([first, ...others]: readonly NodeType[]): Field[] {
  if (first === undefined || others.length === 0) return [];
  return fieldsOf(first).filter(([key, schema]) => others.every((type) => type.fields.shape[key] === schema));
}

function fieldsOf({ fields }: NodeType): Field[] {
  return Object.entries(fields.shape as Record<string, z.ZodType>);
}

function typePart(type: NodeType, shared: readonly Field[]): string[] {
  const own = fieldsOf(type).filter(([key]) => !shared.some(([other]) => other === key));
  const head = [`### ${code(type.name)}`, '', type.doc];
  return own.length === 0 ? head : [...head, '', fieldTable(own)];
}

function fieldTable(fields: readonly Field[]): string {
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
  return table(['key', 'kind', 'what it says', 'example', 'index'], rows);
}

function kindOf(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as Json;
  return kindOfJson(json);
}

interface Json {
  readonly type?: string;
  readonly items?: Json;
  readonly anyOf?: readonly Json[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

function kindOfJson(json: Json): string {
  if (json.const !== undefined) return code(String(json.const));
  if (json.anyOf) return [...new Set(json.anyOf.map(kindOfJson))].join(' or ');
  if (json.type === 'array') return `list of ${json.items ? kindOfJson(json.items) : 'values'}`;
  if (json.type === 'object') return 'map';
  return json.type ?? 'value';
}
