/** Workflows of the server, and which one a word on the command line means. */
import type { WireWorkflow } from '../contract/workflow.ts';
import type { Session } from './command.ts';
import { exitCodes, Failure } from './failure.ts';
import { refused, request } from './http.ts';
import { listOf, meant } from './resources.ts';
import { type ServerOptions, serverOf } from './server.ts';
import type { Row } from './things.ts';

/** A workflow may run longer than questions may take; a server that says nothing at all is still noticed. */
const callMs = 10 * 60_000;

export function listWorkflows(session: Session, options: ServerOptions): Promise<WireWorkflow[]> {
  return listOf(session, options, 'workflow');
}

export async function callWorkflow(
  session: Session,
  options: ServerOptions,
  id: string,
  Params: unknown,
): Promise<{ readonly result: unknown; readonly said: readonly string[] }> {
  const server = await serverOf(options, session.io);
  const path = `/api/workflow/${encodeURIComponent(id)}/call`;
  const timeoutMs = options.timeout === undefined ? callMs : server.timeoutMs;
  const asked = { method: 'POST', path, body: { Params }, isAnyStatus: true, signal: session.io.interrupted } as const;
  const { status, text, headers } = await request({ ...server, timeoutMs }, asked);
  if (headers['x-workflow-failure'] !== undefined) throw new Failure(exitCodes.empty, text.trim());
  if (status >= 300) throw refused(server, status, text);
  const said = String(headers['x-workflow-console'] ?? '');
  return { result: JSON.parse(text), said: said === '' ? [] : said.split(',').map(decodeURIComponent) };
}

/** By name, id, or the beginning of one. Throws a Failure that says what there is. */
export function workflowNamed(workflows: readonly WireWorkflow[], word: string): WireWorkflow {
  // 1 says that a workflow came to no result.
  return meant(workflows, word, { noun: 'workflow', make: 'skein workflow create', exitCode: exitCodes.usage });
}

export function workflowRow({ UUID, Name, Title, Description, Parameters, IsBundled }: WireWorkflow): Row {
  return {
    NAME: Name,
    PARAMETERS: (Parameters ?? []).map((parameter) => parameter.Name).join(', '),
    TITLE: Title ?? Description ?? '',
    ORIGIN: IsBundled ? 'skein' : 'user',
    ID: UUID,
  };
}
