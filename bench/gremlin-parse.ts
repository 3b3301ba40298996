/** `node bench/gremlin-parse.ts`: µs to read a text of standard Gremlin, beside those of Skydive's dialect of the same kind. */

import { bytecodeText } from '../src/query/gremlin/explain/text.ts';
import { parseGremlin } from '../src/query/gremlin/parse/parse.ts';
import { defaultLimits } from '../src/query/limits.ts';
import { parse } from '../src/query/parser.ts';
import { texts } from '../test/query/gremlin/parse/texts.ts';

/** A question in both spellings. */
const pairs: readonly (readonly [string, string])[] = [
  ['g.V().count()', 'G.V().Count()'],
  ["g.V().has('Name','vo-50-5')", "G.V().Has('Name','vo-50-5')"],
  ["g.V().has('Type','veth').limit(10)", "G.V().Has('Type','veth').Limit(10)"],
  ["g.V().has('Name','vo-50-5').out().out()", "G.V().Has('Name','vo-50-5').Out().Out()"],
  [
    "g.V().has('Name',regex('vo-50-.*')).has('MTU',gt(9000))",
    "G.V().Has('Name',Regex('vo-50-.*')).Has('MTU',GT(9000))",
  ],
];

console.log('standard Gremlin and Skydive, µs a text, and the ratio (goal: 10 µs)');
for (const [standard, skydive] of pairs) {
  const ours = microseconds(() => parseGremlin(standard));
  const other = microseconds(() => parse(skydive, defaultLimits));
  console.log(`  ${digits(ours)} ${digits(other)} ${digits(ours / other)}  ${standard}`);
}

console.log('\nread and written again, µs a text');
let sum = 0;
for (const text of texts) {
  const read = microseconds(() => parseGremlin(text));
  const bytecodes = parseGremlin(text).statements.map(({ bytecode }) => bytecode);
  const written = microseconds(() => bytecodes.map((bytecode) => bytecodeText(bytecode)));
  sum += read;
  console.log(
    `  ${digits(read)} ${digits(written)}  ${text.length > 90 ? `${text.slice(0, 90)}…` : text}`.replaceAll('\n', ' '),
  );
}
console.log(`  ${digits(sum / texts.length)} the mean of ${texts.length} texts`);

/** Mean of one call. */
function microseconds(act: () => unknown): number {
  for (let i = 0; i < 20_000; i++) act();
  const started = performance.now();
  for (let i = 0; i < 50_000; i++) act();
  return ((performance.now() - started) / 50_000) * 1000;
}

function digits(value: number): string {
  return value.toFixed(2).padStart(8);
}
