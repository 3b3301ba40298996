/** Alerts of the server, and which one a word on the command line means. */
import type { AlertHistory, AlertState, AlertStates, WireAlert } from '../contract/alert.ts';
import type { Session } from './command.ts';
import { request } from './http.ts';
import { meant } from './resources.ts';
import { type ServerOptions, serverOf } from './server.ts';
import type { Row } from './things.ts';

export async function alertStates(session: Session, options: ServerOptions): Promise<AlertState[]> {
  return (await allAlerts(session, options)).alerts;
}

/** With why nobody is told for now, if so. */
export function allAlerts(session: Session, options: ServerOptions): Promise<AlertStates> {
  return read<AlertStates>(session, options, '/api/alerts');
}

export async function alertHistory(session: Session, options: ServerOptions): Promise<AlertHistory['events']> {
  return (await read<AlertHistory>(session, options, '/api/alerts/history')).events;
}

/** With a body: made, or changed; the answer is what it is now. */
export async function sendAlert(
  session: Session,
  options: ServerOptions,
  method: 'POST' | 'PATCH',
  path: string,
  body?: unknown,
): Promise<string> {
  const server = await serverOf(options, session.io);
  const asked = { method, path: `/api/alert${path}`, signal: session.io.interrupted };
  return (await request(server, body === undefined ? asked : { ...asked, body })).text;
}

/** Throws a Failure that says what there is. */
export function alertNamed(states: readonly AlertState[], word: string): WireAlert {
  const alerts = states.map(({ Alert }) => Alert);
  return meant(alerts, word, { noun: 'alert', make: 'skein alert create' });
}

export function alertRow({ Alert, State, Since, Reason, Waiting, ...state }: AlertState): Row {
  return {
    ID: Alert.UUID,
    NAME: Alert.Name,
    SEVERITY: Alert.Severity,
    STATE: state.Error === undefined ? State : `${State}?`,
    SINCE: Since,
    REASON: Reason,
    PROBLEMS: problemsOf(state)?.join('; '),
    EXPRESSION: Alert.Expression,
    TRIGGER: Alert.Trigger,
    ACTION: Alert.Action,
    WAITING: Waiting,
    DESCRIPTION: Alert.Description,
  };
}

/** Undefined: all is well. */
function problemsOf({
  Error: error,
  LateMs,
  DeliveryError,
  Warnings = [],
}: Pick<AlertState, 'Error' | 'LateMs' | 'DeliveryError' | 'Warnings'>): string[] | undefined {
  const problems = [
    ...(error === undefined ? [] : [`cannot be looked at: ${error}`]),
    ...(LateMs === undefined ? [] : [`looked at ${Math.round(LateMs / 1_000)} s late`]),
    ...(DeliveryError === undefined ? [] : [`not told: ${DeliveryError}`]),
    ...Warnings,
  ];
  return problems.length > 0 ? problems : undefined;
}

async function read<T>(session: Session, options: ServerOptions, path: string): Promise<T> {
  const server = await serverOf(options, session.io);
  return JSON.parse((await request(server, { path, signal: session.io.interrupted })).text) as T;
}
