/** The words of OVN: a type of node for each table, by Skydive's names. */
import * as z from 'zod';
import { field, keysOf, type NodeType, nodeType } from '../../model/vocabulary.ts';
import { chassisTable } from './southbound.ts';
import { type OvnTable, ovnTables } from './tables.ts';

const atom = z.union([z.string(), z.number(), z.boolean()]);
const pairs = z.record(z.string(), atom);

export const types: readonly NodeType[] = [...ovnTables, chassisTable].map(typeOf);

/** Every key of a node of ours. */
export const OWNED: ReadonlySet<string> = new Set(keysOf(types));

function typeOf({ type, doc }: OvnTable): NodeType {
  return nodeType(type, doc, {
    Type: field(z.literal(type), { doc: 'Kind of node', example: type, index: true }),
    Name: field(z.string(), { doc: 'Name in OVN; what is nameless there has its UUID.', example: 'sw0', index: true }),
    TID: field(z.string(), {
      doc: 'Topology ID: stays for as long as the row is in the database.',
      example: '1b4f0e98-51a2-5c4d-5b7c-3e1f2d7f0a11',
      index: true,
    }),
    UUID: field(z.string(), {
      doc: 'UUID in the database.',
      example: '4e9c1f5e-5a0e-4f0b-9a52-3a9d9dd51f0e',
      index: true,
    }),
    Manager: field(z.literal('ovn'), { doc: 'Who the thing belongs to.', example: 'ovn' }),
    State: field(z.enum(['UP', 'DOWN']).optional(), { doc: 'Whether a port is bound to a host.', example: 'UP' }),
    ExtID: field(pairs.optional(), {
      doc: 'external_ids: what whoever manages OVN keeps there; without what sounds like a secret.',
      example: { owner: 'lab' },
    }),
    OVN: field(z.record(z.string(), z.union([atom, z.array(atom), pairs])).optional(), {
      doc: 'The row, by the names of its columns (`dynamic_addresses` is `DynamicAddresses`, `external_ip` is `ExternalIP`); rows it names are edges.',
      example: { Addresses: ['0a:00:00:00:00:01 10.0.0.1'] },
    }),
  });
}
