/** Words about captures and flows that could come next: what the server knows of them just now. */
import type { WireCapture } from '../contract/capture.ts';
import type { WireFlow } from '../contract/flow.ts';
import type { QueryReply } from '../contract/query.ts';
import type { Session } from './command.ts';
import { type Completion, matching } from './completion.ts';
import { request } from './http.ts';
import { endOf, fieldOf } from './render/flows.ts';
import { type Server, type ServerOptions, serverOf } from './server.ts';

/** Someone waits with a finger on the tab key. */
const serverMsMax = 300;

/** Fields that lists of flows are made of; the reference has them all. */
const columnsOfFlows = [
  ...['Last', 'Start', 'Application', 'LayersPath', 'TrackingID', 'CommunityID', 'UUID', 'NodeTID', 'CaptureID'],
  ...['Network.A', 'Network.B', 'Network.Protocol', 'Transport.A', 'Transport.B', 'Transport.Protocol'],
  ...['Link.A', 'Link.B', 'ICMP.Type', 'TLS.sni', 'HTTP.host', 'DNS.questions.name', 'FinishType', 'Drops'],
  ...['Process.A', 'Process.B', 'Pid.A', 'Pid.B', 'ContainerID.A', 'ContainerID.B', 'Service'],
  ...['NAT.Type', 'NAT.A', 'NAT.B', 'NAT.TrackingID'],
  ...['AB', 'BA'].flatMap((way) => [`Metric.${way}Packets`, `Metric.${way}Bytes`, `Retransmissions.${way}`]),
  'Metric.RTT',
];

export function flowColumns(typed: string): Completion[] {
  const before = typed.slice(0, Math.max(typed.indexOf('='), typed.lastIndexOf(',')) + 1);
  return matching(
    columnsOfFlows.map((field) => ({ text: before + field })),
    typed,
  );
}

export async function capturesOf(session: Session, options: ServerOptions, typed: string): Promise<Completion[]> {
  try {
    const { text } = await request(await patientServer(session, options), {
      path: '/api/capture',
      signal: session.io.interrupted,
    });
    const all = Object.values(JSON.parse(text) as Record<string, WireCapture>);
    const words = all.flatMap(({ UUID, Name, GremlinQuery }) => [
      ...(Name ? [{ text: Name, doc: GremlinQuery }] : []),
      { text: UUID, doc: Name ?? GremlinQuery },
    ]);
    return matching(words, typed);
  } catch {
    return [];
  }
}

/** Conversations that someone has just seen in a list. */
const RECENT_FLOWS = 50;

export async function trackingIds(session: Session, options: ServerOptions, typed: string): Promise<Completion[]> {
  if (!/^[0-9a-f]{0,16}$/i.test(typed)) return [];
  const where = typed === '' ? '' : `.Has('TrackingID', StartsWith('${typed.toLowerCase()}'))`;
  const flows = await flowsFound(session, options, `G.Flows()${where}.Sort(DESC, 'Last').Limit(${RECENT_FLOWS})`);
  const docs = new Map(flows.map((flow) => [flow.TrackingID, `${endOf(flow, 'A')} → ${endOf(flow, 'B')}`]));
  return [...docs].map(([text, doc]) => ({ text, doc }));
}

export async function flowValues(
  session: Session,
  options: ServerOptions,
  field: 'Application' | 'Process.A' | 'Service',
  typed: string,
): Promise<Completion[]> {
  const flows = await flowsFound(session, options, `G.Flows().Dedup('${field}').Limit(${RECENT_FLOWS})`);
  const values = flows.map((flow) => fieldOf(flow, field)).filter((value) => typeof value === 'string');
  return matching(
    [...new Set(values)].map((text) => ({ text })),
    typed,
  );
}

async function flowsFound(session: Session, options: ServerOptions, query: string): Promise<readonly WireFlow[]> {
  try {
    const { text } = await request(await patientServer(session, options), {
      method: 'POST',
      path: '/api/query',
      body: { query },
      signal: session.io.interrupted,
    });
    const reply = JSON.parse(text) as QueryReply;
    return reply.kind === 'flows' ? reply.flows : [];
  } catch {
    return [];
  }
}

/** For whoever waits no longer than that. */
export async function patientServer(session: Session, options: ServerOptions): Promise<Server> {
  return { ...(await serverOf(options, session.io)), timeoutMs: serverMsMax };
}
