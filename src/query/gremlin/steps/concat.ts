import { mistake } from '../../../std/mistake.ts';
import { given } from '../arguments/given.ts';
import { mapping } from '../forms/waiting.ts';
import { defineTraversalStep } from '../step.ts';
import { javaType } from '../value/java-type.ts';
import { checkTextLength } from '../value/text-length.ts';
import type { GValue } from '../value/value.ts';

export const concat = defineTraversalStep({
  name: 'concat',
  doc: 'A text with others behind it: those given, or the first that each traversal gives. Null is left out.',
  args: '[text or traversal, …]',
  count: [0, Number.POSITIVE_INFINITY],
  example: { query: "g.V(1).values('name').concat(' is ', 'here')", gives: ['marko is here'] },
  build(call, builder) {
    const more = call.args.map((argument) => given(argument, call, builder));
    return mapping(
      { isDirect: more.every(({ isDirect }) => isDirect), mark: builder.mark },
      function* (traverser, run) {
        const texts = [textOf(traverser.value, 'String concat() can only take string as argument')];
        for (const one of more)
          texts.push(textOf(yield* one.ask(traverser, run), 'Concat argument must resolve to string'));
        // Of nothing but null comes null.
        if (texts.every((text) => text === null)) return null;
        checkTextLength(texts.reduce((length, text) => length + (text?.length ?? 0), 0));
        return texts.join('');
      },
    );
  },
});

function textOf(value: GValue, otherwise: string): string | null {
  if (value === null || typeof value === 'string') return value;
  throw mistake('gremlin.type', `${otherwise}, encountered ${javaType(value)}`);
}
