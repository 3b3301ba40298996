/** Where in a query someone is typing: in the name of a step, or in which argument of which call. */
import { Lexer } from './lexer.ts';

export interface Cursor {
  /** Text before the step in which the cursor is: a query of its own. */
  readonly before: string;
  /** Open calls around the cursor, the step first; none: a step's name is being typed. */
  readonly calls: readonly OpenCall[];
  /** What is typed of the word or string at the cursor, and where it begins, quote included. */
  readonly typed: string;
  readonly from: number;
  /** The quote, when the cursor is in a string. */
  readonly quote: string | undefined;
  /** 'start': nothing but a part of G yet; 'dot': a step is finished, only a dot can follow. */
  readonly place: 'start' | 'dot' | 'step' | 'argument';
}

export interface OpenCall {
  readonly name: string;
  /** Arguments before the cursor: texts by value, anything else as undefined. */
  readonly args: readonly (string | undefined)[];
}

export function cursorAt(text: string, offset: number): Cursor {
  const head = text.slice(0, offset);
  const lexer = new Lexer(head);
  const calls: { name: string; args: (string | undefined)[] }[] = [];
  let stepFrom = 0;
  let place: Cursor['place'] = 'start';
  let word = '';
  while (lexer.kind !== 'end') {
    const { kind, from, to } = lexer;
    const isOpenString = kind === 'string' && lexer.faults.length > 0;
    if (isOpenString || (kind === 'word' && to === offset)) {
      const quote = isOpenString ? head[from] : undefined;
      return { before: head.slice(0, stepFrom), calls, typed: lexer.word, from, quote, place };
    }
    const inside = calls.at(-1)?.args;
    switch (kind) {
      case 'dot':
        if (inside !== undefined) break;
        stepFrom = from;
        place = 'step';
        break;
      case 'open':
        // The name before it was no argument of its own.
        inside?.pop();
        calls.push({ name: word, args: [] });
        place = 'argument';
        break;
      case 'close':
        calls.pop();
        calls.at(-1)?.args.push(undefined);
        if (calls.length === 0) place = 'dot';
        break;
      case 'string':
        inside?.push(lexer.word);
        break;
      case 'word':
        word = lexer.word;
        if (inside === undefined) place = 'dot';
        inside?.push(undefined);
        break;
      case 'number':
        inside?.push(undefined);
        break;
    }
    lexer.next();
  }
  return { before: head.slice(0, stepFrom), calls, typed: '', from: offset, quote: undefined, place };
}
