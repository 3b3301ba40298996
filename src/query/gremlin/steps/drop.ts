import { mistake } from '../../../std/mistake.ts';
import { elementNames } from '../read/element-names.ts';
import { isElement } from '../read/value.ts';
import { defineTraversalStep } from '../step.ts';
import { javaText } from '../value/java-text.ts';
import { Property, VertexProperty } from '../value/value.ts';

export const drop = defineTraversalStep({
  name: 'drop',
  doc: 'Removes what comes: elements, or properties of them.',
  args: '',
  count: [0, 0],
  writes: true,
  example: { query: "g.V().hasLabel('software').drop()", gives: [] },
  build: () => ({
    kind: 'filter',
    accepts(value, run) {
      if (isElement(value)) run.writer().remove(value);
      else if (value instanceof VertexProperty || value instanceof Property) run.writer().removeProperty(value);
      else throw mistake('gremlin.type', `The incoming object is not removable: ${javaText(value, elementNames(run))}`);
      return false;
    },
  }),
});
