import { identityBy } from '../arguments/by.ts';
import { mapping } from '../forms/waiting.ts';
import { elementNames } from '../read/element-names.ts';
import { scopeValue } from '../read/scope.ts';
import { isElement, readValue } from '../read/value.ts';
import { defineTraversalStep, NOTHING } from '../step.ts';
import { javaText } from '../value/java-text.ts';
import { checkTextLength } from '../value/text-length.ts';
import { VertexProperty } from '../value/value.ts';

export const format = defineTraversalStep({
  name: 'format',
  doc: 'A text with values in it: `%{name}` of a property, a key of a map, or a name; `%{_}` of the next `by`.',
  args: 'text',
  count: [1, 1],
  modulators: ['by'],
  tracking: ([text]) => (typeof text === 'string' && /%\{(?!_\})/.test(text) ? 'named' : 'none'),
  example: { query: "g.V(1).format('%{name} is %{age}')", gives: ['marko is 29'] },
  build(call, builder) {
    const [text] = call.args;
    if (typeof text !== 'string') builder.wrong(call, "Format string for Format step can't be null.");
    const pieces = taken(String(text));
    const found = builder.bys(call);
    const bys = found.length > 0 ? found : [identityBy()];
    return mapping(
      { isDirect: bys.every(({ direct }) => direct !== undefined), mark: builder.mark },
      function* (traverser, run) {
        let made = '';
        let next = 0;
        const { value } = traverser;
        for (const piece of pieces) {
          made += piece.before;
          if (piece.name === undefined) continue;
          let held = NOTHING as ReturnType<typeof readValue>;
          if (piece.name === '_') {
            const by = bys[next++ % bys.length] ?? identityBy();
            held = by.direct === undefined ? yield* by.value(traverser, run) : by.direct(traverser, run);
          } else {
            if (isElement(value) || value instanceof VertexProperty) held = readValue(value, piece.name, run);
            if (held === NOTHING) held = scopeValue(traverser, piece.name, 'last', run);
          }
          // What has a hole is not told at all.
          if (held === NOTHING || held === null) return NOTHING;
          made += javaText(held, elementNames(run));
          checkTextLength(made.length);
        }
        return made;
      },
    );
  },
});

interface Piece {
  readonly before: string;
  readonly name: string | undefined;
}

/** `%%{` is no name. */
function taken(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (let at = text.indexOf('%{'); at >= 0; at = text.indexOf('%{', at + 1)) {
    if (text[at - 1] === '%') continue;
    const to = text.indexOf('}', at);
    if (to < 0) break;
    pieces.push({ before: text.slice(from, at), name: text.slice(at + 2, to) });
    from = to + 1;
    at = to;
  }
  pieces.push({ before: text.slice(from), name: undefined });
  return pieces;
}
