import { mistake } from '../../../std/mistake.ts';
import { defineTraversalStep } from '../step.ts';

/** What a server tells apart from other mistakes (status 595), by the code; the message is what was given here. */
export const fail = defineTraversalStep({
  name: 'fail',
  doc: 'Ends the traversal with an error as soon as anything comes here.',
  args: '[message]',
  count: [0, 1],
  example: { query: "g.V().hasLabel('robot').fail('no robots')", gives: [] },
  build(call, builder) {
    const [message = 'fail() step triggered'] = builder.strings(call);
    return {
      kind: 'filter',
      accepts() {
        throw mistake('gremlin.fail', message);
      },
    };
  },
});
