/** Parameters of a scenario written into its text, as the language writes values. */
import { valueText } from '../../src/query/gremlin/text.ts';
import type { GValue } from '../../src/query/gremlin/value/value.ts';

export function inline(text: string, parameters: ReadonlyMap<string, GValue>): string {
  const names = [...parameters.keys()].sort((a, b) => b.length - a.length);
  return names.reduce((query, name) => query.replaceAll(name, () => valueText(parameters.get(name) as GValue)), text);
}

/** `g.withSideEffect(…)` before the rest. */
export function spread(text: string, sideEffects: ReadonlyMap<string, GValue>): string {
  const dot = text.indexOf('.');
  const more = Array.from(
    sideEffects,
    ([name, value]) => `.withSideEffect(${valueText(name)},${valueText(value)})`,
  ).join('');
  return text.slice(0, dot) + more + text.slice(dot);
}
