/** `GET /api/status`: what the rest says of itself, and who is connected here. */
import { schemaVersion } from '../contract/element.ts';
import type { ConnectionStatus, FleetStatus, Status } from '../contract/status.ts';
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
  const {
    Probes,
    Graph,
    Archive,
    Alerts,
    Captures,
    Flows,
    Injections,
    Rules,
    Sockets,
    Relay,
    Fleet,
    Workflows,
    Notes,
    StartedAt,
  } = parts.status();
  return {
    Agents: agentConnections(Fleet),
    Peers: { Incomers: {}, Outgoers: {} },
    Publishers: publishers,
    Subscribers: subscribers,
    Alerts: Alerts ?? { IsMaster: true },
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
    ...(Relay && { Relay }),
    ...(Fleet && { Fleet }),
    ...(Workflows && { Workflows }),
    ...(Injections && { Injections }),
    Notes,
  };
}

/** As Skydive lists them: by host. */
function agentConnections(fleet: FleetStatus | undefined): Readonly<Record<string, ConnectionStatus>> {
  return Object.fromEntries(
    (fleet?.Agents ?? []).map(({ Host, State, Address, Since, ReceivedBytes }) => {
      const colon = Address.lastIndexOf(':');
      return [
        Host,
        {
          ServiceType: 'agent',
          ClientProtocol: 'protobuf',
          Addr: Address.slice(0, Math.max(0, colon)),
          Port: Number(Address.slice(colon + 1)) || 0,
          IsConnected: State === 'connected',
          ConnectTime: new Date(Since).toISOString(),
          RemoteHost: Host,
          RemoteServiceType: 'agent',
          Received: ReceivedBytes,
        },
      ];
    }),
  );
}
