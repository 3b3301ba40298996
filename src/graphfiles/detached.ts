/**
 * The same text with memory of its own. The engine makes a longer part of a text by pointing into the whole; kept in a graph
 * it would keep alive all of the file that it came from.
 */
export function detached(text: string): string {
  return text.length < SHORTEST_PART ? text : Buffer.from(text, 'utf16le').toString('utf16le');
}

/** V8's SlicedString::kMinLength: shorter parts are copies anyway. */
const SHORTEST_PART = 13;
