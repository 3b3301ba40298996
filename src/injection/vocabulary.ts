/** The key that injections add to the nodes they are sent from. */
import * as z from 'zod';
import { field, type NodeType, nodeType } from '../model/vocabulary.ts';

const entryShape = z.object({ ID: z.string(), State: z.string(), Count: z.int() });

export const injectionFields = {
  PacketInjections: field(z.array(entryShape).optional(), {
    doc:
      'Packets of ours that are, or were, sent from here: ID, State (active, completed or failed), Count (packets sent, ' +
      'told every 3 s). Gone when the injection is deleted.',
    example: [{ ID: '91b623e6-ff0c-4743-5480-66184637dd6b', State: 'active', Count: 3 }],
  }),
};

/** For all types of nodes: what has no interface sends from that of its namespace. */
export function injectedTypes(nodeTypes: Iterable<string>): NodeType[] {
  return [...new Set(nodeTypes)].sort().map((name) => nodeType(name, 'What packets are sent from.', injectionFields));
}
