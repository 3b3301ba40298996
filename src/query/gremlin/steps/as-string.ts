import { mistake } from '../../../std/mistake.ts';
import { isLocal } from '../arguments/local.ts';
import { elementNames } from '../read/element-names.ts';
import type { Run } from '../run/run.ts';
import { defineTraversalStep } from '../step.ts';
import { javaText } from '../value/java-text.ts';
import { membersOf } from '../value/members.ts';
import type { GValue } from '../value/value.ts';

export const asString = defineTraversalStep({
  name: 'asString',
  doc: 'A value as text; with local, each of a list.',
  args: '[scope]',
  count: [0, 1],
  example: { query: 'g.V(1).asString()', gives: ['v[1]'] },
  build: (call) =>
    isLocal(call)
      ? {
          kind: 'map',
          map({ value }, run) {
            const members = membersOf(value);
            return members === undefined ? textOf(value, run) : Array.from(members, (item) => textOf(item, run));
          },
        }
      : { kind: 'map', map: ({ value }, run) => textOf(value, run) },
});

function textOf(value: GValue, run: Run): string {
  if (value === null) throw mistake('gremlin.type', "Can't parse null as String.");
  return javaText(value, elementNames(run));
}
