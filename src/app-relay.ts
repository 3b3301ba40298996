/** What the two sides of the relay say of themselves, as status shows it. */
import type { FleetStatus, RelayStatus } from './contract/status.ts';
import type { AgentRelayStatus } from './relay/agent/agent-relay.ts';
import type { OutboxStatus } from './relay/agent/outbox.ts';
import type { AgentsStatus } from './relay/analyzer/agents.ts';
import type { SpoolStatus } from './relay/spool/spool.ts';

export function relayReply(
  relay: AgentRelayStatus,
  spool: SpoolStatus & { readonly place: string },
  told: OutboxStatus,
): RelayStatus {
  return {
    Home: relay.home ?? null,
    Since: relay.since,
    Analyzers: relay.analyzers.map(({ name, role, link, lastEnd }) => ({
      Name: name,
      ...(role && { Role: role }),
      State: link?.state ?? 'away',
      ...offsetOf(link),
      SentBytes: link?.sentBytes ?? 0,
      ...(lastEnd && { LastEnd: lastEnd.message, LastEndCode: lastEnd.code }),
    })),
    Spool: {
      Place: spool.place,
      Bytes: spool.bytes,
      BytesMax: spool.bytesMax,
      First: spool.first,
      Next: spool.next,
      Lost: { ...spool.lost },
      Damaged: spool.damaged,
      ...(spool.fault !== undefined && { Fault: spool.fault }),
    },
    Told: { ...told },
    Sent: { Batches: relay.sent.batches, Bytes: relay.sent.bytes, Resent: relay.sent.resent },
    Notes: [...relay.notes],
  };
}

export function fleetReply(status: AgentsStatus): FleetStatus {
  return {
    Connected: status.connected,
    Away: status.away,
    Gone: status.gone,
    HeldBytes: status.heldBytes,
    HeldBytesMax: status.heldBytesMax,
    Held: status.shutTotal,
    Refusals: { ...status.refusals },
    Agents: status.agents.map((agent) => ({
      ID: agent.agent,
      Host: agent.host,
      State: agent.state,
      Role: agent.role,
      Since: agent.since,
      Address: agent.address,
      Software: agent.software,
      ...offsetOf(agent),
      ...(agent.lagMs !== undefined && { LagMs: agent.lagMs }),
      LastTime: agent.lastTime,
      Kept: agent.kept,
      Waiting: agent.waiting,
      ReceivedBytes: agent.receivedBytes,
      Taken: { ...agent.taken },
      Lost: { ...agent.lost },
      Notes: [...agent.notes],
    })),
    Notes: [...status.notes],
  };
}

interface Clocked {
  readonly clockOffsetMs: number | undefined;
  readonly roundTripMs: number | undefined;
}

function offsetOf(link: Clocked | undefined): { readonly ClockOffsetMs?: number; readonly RoundTripMs?: number } {
  return {
    ...(link?.clockOffsetMs !== undefined && { ClockOffsetMs: link.clockOffsetMs }),
    ...(link?.roundTripMs !== undefined && { RoundTripMs: link.roundTripMs }),
  };
}
