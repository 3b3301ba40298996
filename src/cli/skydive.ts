/** Habits of Skydive: `skydive client query …` is `skein query …`, and it answers in Skydive's shape. */
export function fromSkydive(words: readonly string[]): readonly string[] {
  const at = words.indexOf('client');
  if (at < 0 || !words.slice(0, at).every(mayStandBefore)) return words;
  const before = words.slice(0, at);
  // `client topology query --gremlin X` was the old name of `client query X`.
  const rest = words.slice(words[at + 1] === 'topology' && words[at + 2] === 'query' ? at + 2 : at + 1);
  const isFormatChosen = rest.some((word) => /^(-o|--output|--format)/.test(word));
  if (rest[0] === 'status' && !isFormatChosen) return [...before, ...rest, '--output=json'];
  if ((rest[0] === 'capture' || rest[0] === 'injection') && skydiveShaped.has(rest[1] ?? '') && !isFormatChosen)
    return [...before, ...rest, '--output=skydive'];
  if (rest[0] !== 'query') return [...before, ...rest];
  return [...before, ...rest.flatMap(withoutGremlinFlag), ...(isFormatChosen ? [] : ['--format=json'])];
}

/** Those of its commands about captures and injections that print some. */
const skydiveShaped: ReadonlySet<string> = new Set(['create', 'list', 'get']);

/** Options with their values: of those that a server is named with, only an address or a path can stand alone. */
function mayStandBefore(word: string): boolean {
  return word.startsWith('-') || /[:/]/.test(word);
}

function withoutGremlinFlag(word: string): string[] {
  if (word === '--gremlin') return [];
  return [word.replace(/^--gremlin=/, '')];
}
