/** What the indices of the graph look like. */
import type { Server } from '../server.ts';
import { EPOCH_MS, type IndexTemplate, SPAN_MS, UNSEARCHED, WORD } from '../templates.ts';

export function graphTemplates({ anyObject }: Server): IndexTemplate[] {
  const version = {
    end: { type: 'boolean' },
    isLast: { type: 'boolean' },
    kind: WORD,
    id: WORD,
    parent: WORD,
    child: WORD,
    host: WORD,
    origin: WORD,
    createdAt: EPOCH_MS,
    updatedAt: EPOCH_MS,
    recordedAt: EPOCH_MS,
    closedAt: EPOCH_MS,
    revision: { type: 'long' },
    valid: SPAN_MS,
    metadata: anyObject === 'flattened' ? { type: 'flattened', ignore_above: 8_191 } : { type: 'flat_object' },
    text: { type: 'text', index: false },
    isText: { type: 'boolean' },
  };
  const sample = {
    name: WORD,
    id: WORD,
    series: WORD,
    start: EPOCH_MS,
    last: EPOCH_MS,
    counters: { type: 'object', enabled: false },
    total: { type: 'object', enabled: false },
  };
  return [
    // Tombstones hold off what comes late; they go after so long.
    { name: 'open', isSliced: false, properties: version, settings: { 'index.gc_deletes': '12h' } },
    { name: 'versions', isSliced: true, properties: version },
    { name: 'counters', isSliced: false, properties: sample },
    { name: 'samples', isSliced: true, properties: sample },
    {
      name: 'state',
      isSliced: false,
      properties: {
        what: WORD,
        writer: UNSEARCHED,
        n: { type: 'long' },
        first: EPOCH_MS,
        last: EPOCH_MS,
        from: EPOCH_MS,
        to: EPOCH_MS,
        before: EPOCH_MS,
        isRelayed: { type: 'boolean' },
      },
    },
  ];
}
