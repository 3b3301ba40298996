/** Actions as ovs-ofctl(8) writes them, one by one: `load:0x1->NXM_NX_REG0[],resubmit(,10)`. */

export interface Word {
  readonly text: string;
  /** In small letters: `resubmit`, `output`, `set_field`. */
  readonly name: string;
  /** What stands behind the colon, or between the parentheses. */
  readonly rest: string;
}

export function wordsOf(text: string): readonly Word[] {
  return split(text).map((one) => {
    const [, name = one, rest = ''] = /^([A-Za-z_]\w*)(?::|(?=\())(.*)$/s.exec(one) ?? [];
    const inner = rest.startsWith('(') && rest.endsWith(')') ? rest.slice(1, -1) : rest;
    return { text: one, name: name.toLowerCase(), rest: inner };
  });
}

/** At commas that stand in no parentheses. */
export function split(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    const char = text[at];
    if (char === '(' || char === '[' || char === '{') depth++;
    else if (char === ')' || char === ']' || char === '}') depth--;
    if (at < text.length && (char !== ',' || depth > 0)) continue;
    const part = text.slice(from, at).trim();
    if (part !== '') parts.push(part);
    from = at + 1;
  }
  return parts;
}
