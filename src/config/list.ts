/** All options in the order in which they are declared, with everything there is to say about each. */
import * as z from 'zod';
import { attributeOf, envOf, flagOf, type OptionWords, optionWords } from './option.ts';
import { configShape } from './options.ts';

export interface OptionEntry extends OptionWords {
  /** Key in the file, dotted. */
  readonly path: string;
  readonly flag: string;
  readonly env: string;
  /** What commander calls the value of the flag. */
  readonly attribute: string;
}

export const optionList: readonly OptionEntry[] = entriesOf(configShape, '');

export const optionByPath: ReadonlyMap<string, OptionEntry> = new Map(optionList.map((entry) => [entry.path, entry]));

function entriesOf(shape: z.ZodObject, prefix: string): OptionEntry[] {
  return Object.entries(shape.shape).flatMap(([key, declared]) => {
    const schema = declared instanceof z.ZodOptional ? (declared.unwrap() as z.ZodType) : (declared as z.ZodType);
    const path = prefix + key;
    const words = optionWords.get(schema);
    if (words) return [{ ...words, path, flag: flagOf(path), env: envOf(path), attribute: attributeOf(path) }];
    return schema instanceof z.ZodObject ? entriesOf(schema, `${path}.`) : [];
  });
}
