/** Alerts of the server, and which one a word on the command line means. */
import type { AlertHistory, AlertState, AlertStates, WireAlert } from '../contract/alert.ts';
import type { Session } from './command.ts';
import { exitCodes, Failure, usageFailure } from './failure.ts';
import { request } from './http.ts';
import { type ServerOptions, serverOf } from './server.ts';
import type { Row } from './things.ts';

export async function alertStates(session: Session, options: ServerOptions): Promise<AlertState[]> {
  return (await read<AlertStates>(session, options, '/api/alerts')).alerts;
}

export async function alertHistory(session: Session, options: ServerOptions): Promise<AlertHistory['events']> {
  return (await read<AlertHistory>(session, options, '/api/alerts/history')).events;
}

/** With a body: made, or changed; the answer is what it is now. */
export async function sendAlert(
  session: Session,
  options: ServerOptions,
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<string> {
  const server = await serverOf(options, session.io);
  const asked = { method, path: `/api/alert${path}`, signal: session.io.interrupted };
  return (await request(server, body === undefined ? asked : { ...asked, body })).text;
}

/** By id, by the beginning of one, or by name. Throws a Failure that says what there is. */
export function alertNamed(states: readonly AlertState[], word: string): WireAlert {
  const alerts = states.map(({ Alert }) => Alert);
  const whole = alerts.filter(({ UUID, Name }) => UUID === word || Name === word);
  const found = whole.length > 0 ? whole : alerts.filter(({ UUID }) => UUID.startsWith(word.toLowerCase()));
  const [first] = found;
  if (first && found.length === 1) return first;
  const known = (all: readonly WireAlert[]) => all.map(({ UUID, Name }) => `${UUID}  ${Name ?? ''}`.trim()).join('\n');
  if (first) throw usageFailure(`${found.length} alerts are called "${word}"; say which:`, known(found));
  const hint = alerts.length > 0 ? `there are\n${known(alerts)}` : 'there is none: skein alert create';
  throw new Failure(exitCodes.empty, `there is no alert "${word}"`, hint);
}

export function alertRow({ Alert, State, Since, Reason, Error: error, Waiting, DeliveryError }: AlertState): Row {
  const notes = [error, DeliveryError].filter((text) => text !== undefined);
  return {
    ID: Alert.UUID,
    NAME: Alert.Name,
    SEVERITY: Alert.Severity,
    STATE: error === undefined ? State : `${State}?`,
    SINCE: Since,
    REASON: Reason,
    EXPRESSION: Alert.Expression,
    TRIGGER: Alert.Trigger,
    ACTION: Alert.Action,
    WAITING: Waiting,
    NOTES: notes.length > 0 ? notes : undefined,
    DESCRIPTION: Alert.Description,
  };
}

async function read<T>(session: Session, options: ServerOptions, path: string): Promise<T> {
  const server = await serverOf(options, session.io);
  return JSON.parse((await request(server, { path, signal: session.io.interrupted })).text) as T;
}
