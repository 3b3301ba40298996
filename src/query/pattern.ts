/**
 * Regular expressions from users: RE2 syntax, anchored at both ends, in time linear to the text.
 *
 * JavaScript's own engine backtracks, so one pattern could stop the process. Measured on 100,000 short names
 * (Node 24): RE2JS 9-13 ms; V8's linear engine (flag l, experimental) 30-90 ms, and it refuses much of the syntax;
 * V8's backtracking engine 2-5 ms. RE2JS also reads exactly the syntax Skydive's users know from Go. Patterns that
 * are only literals around `.*`, or a choice of literals, need no engine at all: about 2 ms.
 */
import { RE2JS, RE2JSSyntaxException } from 're2js';

export interface Pattern {
  test(text: string): boolean;
  /** The whole set of texts that match, when it is small and known: an index can find them. */
  readonly texts: readonly string[] | undefined;
}

/** Throws nothing: a pattern that cannot be is the reason in words. */
export function compilePattern(source: string): Pattern | string {
  // Always compiled: it is the judge of what is a pattern.
  const compiled = compileBounded(source);
  if (typeof compiled === 'string') return compiled;
  return plainPattern(source) ?? { test: (text) => compiled.matches(text), texts: undefined };
}

/** The same without the ends: a pattern that may be found anywhere in a text. */
export function compileFinder(source: string): ((text: string) => boolean) | string {
  const compiled = compileBounded(source);
  if (typeof compiled === 'string') return compiled;
  const literal = literalOf(source);
  if (literal !== undefined) return (text) => text.includes(literal);
  const start = source.startsWith('^') ? literalOf(source.slice(1)) : undefined;
  if (start !== undefined) return (text) => text.startsWith(start);
  return (text) => compiled.matcher(text).find();
}

function compileBounded(source: string): RE2JS | string {
  if (estimate(source) > ESTIMATE_MAX) return TOO_LARGE;
  try {
    const compiled = RE2JS.compile(source);
    return compiled.programSize() > PROGRAM_MAX ? TOO_LARGE : compiled;
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return error.message;
    throw error;
  }
}

/** Linear in the text is still linear in the pattern too: at this size one text costs up to 5 ms, once. */
const PROGRAM_MAX = 600;
/** Compiling costs about 1 us for each unit of the estimate. */
const ESTIMATE_MAX = 20_000;
const TOO_LARGE = 'the pattern is too large; fewer or smaller repeats {…} would do';

/** What the repeats make of the length. */
function estimate(source: string): number {
  let flat = 0;
  let nested = 1;
  for (const [, group, least, most] of source.matchAll(/(\)?)\{(\d+)(?:,(\d*))?\}/g)) {
    const count = Number(most || least);
    if (group === ')') nested *= Math.max(1, count);
    else flat += count;
  }
  return source.length * Math.max(1, flat) * nested;
}

/** `^` and `$` at the ends say what is so anyway. */
function plainPattern(source: string): Pattern | undefined {
  const bare = source.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  const choice = /^\(([^()]*)\)$/.exec(bare)?.[1] ?? bare;
  const texts = choice.split('|').map(literalOf);
  if (texts.every((text) => text !== undefined)) {
    const set = new Set(texts);
    const [only] = texts;
    return { test: set.size === 1 ? (text) => text === only : (text) => set.has(text), texts: [...set] };
  }
  const [head, tail, ...more] = bare.split('.*').map(literalOf);
  if (more.length === 0 && head !== undefined && tail !== undefined) {
    const least = head.length + tail.length;
    return {
      test: (text) =>
        text.length >= least &&
        text.startsWith(head) &&
        text.endsWith(tail) &&
        // A dot is any character but the end of a line.
        !text.slice(head.length, text.length - tail.length).includes('\n'),
      texts: undefined,
    };
  }
  return undefined;
}

/** The text that a pattern without any operator stands for. */
function literalOf(source: string): string | undefined {
  if (/[\^$.*+?()[\]{}|]/.test(source.replace(/\\[\W_]/g, ''))) return undefined;
  if (/\\[A-Za-z0-9]|\\$/.test(source.replace(/\\\\/g, ''))) return undefined;
  return source.replace(/\\(.)/g, '$1');
}
