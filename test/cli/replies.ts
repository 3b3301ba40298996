/** Small answers as the server sends them. */
import type { WireEdge, WireNode } from '../../src/contract/element.ts';
import type { QueryReply } from '../../src/contract/query.ts';
import type { Status } from '../../src/contract/status.ts';

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

export function status(change: Partial<Status> = {}): Status {
  return {
    schema: 'skein/v1',
    Agents: {},
    Peers: { Incomers: {}, Outgoers: {} },
    Publishers: {},
    Subscribers: {},
    Alerts: { IsMaster: true },
    Captures: { IsMaster: true },
    Probes: { netlink: { Status: 'up', Up: true, Errors: 0 } },
    Host: 'h1',
    Version: '0.1.0',
    Pid: 4711,
    StartedAt: noon - 65_000,
    RssBytes: 98_000_000,
    Listen: '127.0.0.1:8082',
    Graph: { Nodes: 3, Edges: 2, Revision: 42, Range: { from: noon - 3_600_000, to: noon } },
    Archive: {
      Kind: 'embedded',
      Place: '/var/lib/skein/archive/skein.db',
      State: 'ok',
      Notes: [],
      SizeBytes: 1e6,
      SizeBytesMax: 1e9,
      AgeMsMax: 604_800_000,
      Versions: 310,
      Samples: 52,
      Range: { from: noon - 3_600_000, to: noon },
    },
    Notes: [],
    ...change,
  };
}
