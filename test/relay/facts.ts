/** Small facts to tell. */
import type { Flow } from '../../src/flow/flow.ts';
import type { GraphNode, Metadata } from '../../src/graph/element.ts';
import type { Facts } from '../../src/relay/message.ts';

export function emptyFacts(time: number): Facts {
  return {
    time,
    isWholeGraph: false,
    isAllSockets: false,
    graph: [],
    samples: [],
    flows: [],
    rawPackets: [],
    losses: [],
    sockets: [],
    lost: [],
  };
}

export function flowOf(UUID: string, more: Partial<Flow> = {}): Flow {
  const Metric = { ABPackets: 1, ABBytes: 64, BAPackets: 2, BABytes: 128, Start: 1000.5, Last: 1001 };
  return {
    UUID,
    ParentUUID: '',
    TrackingID: `t${UUID}`,
    L3TrackingID: 'l3',
    LayersPath: 'Ethernet/IPv4/TCP',
    Application: 'TCP',
    Metric,
    Start: 1000.5,
    Last: 1001,
    NodeTID: 'tid',
    CaptureID: 'capture',
    RawPacketsCaptured: 0,
    ...more,
  };
}

export function nodeOf(id: string, revision: number, metadata: Metadata = {}): GraphNode {
  return {
    kind: 'node',
    id,
    metadata,
    host: 'h',
    origin: 'agent.h',
    createdAt: 100,
    updatedAt: 100 + revision,
    deletedAt: undefined,
    validTo: undefined,
    recordedAt: 100 + revision,
    revision,
  };
}
