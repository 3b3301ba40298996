import { Bytecode } from '../bytecode.ts';
import { judgeOfPredicate } from '../judge/compared.ts';
import { opOf } from '../judge/judge.ts';
import { judgeOfWhere, namesEnds } from '../judge/where.ts';
import { defineTraversalStep } from '../step.ts';
import { Predicate } from '../value/predicate.ts';

export const where = defineTraversalStep({
  name: 'where',
  doc: 'What the traversal makes something of, or what passes a test against something with a name.',
  args: '[name, ]predicate or traversal',
  count: [1, 2],
  modulators: ['by'],
  tracking: (args) => (args.some((arg) => !(arg instanceof Bytecode) || namesEnds(arg)) ? 'named' : 'none'),
  example: {
    query: "g.V(1).as('a').out('created').in('created').where(neq('a')).values('name')",
    gives: ['josh', 'peter'],
  },
  build(call, builder) {
    const { mark } = builder;
    const [first, second] = call.args;
    if (first instanceof Bytecode && call.args.length === 1) return opOf(judgeOfWhere(first, call, builder), mark);
    const [start, predicate] = call.args.length === 1 ? [undefined, first] : [first, second];
    if (predicate instanceof Predicate && (start === undefined || typeof start === 'string'))
      return opOf(judgeOfPredicate(start, predicate, builder.bys(call)), mark);
    builder.wrong(call, 'where takes a traversal, or a predicate of a name', "where(neq('a'))");
    return { kind: 'filter', accepts: () => false };
  },
});
