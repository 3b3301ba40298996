/** What a request asks for beside its path, for the log of who did what: queries and names, never a body as a whole. */
import type { IncomingMessage } from 'node:http';

const noted = new WeakMap<IncomingMessage, string>();

export function note(request: IncomingMessage, text: string): void {
  noted.set(request, text);
}

export function notedOf(request: IncomingMessage): string | undefined {
  return noted.get(request);
}

/** Of a capture or a rule that was made: which it is, and where. */
export function wordsOf(made: unknown): string {
  const its = made as Readonly<Record<string, unknown>>;
  return ['UUID', 'GremlinQuery', 'Query', 'Src', 'Dst', 'BPFFilter']
    .map((key) => its[key])
    .filter((value) => typeof value === 'string' && value !== '')
    .join(' ');
}
