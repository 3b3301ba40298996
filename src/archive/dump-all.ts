/** The graph's part, the flows and the sockets of an archive, one after the other. */
import type { Span } from '../graph/view.ts';
import type { Archive } from './archive.ts';
import type { Dumped, DumpPage } from './dump.ts';
import { dumpFlows } from './dump-flows.ts';
import { dumpSockets } from './dump-sockets.ts';

const PARTS = ['graph', 'flows', 'sockets'] as const;
type Part = (typeof PARTS)[number];

/**
 * Everything that was so at some time of the span: versions, samples, flows with their losses, sockets. What is added
 * meanwhile may be in it or not; nothing that was there before is left out.
 */
export async function* dump(
  archive: Archive,
  { after, span = EVER }: { readonly after?: string | undefined; readonly span?: Span } = {},
): AsyncGenerator<DumpPage> {
  const colon = after?.indexOf(':') ?? -1;
  const begun = after === undefined ? 0 : PARTS.indexOf(after.slice(0, colon) as Part);
  for (const [place, part] of PARTS.entries()) {
    if (place < begun) continue;
    const inPart = place === begun && after !== undefined ? after.slice(colon + 1) : undefined;
    for await (const { items, next } of partOf(archive, part, inPart, span))
      yield { items: items.filter((item) => lies(item, span)), next: `${part}:${next}` };
  }
}

function partOf(archive: Archive, part: Part, after: string | undefined, span: Span): AsyncIterable<DumpPage> {
  switch (part) {
    case 'graph':
      return span === EVER ? archive.dump(after) : archive.dump(after, span);
    case 'flows':
      return archive.flows ? dumpFlows(archive.flows, after, span) : nothing();
    case 'sockets':
      return archive.sockets ? dumpSockets(archive.sockets, after, span) : nothing();
  }
}

async function* nothing(): AsyncGenerator<never> {}

/** Whether it was so at some time of the span. */
export function lies(item: Dumped, { from, to }: Span): boolean {
  switch (item.kind) {
    case 'version': {
      const { updatedAt, validTo = Number.POSITIVE_INFINITY } = item.element;
      return updatedAt <= to && validTo > from;
    }
    case 'sample':
      return item.sample.start <= to && item.sample.last > from;
    case 'flow':
      return item.flow.Start <= to && item.flow.Last >= from;
    case 'loss':
      return item.loss.from <= to && item.loss.to >= from;
    case 'socket': {
      const { openedAt, closedAt = Number.POSITIVE_INFINITY } = item.socket;
      return openedAt <= to && closedAt >= from;
    }
  }
}

export const EVER: Span = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
