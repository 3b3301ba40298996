/** The results of a question as Java would write them, with the type of each number: `5i`, `1.0d`, `v[1]`. */
import { elementNames } from '../../../src/query/gremlin/read/element-names.ts';
import { javaText } from '../../../src/query/gremlin/value/java-text.ts';
import { isNumber, numType } from '../../../src/query/gremlin/value/num.ts';
import type { GValue } from '../../../src/query/gremlin/value/value.ts';
import { ask, sourceOf, type ToyName } from './asked.ts';

const letters = {
  byte: 'b',
  short: 's',
  int: 'i',
  long: 'l',
  float: 'f',
  double: 'd',
  bigint: 'n',
  bigdecimal: 'm',
} as const;

export async function shown(text: string, on: ToyName = 'modern'): Promise<string[]> {
  const results = await ask(text, on);
  const { model, timeline } = sourceOf(on);
  const names = elementNames({ model, view: timeline.now() });
  return results.map((value) => javaText(value, names) + letterOf(value));
}

function letterOf(value: GValue): string {
  return isNumber(value) ? letters[numType(value)] : '';
}
