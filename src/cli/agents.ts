/** `skein get agents`: a row for each agent that the analyzer knows, as its status tells. */
import type { Status } from '../contract/status.ts';
import { parsed } from './ask.ts';
import type { Session } from './command.ts';
import { exitCodes, Failure } from './failure.ts';
import { request } from './http.ts';
import { drawDuration, drawTime } from './moment.ts';
import { lostText } from './render/fleet-status.ts';
import { type ServerOptions, serverOf } from './server.ts';
import type { Row } from './things.ts';

export interface AgentRowOptions extends ServerOptions {
  readonly host?: string;
  /** For people: times and spans as they read them. Else numbers. */
  readonly isForPeople: boolean;
  readonly utc?: boolean;
}

export async function agentRows(session: Session, options: AgentRowOptions): Promise<Row[]> {
  const server = await serverOf(options, session.io);
  const { text } = await request(server, { path: '/api/status', signal: session.io.interrupted });
  const { Fleet } = parsed(text, server.url) as Status;
  if (!Fleet) throw new Failure(exitCodes.empty, `${server.url} has no agents: it is no analyzer`, 'skein analyzer');
  return Fleet.Agents.filter(({ Host }) => options.host === undefined || Host === options.host)
    .toSorted((a, b) => (a.Host < b.Host ? -1 : a.Host > b.Host ? 1 : 0))
    .map((agent) => rowOf(agent, options));
}

function rowOf(agent: NonNullable<Status['Fleet']>['Agents'][number], { isForPeople, utc }: AgentRowOptions): Row {
  const { ClockOffsetMs, LagMs } = agent;
  return {
    HOST: agent.Host,
    STATE: agent.State,
    SINCE: isForPeople ? drawTime(agent.Since, { utc: utc === true }) : agent.Since,
    ROLE: agent.Role,
    LAG: isForPeople && LagMs !== undefined ? drawDuration(LagMs) : LagMs,
    CLOCK: isForPeople && ClockOffsetMs !== undefined ? clockText(ClockOffsetMs) : ClockOffsetMs,
    VERSION: agent.Software,
    ADDRESS: agent.Address,
    LOST: isForPeople ? lostText(agent.Lost) || undefined : agent.Lost,
    AGENT: agent.ID,
    WAITING: agent.Waiting,
    RECEIVED: agent.ReceivedBytes,
    NOTES: agent.Notes,
  };
}

/** Of its clock, seen from the analyzer's. */
function clockText(offsetMs: number): string {
  const sign = offsetMs < 0 ? '-' : '+';
  const ms = Math.abs(offsetMs);
  return ms < 1_000 ? `${sign}${Math.round(ms)}ms` : `${sign}${(ms / 1_000).toFixed(1)}s`;
}
