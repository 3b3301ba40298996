import { textOp } from '../forms/text.ts';
import { defineTraversalStep, type TraversalStep } from '../step.ts';

export const toUpper = inCase('toUpper', 'large', (text) => text.toUpperCase(), 'MARKO');
export const toLower = inCase('toLower', 'small', (text) => text.toLowerCase(), 'marko');

function inCase(name: string, size: string, change: (text: string) => string, gives: string): TraversalStep {
  return defineTraversalStep({
    name,
    doc: `A text in ${size} letters; with local, those of a list.`,
    args: '[scope]',
    count: [0, 1],
    example: { query: `g.V(1).values('name').${name}()`, gives: [gives] },
    build: (call) => textOp(call, change),
  });
}
