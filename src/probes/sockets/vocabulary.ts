/** What the probe of sockets adds to nodes of namespaces; the sockets themselves are told beside the graph. */
import * as z from 'zod';
import { field, nodeType } from '../../model/vocabulary.ts';

const Services = field(
  z
    .array(
      z.strictObject({
        Protocol: z.enum(['TCP', 'UDP']),
        Address: z.string(),
        Port: z.int(),
        Process: z.string().optional(),
        Pid: z.int().optional(),
        User: z.string().optional(),
        ContainerID: z.string().optional(),
      }),
    )
    .optional(),
  {
    doc: 'What listens in the network namespace: TCP that listens, UDP that is not connected, and who holds it. Sorted by port.',
    example: [{ Protocol: 'TCP', Address: '0.0.0.0', Port: 80, Process: 'nginx', Pid: 711, User: 'www-data' }],
  },
);

export const adds = [
  nodeType('host', 'A machine.', { Services }),
  nodeType('netns', 'A network namespace.', { Services }),
];
