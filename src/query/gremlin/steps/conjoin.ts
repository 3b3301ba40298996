import { incoming } from '../forms/two-lists.ts';
import { elementNames } from '../read/element-names.ts';
import { defineTraversalStep } from '../step.ts';
import { javaText } from '../value/java-text.ts';
import { checkTextLength } from '../value/text-length.ts';

export const conjoin = defineTraversalStep({
  name: 'conjoin',
  doc: 'What a list holds as one text, with a separator between; null is left out.',
  args: 'separator',
  count: [1, 1],
  example: { query: "g.inject(['a', 1]).conjoin('-')", gives: ['a-1'] },
  build(call, builder) {
    const [separator] = call.args;
    if (typeof separator !== 'string') builder.wrong(call, "Input delimiter to conjoin step can't be null.");
    return {
      kind: 'map',
      map({ value }, run) {
        const texts: string[] = [];
        let length = 0;
        let sawNull = false;
        for (const item of incoming(value, 'conjoin')) {
          if (item === null) {
            sawNull = true;
            continue;
          }
          const text = javaText(item, elementNames(run));
          length += text.length + String(separator).length;
          checkTextLength(length);
          texts.push(text);
        }
        return texts.length === 0 && sawNull ? null : texts.join(separator as string);
      },
    };
  },
});
