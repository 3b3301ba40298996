import { nothing } from '../arguments.ts';
import { everyKind } from '../kind.ts';
import { defineStep } from '../step.ts';

export const profile = defineStep({
  name: 'profile',
  dialect: ['skydive'],
  mode: 'profile',
  doc: 'Runs the query and tells what each stage took in and gave out, and how long it was at it. Always the last step.',
  args: nothing,
  example: {
    on: 'host:h1',
    query: "G.V().Has('Name', 'eth0').Out().profile()",
    gives: ["V().Has('Name', 'eth0')", 'Out()'],
  },
  gives: Object.fromEntries(everyKind.map((kind) => [kind, kind])),
});
