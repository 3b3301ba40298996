/** Metadata on the command line: KEY=VALUE, where a value that is JSON is what it says, and any other is text. */
import { usageFailure } from './failure.ts';

export function pairsOf(words: readonly string[]): Record<string, unknown> {
  const pairs: Record<string, unknown> = {};
  for (const word of words) {
    const at = word.indexOf('=');
    if (at < 1) throw usageFailure(`"${word}" is not KEY=VALUE`, 'like Team=web, Rack=7 or Site=\'{"Room": 2}\'');
    pairs[word.slice(0, at)] = valueIn(word.slice(at + 1));
  }
  return pairs;
}

/** As `--metadata` takes it: a JSON object, or as Skydive writes it, a=1,b=2. */
export function metadataOf(text: string): Record<string, unknown> {
  const json = valueIn(text);
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  return pairsOf(text.split(',').filter((pair) => pair.trim() !== ''));
}

function valueIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
