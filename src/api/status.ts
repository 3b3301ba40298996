/** `GET /api/status`: what the rest says of itself, and who is connected here. */
import { schemaVersion } from '../contract/element.ts';
import type { ConnectionStatus, Status } from '../contract/status.ts';
import type { ApiParts } from './parts.ts';

export interface Connected {
  readonly subscribers: Readonly<Record<string, ConnectionStatus>>;
  readonly publishers: Readonly<Record<string, ConnectionStatus>>;
}

export function statusReply(
  parts: Pick<ApiParts, 'host' | 'version' | 'status'>,
  listen: string,
  { subscribers, publishers }: Connected,
): Status {
  const { Probes, Graph, Archive, Captures, Flows, Rules, Sockets, Notes, StartedAt } = parts.status();
  return {
    Agents: {},
    Peers: { Incomers: {}, Outgoers: {} },
    Publishers: publishers,
    Subscribers: subscribers,
    Alerts: { IsMaster: true },
    Captures: Captures ?? { IsMaster: true },
    Probes,
    schema: schemaVersion,
    Host: parts.host,
    Version: parts.version,
    Pid: process.pid,
    StartedAt,
    RssBytes: process.memoryUsage.rss(),
    Listen: listen,
    Graph,
    Archive,
    ...(Flows && { Flows }),
    ...(Rules && { Rules }),
    ...(Sockets && { Sockets }),
    Notes,
  };
}
