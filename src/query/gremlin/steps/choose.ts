import { readOptions } from '../branch/options.ts';
import { branching, PASSES } from '../branch/ways.ts';
import { gathers } from '../compile/gathers.ts';
import { questionOf } from '../judge/question.ts';
import { defineTraversalStep } from '../step.ts';

export const choose = defineTraversalStep({
  name: 'choose',
  doc: 'One way or another: by a yes or no, or by the first option that fits; as it is where none does.',
  args: 'traversal or predicate or token[, then[, else]]',
  count: [1, 3],
  modulators: ['option'],
  example: {
    query: "g.V(1, 3).choose(hasLabel('person'), values('age'), values('lang'))",
    gives: ['29', 'java'],
  },
  build(call, builder) {
    const { mark } = builder;
    const [what, then, otherwise] = call.args;
    if (then === undefined) {
      const { ways, choice } = readOptions(call, builder, { isExclusive: true });
      return branching(ways, choice, { gathers: gathers(call.modulations.flatMap(({ args }) => args)), mark });
    }
    const question = questionOf(what, call, builder);
    const ways = [then, otherwise].filter((way) => way !== undefined).map((way) => builder.child(way, call));
    const [yes, no] = [[0], otherwise === undefined ? PASSES : [1]];
    const { direct } = question;
    return branching(
      ways,
      {
        direct: direct && ((traverser, run) => (direct(traverser, run) ? yes : no)),
        *choose(traverser, run) {
          return (yield* question.ask(traverser, run)) ? yes : no;
        },
      },
      { gathers: gathers(call.args.slice(1)), mark },
    );
  },
});
