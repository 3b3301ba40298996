import type { Bytecode, Instruction } from '../bytecode.ts';
import { trackingOf } from '../compile/tracking.ts';
import { eachStep, everywhere, said } from './everywhere.ts';
import { defineStrategy } from './strategy.ts';

export const incidentToAdjacent = defineStrategy({
  name: 'IncidentToAdjacentStrategy',
  doc: 'Where nobody asks for the edges between, `outE().inV()` is `out()`, and `bothE().otherV()` is `both()`.',
  isUsual: true,
  rewrite(bytecode) {
    if (!hasEnds(bytecode)) return bytecode;
    const shorter = everywhere(bytecode, paired);
    // An edge is a place on the way: where that is asked for, it stays.
    return trackingOf(shorter) === 'all' ? bytecode : shorter;
  },
});

const pairs: ReadonlyMap<string, { readonly end: string; readonly step: string }> = new Map([
  ['outE', { end: 'inV', step: 'out' }],
  ['inE', { end: 'outV', step: 'in' }],
  ['bothE', { end: 'otherV', step: 'both' }],
]);

function hasEnds(bytecode: Bytecode): boolean {
  let found = false;
  eachStep(bytecode, ({ name }) => {
    found ||= name === 'inV' || name === 'outV' || name === 'otherV';
  });
  return found;
}

function paired(steps: readonly Instruction[]): readonly Instruction[] {
  const out: Instruction[] = [];
  for (const step of steps) {
    const before = out.at(-1);
    const pair = before && pairs.get(before.name);
    // `outE().otherV()` is the same as `outE().inV()`.
    const isEnd = pair !== undefined && (step.name === pair.end || step.name === 'otherV') && step.args.length === 0;
    if (before !== undefined && pair !== undefined && isEnd)
      out[out.length - 1] = said(before, pair.step, ...before.args);
    else out.push(step);
  }
  return out;
}
