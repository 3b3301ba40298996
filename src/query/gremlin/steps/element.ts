import { mistake } from '../../../std/mistake.ts';
import { defineTraversalStep } from '../step.ts';
import { javaType } from '../value/java-type.ts';
import { Property, VertexProperty } from '../value/value.ts';

export const element = defineTraversalStep({
  name: 'element',
  doc: 'The element that a property belongs to.',
  args: '',
  count: [0, 0],
  example: { query: "g.V(1).properties('name').element()", gives: ['v[1]'] },
  build: () => ({
    kind: 'map',
    map({ value }) {
      if (value instanceof VertexProperty) return value.vertex;
      if (value instanceof Property) return value.element;
      throw mistake('gremlin.type', `${javaType(value)} cannot be cast to Property`);
    },
  }),
});
