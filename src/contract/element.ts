/** Nodes and edges on the wire, in Skydive's shape: capital keys, times in epoch ms, `DeletedAt: null` while alive. */
import * as z from 'zod';

/** Versions our own answers; Skydive's shapes (`/api/topology`, `/api/node`, WebSockets) carry no version. */
export const schemaVersion = 'skein/v1';

/** A name is what people and queries call a thing by; a longer one is a mistake or an attack. */
export const idLengthMax = 512;

export const idShape = z.string().min(1).max(idLengthMax).meta({ description: 'Opaque identifier.' });

/** Any JSON. One schema for all uses, so that it has one name in the OpenAPI document. */
export const jsonShape = z.json().meta({ id: 'Json' });

const timeShape = z.int().nonnegative().meta({ description: 'Epoch milliseconds, UTC.' });

export const metadataShape = z
  .record(z.string(), z.json())
  .meta({ id: 'Metadata', description: 'Free JSON. `Type` and `Name` are there on every node.' });

const versionShape = {
  ID: idShape,
  Metadata: metadataShape,
  Host: z.string().meta({ description: 'host_id of the machine it belongs to.' }),
  Origin: z
    .string()
    .meta({ description: 'Who says so: `agent.<host>`, `api.<host>`, or what a publisher calls itself.' }),
  CreatedAt: timeShape,
  UpdatedAt: timeShape.meta({
    description: 'Since when this version has been so, epoch ms. CreatedAt for the first version.',
  }),
  DeletedAt: timeShape.nullable().meta({ description: 'End of its life, epoch ms; null while it is alive.' }),
  Revision: z.int().meta({ description: '1 for the first version of a life, +1 with every change.' }),
};

export const nodeShape = z.object(versionShape).meta({ id: 'Node' });

export const edgeShape = z
  .object({
    ...versionShape,
    Parent: idShape.meta({ description: 'Node the edge starts from.' }),
    Child: idShape.meta({ description: 'Node the edge goes to.' }),
  })
  .meta({ id: 'Edge' });

export const graphShape = z.object({ Nodes: z.array(nodeShape), Edges: z.array(edgeShape) }).meta({ id: 'Graph' });

export type WireNode = z.infer<typeof nodeShape>;
export type WireEdge = z.infer<typeof edgeShape>;
export type WireElement = WireNode | WireEdge;
