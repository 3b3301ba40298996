/** Small answers as the server sends them. */
import type { WireEdge, WireNode } from '../../src/contract/element.ts';
import type { QueryReply } from '../../src/contract/query.ts';

const noon = Date.UTC(2026, 10, 21, 12);

const always = {
  schema: 'skein/v1',
  warnings: [],
  range: { from: noon - 3_600_000, to: noon },
  time: null,
  logRevision: 42,
  tookMs: 0.2,
} as const;

type OfKind<Kind> = Extract<QueryReply, { kind: Kind }>;

export function reply<Kind extends QueryReply['kind']>(
  kind: Kind,
  rest: Omit<OfKind<Kind>, 'kind' | keyof typeof always> & { warnings?: QueryReply['warnings'] },
): QueryReply {
  return { ...always, kind, ...rest } as unknown as QueryReply;
}

export function node(name: string, metadata: WireNode['Metadata'] = {}): WireNode {
  return {
    ID: `id-${name}`,
    Metadata: { Name: name, Type: 'device', ...metadata },
    Host: 'h1',
    Origin: 'agent.h1',
    CreatedAt: noon - 60_000,
    UpdatedAt: noon - 30_000,
    DeletedAt: null,
    Revision: 2,
  };
}

export function edge(parent: WireNode, relation: string, child: WireNode): WireEdge {
  return {
    ...node(`${parent.ID}/${child.ID}`),
    Metadata: { RelationType: relation },
    Parent: parent.ID,
    Child: child.ID,
  };
}
