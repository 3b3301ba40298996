/** Where in a standard traversal someone is typing: in the name of a step, or in which argument of which call. */
import { Lexer } from '../../lexer.ts';

export interface Typed {
  /** 'source': nothing yet; 'start' and 'step': the name of a step; 'dot': a step is finished. */
  readonly place: 'source' | 'start' | 'step' | 'dot' | 'argument';
  /** Calls around the cursor, outermost first; arguments before it: texts by value, others as undefined. */
  readonly calls: readonly { readonly name: string; readonly args: readonly (string | undefined)[] }[];
  /** What is typed of the word or string at the cursor, and where it begins, quote included. */
  readonly word: string;
  readonly from: number;
  /** The quote, when the cursor is in a string. */
  readonly quote: string | undefined;
}

export function typedAt(text: string, offset: number): Typed {
  const head = text.slice(0, offset);
  const lexer = new Lexer(head, 'gremlin');
  const calls: { name: string; args: (string | undefined)[]; isFresh: boolean }[] = [];
  let word = '';
  let steps = 0;
  let last: Lexer['kind'] = 'end';
  const place = (): Typed['place'] => {
    if (last === 'dot') return calls.length === 0 && steps === 0 ? 'start' : 'step';
    if (calls.length > 0) return last === 'close' ? 'dot' : 'argument';
    return last === 'end' || last === 'semicolon' ? 'source' : 'dot';
  };
  while (lexer.kind !== 'end') {
    const { kind, from, to } = lexer;
    const isOpenString = kind === 'string' && lexer.faults.length > 0;
    if (isOpenString || (kind === 'word' && to === offset)) {
      return { place: place(), calls, word: lexer.word, from, quote: isOpenString ? head[from] : undefined };
    }
    const inside = calls.at(-1);
    switch (kind) {
      case 'open':
        calls.push({ name: word, args: [], isFresh: true });
        break;
      case 'close':
        calls.pop();
        break;
      case 'semicolon':
        steps = 0;
        break;
      case 'comma':
        if (inside !== undefined) inside.isFresh = true;
        break;
      case 'word':
        word = lexer.word;
        // `with…` is said of the source.
        if (last === 'dot' && calls.length === 0 && !word.startsWith('with')) steps++;
    }
    // The first token behind a parenthesis or a comma begins an argument.
    const around = calls.at(-1);
    if (around?.isFresh && kind !== 'open' && kind !== 'comma') {
      around.args.push(kind === 'string' ? lexer.word : undefined);
      around.isFresh = false;
    } else if (inside?.isFresh && kind === 'open') inside.isFresh = false;
    last = kind;
    lexer.next();
  }
  return { place: place(), calls, word: '', from: offset, quote: undefined };
}
