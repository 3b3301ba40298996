/** What the graph says of the way of an injection. */
import type { NewInjection, WireInjection } from '../contract/injection.ts';
import type { PathReply, PathTravel } from '../contract/path.ts';
import { parsed } from './ask.ts';
import type { Session } from './command.ts';
import { Failure } from './failure.ts';
import { request } from './http.ts';
import { type Server, type ServerOptions, serverOf } from './server.ts';

/** Of packets that nobody answered: a sentence, where the graph has one. */
export async function modelText(
  session: Session,
  { asked, over }: { readonly asked: NewInjection; readonly over: WireInjection },
  options: ServerOptions,
): Promise<string | undefined> {
  const { Dropped = [], Packet, Replies, Sent } = over;
  if (Replies.Received > 0 || Packet.DstIP === undefined) return undefined;
  try {
    const { back, there } = await pathOf(session, await serverOf(options, session.io), {
      ...asked,
      Type: Packet.Type,
      DstIP: Packet.DstIP,
      ...(Packet.DstPort !== undefined && { DstPort: Packet.DstPort }),
      ...(Packet.SrcIP !== undefined && { SrcIP: Packet.SrcIP }),
    });
    if (!isItsWay(there, Packet)) return undefined;
    if (there.reaches === 'no') return `the graph says ${endText(there)}`;
    // Nothing was on the way: what kept it is said.
    if (Sent === 0) return undefined;
    // A kernel that has dropped them knows better than that nobody knows.
    if (Dropped.length > 0) return undefined;
    if (there.reaches === 'unknown') return `the graph says ${endText(there)}`;
    if (back?.reaches === 'no') return `the graph says that it gets there, and of the answer ${endText(back)}`;
    return 'the graph knows of nothing that is in its way';
  } catch (error) {
    // It is what is said besides.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** An address of a link may be anybody's on another one: what leaves by another interface says nothing of it. */
export function isItsWay({ hops }: PathTravel, { DstIP = '', NodeID }: WireInjection['Packet']): boolean {
  return !/^fe[89ab][0-9a-f]:/i.test(DstIP) || hops.slice(1).some(({ node }) => node.id === NodeID);
}

function endText({ reaches, reason = 'it does not tell why', stopsAt }: PathTravel): string {
  if (reaches === 'unknown') return `that nobody knows whether it gets there: ${reason}`;
  const isNamed = stopsAt === undefined || reason.startsWith(stopsAt.name);
  return isNamed ? `that it stops: ${reason}` : `that it stops at ${stopsAt.name}: ${reason}`;
}

export async function pathOf({ io }: Session, server: Server, asked: NewInjection): Promise<PathReply> {
  const protocol = /^(icmp|tcp|udp)/.exec(asked.Type ?? '')?.[1];
  const body = {
    from: asked.From,
    to: asked.DstIP ?? asked.To,
    both: true,
    ...(protocol !== undefined && { protocol }),
    ...(asked.DstPort !== undefined && { port: asked.DstPort }),
    ...(asked.SrcPort !== undefined && { sourcePort: asked.SrcPort }),
    ...(asked.SrcIP !== undefined && { fromAddress: asked.SrcIP.split('/', 1)[0] }),
  };
  const { text } = await request(server, { method: 'POST', path: '/api/path', body, signal: io.interrupted });
  return parsed(text, server.url) as PathReply;
}
