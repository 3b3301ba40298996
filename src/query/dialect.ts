/** Which language a query text is in: Skydive's begins with `G`, standard Gremlin with the name of a traversal source such as `g`. */

export type Dialect = 'skydive' | 'gremlin';

/** Of a text that begins like neither, such as `V().Count()`, Skydive's parser tells what is missing. */
export function dialectOf(text: string): Dialect {
  const head = text.slice(0, HEAD);
  return standard.test(head) && !spelledAsSkydive.test(head) ? 'gremlin' : 'skydive';
}

/** Characters that are looked at: a text may be long, and comes from anyone. */
const HEAD = 4096;

/** Comments before it are standard Gremlin's. */
const standard = /^(?:\s|\/\/.*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*[a-z_$][\w$]*\s*(?:\.|;|$)/;

/**
 * Skydive reads names in any case, and its own scripts say `g.v()`. What no traversal of TinkerPop can begin with is
 * Skydive's still: a small `v` or `e`, or a step with a capital other than V and E (`g.V().Has(…)`, `g.At(…)`).
 */
const spelledAsSkydive = /^\s*g\s*\.\s*(?:[ve]\s*\(|(?:[VE]\s*\([^()]*\)\s*\.\s*)?(?![VE]\b)[A-Z]\w*\s*\()/;
