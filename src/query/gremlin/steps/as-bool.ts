import { mistake } from '../../../std/mistake.ts';
import { defineTraversalStep } from '../step.ts';
import { javaType } from '../value/java-type.ts';
import { isNumber, toNumber } from '../value/num.ts';
import type { GValue } from '../value/value.ts';

export const asBool = defineTraversalStep({
  name: 'asBool',
  doc: "True or false of the text 'true' or 'false', and of a number: whether it is another than 0.",
  args: '',
  count: [0, 0],
  example: { query: 'g.inject(0, 1).asBool()', gives: ['false', 'true'] },
  build: () => ({ kind: 'map', map: ({ value }) => truthOf(value) }),
});

function truthOf(value: GValue): boolean {
  if (typeof value === 'boolean') return value;
  if (isNumber(value)) {
    const number = toNumber(value);
    return number !== 0 && !Number.isNaN(number);
  }
  const word = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
  if (word === 'true' || word === 'false') return word === 'true';
  throw mistake(
    'gremlin.type',
    `Can't parse ${typeof value === 'string' || value === null ? value : `type ${javaType(value)}`} as Boolean.`,
  );
}
