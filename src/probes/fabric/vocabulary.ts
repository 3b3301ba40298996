/** The words of a fabric: what a file says of a node may have any other key besides. */
import * as z from 'zod';
import { field, nodeType } from '../../model/vocabulary.ts';

const shape = (type: string, example: string) => ({
  Type: field(z.literal(type), { doc: 'Kind of node; the file may say any other.', example: type, index: true }),
  Name: field(z.string(), { doc: 'Name in the file.', example, index: true }),
  TID: field(z.string(), {
    doc: 'Topology ID: follows from the names that lead to it.',
    example: '1b4f0e98-51a2-5c4d-8b7c-3e1f2d7f0a11',
    index: true,
  }),
  Probe: field(z.literal('fabric'), { doc: 'Who says so: it is written, not seen.', example: 'fabric' }),
});

export const types = [
  nodeType(
    'device',
    'A thing that is described in a file (fabric): a switch, a router, anything.',
    shape('device', 'tor1'),
  ),
  nodeType('port', 'A port of such a thing.', shape('port', 'p1')),
  nodeType('rack', 'A rack that is described in a file.', shape('rack', 'r7')),
];
