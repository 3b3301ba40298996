/** `skein get datapath-flows`: what the switches of the server's machine do at the moment, a row for each flow. */
import type { WireDatapathFlow } from '../contract/datapath.ts';
import type { Session } from './command.ts';
import { request } from './http.ts';
import { type ServerOptions, serverOf } from './server.ts';
import type { Row } from './things.ts';

export async function datapathRows(
  session: Session,
  options: ServerOptions,
  bridge: string | undefined,
): Promise<Row[]> {
  const server = await serverOf(options, session.io);
  const path = `/api/datapath-flows${bridge === undefined ? '' : `?bridge=${encodeURIComponent(bridge)}`}`;
  const { text } = await request(server, { path, signal: session.io.interrupted });
  return (JSON.parse(text) as WireDatapathFlow[]).map(({ Bridge, Flow }) => {
    const [, match, packets, bytes, used, actions] = lineParts.exec(Flow) ?? [];
    if (actions === undefined) return { BRIDGE: Bridge, MATCH: Flow };
    return {
      BRIDGE: Bridge,
      MATCH: match,
      PACKETS: Number(packets),
      BYTES: Number(bytes),
      USED: used,
      ACTIONS: actions,
    };
  });
}

const lineParts = /^(.*), packets:(\d+), bytes:(\d+), used:([^,]+),.*? ?actions:(.*)$/;
