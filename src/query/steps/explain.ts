import { nothing } from '../arguments.ts';
import { everyKind } from '../kind.ts';
import { defineStep } from '../step.ts';

export const explain = defineStep({
  name: 'explain',
  dialect: ['skydive'],
  mode: 'explain',
  doc: 'How the query would run: its stages, and what goes to which index. Always the last step.',
  args: nothing,
  example: {
    on: 'host:h1',
    query: "G.V().Has('Name', 'eth0').Out().explain()",
    gives: ["V().Has('Name', 'eth0')", 'Out()'],
  },
  gives: Object.fromEntries(everyKind.map((kind) => [kind, kind])),
});
