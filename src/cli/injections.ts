/** What is injected, and which injection a word on the command line means. */
import type { WireInjection } from '../contract/injection.ts';
import type { Session } from './command.ts';
import { listOf, meant } from './resources.ts';
import type { ServerOptions } from './server.ts';
import type { Row } from './things.ts';

/** Below /api. */
export const INJECTIONS = 'injectpacket';

export function listInjections(session: Session, options: ServerOptions): Promise<WireInjection[]> {
  return listOf(session, options, INJECTIONS);
}

/** Throws a Failure that says what there is. */
export function injectionNamed(injections: readonly WireInjection[], word: string): WireInjection {
  return meant(injections, word, { noun: 'injection', make: 'skein inject FROM TO', called: betweenOf });
}

/** `10.0.0.1 → 10.0.0.2:80`. */
export function betweenOf({ Packet }: WireInjection): string {
  const { DstPort, Name, SrcIP, DstIP } = Packet;
  if (SrcIP === undefined || DstIP === undefined) return `trace from ${Name}`;
  const target = DstPort === undefined ? DstIP : DstIP.includes(':') ? `[${DstIP}]:${DstPort}` : `${DstIP}:${DstPort}`;
  return `${SrcIP} → ${target}`;
}

/** One row, as lists show them. */
export function injectionRow(injection: WireInjection): Row {
  const { UUID, Packet, State, Sent, Replies, TrackingIDs } = injection;
  return {
    ID: UUID,
    TYPE: Packet.Type,
    FROM: Packet.Namespace === undefined ? Packet.Name : `${Packet.Namespace}/${Packet.Name}`,
    PACKETS: betweenOf(injection),
    STATE: State,
    COUNT: Sent,
    ANSWERS: Replies.Received,
    TRACKINGID: TrackingIDs,
    ERROR: injection.Error,
  };
}
