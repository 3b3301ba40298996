import { readToken } from '../read/token.ts';
import { defineTraversalStep, NOTHING, type TraversalStep } from '../step.ts';
import { type Token, tokens } from '../value/token.ts';

export const id = part(tokens.T.id, 'The id of an element.', "g.V().has('name', 'josh').id()", ['4']);
export const label = part(tokens.T.label, 'The label of an element, the key of a property.', 'g.V(3).label()', [
  'software',
]);
export const key = part(tokens.T.key, 'The key of a property.', 'g.V(1).properties().key()', ['name', 'age']);
export const value = part(tokens.T.value, 'The value of a property.', 'g.V(1).properties().value()', ['marko', '29']);

function part(token: Token, doc: string, query: string, gives: string[]): TraversalStep {
  return defineTraversalStep({
    name: token.name,
    doc,
    args: '',
    count: [0, 0],
    example: { query, gives },
    build: () => ({
      kind: 'map',
      map: ({ value: element }, run) => (element === null ? NOTHING : readToken(element, token, run)),
    }),
  });
}
