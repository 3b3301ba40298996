/** A workflow run here: in the same sandbox as on the server, asking the server with the token of who sits here. */
import type { WorkflowParameter } from '../workflows/workflow.ts';
import type { Session } from './command.ts';
import { request } from './http.ts';
import type { PrintOptions } from './print.ts';
import { serverOf } from './server.ts';
import type { ScriptFile } from './workflow-file.ts';
import { say } from './workflow-result.ts';

export async function runHere(
  session: Session,
  options: PrintOptions,
  { Name, Parameters, Source }: ScriptFile,
  params: readonly unknown[] | Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const { io } = session;
  const server = await serverOf(options, io);
  const { runOnce } = await import('../workflows/once.ts');
  const ran = await runOnce(
    { Name, Parameters: (Parameters ?? []) as readonly WorkflowParameter[], Source },
    {
      params,
      as: {
        name: 'you',
        async ask({ method, path, body }, over) {
          const signal = AbortSignal.any([over, io.interrupted]);
          const json = body === undefined ? {} : { body: JSON.parse(body) as unknown };
          return request(server, { method, path, ...json, isAnyStatus: true, signal });
        },
      },
      signal: io.interrupted,
      said: (line) => say(io, line),
    },
  );
  return ran.result;
}
