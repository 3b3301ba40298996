/** The key that captures add to the nodes they run on. */
import * as z from 'zod';
import { field, type NodeType, nodeType } from '../model/vocabulary.ts';

const entryShape = z.object({
  ID: z.string(),
  State: z.enum(['active', 'error']),
  Type: z.string().optional(),
  Name: z.string().optional(),
  Description: z.string().optional(),
  BPFFilter: z.string().optional(),
  PCAPSocket: z.string().optional(),
  SFlowSocket: z.string().optional(),
  Listens: z.string().optional(),
  Error: z.string().optional(),
  Why: z.array(z.string()).optional(),
});

export const captureFields = {
  Captures: field(z.array(entryShape).optional(), {
    doc:
      'Captures that run here: ID, State (active, or error with its Error), Type (the mechanism that was taken; Why not a ' +
      'better one), PCAPSocket or SFlowSocket where it listens; in answers also PacketsReceived, PacketsDropped and ' +
      'PacketsIfDropped, which are counters and make no versions.',
    example: [{ ID: '91b623e6-ff0c-4743-5480-66184637dd6b', State: 'active', Type: 'afpacket' }],
  }),
};

/** For all types of nodes that some mechanism takes. */
export function captureTypes(nodeTypes: Iterable<string>): NodeType[] {
  return [...new Set(nodeTypes)].sort().map((name) => nodeType(name, 'What packets pass.', captureFields));
}
