/** What is injected, and which injection a word on the command line means. */
import type { WireInjection } from '../contract/injection.ts';
import type { Session } from './command.ts';
import { exitCodes, Failure, usageFailure } from './failure.ts';
import { request } from './http.ts';
import { type ServerOptions, serverOf } from './server.ts';
import type { Row } from './things.ts';

export async function listInjections(session: Session, options: ServerOptions): Promise<WireInjection[]> {
  const server = await serverOf(options, session.io);
  const { text } = await request(server, { path: '/api/injectpacket', signal: session.io.interrupted });
  return Object.values(JSON.parse(text) as Record<string, WireInjection>);
}

/** `signal`: Ctrl-C, unless it is what was interrupted that is cleaned up. */
export async function deleteInjection(
  session: Session,
  options: ServerOptions,
  uuid: string,
  signal: AbortSignal = session.io.interrupted,
): Promise<void> {
  const server = await serverOf(options, session.io);
  await request(server, { method: 'DELETE', path: `/api/injectpacket/${encodeURIComponent(uuid)}`, signal });
}

/** By id or the beginning of one. Throws a Failure that says what there is. */
export function injectionNamed(injections: readonly WireInjection[], word: string): WireInjection {
  const found = injections.filter(({ UUID }) => UUID.startsWith(word.toLowerCase()));
  const [first] = found;
  if (first && (found.length === 1 || first.UUID === word)) return first;
  const known = (all: readonly WireInjection[]) => all.map((one) => `${one.UUID}  ${betweenOf(one)}`).join('\n');
  if (first) throw usageFailure(`${found.length} injections begin with "${word}"; say which:`, known(found));
  const hint = injections.length > 0 ? `there are\n${known(injections)}` : 'there is none: skein inject FROM TO';
  throw new Failure(exitCodes.empty, `there is no injection "${word}"`, hint);
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
