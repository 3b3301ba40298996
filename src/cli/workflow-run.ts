/** A workflow run here: in the same sandbox as on the server, asking the server with the token of who sits here. */
import { Mistake } from '../std/mistake.ts';
import type { WorkflowParameter } from '../workflows/workflow.ts';
import type { Session } from './command.ts';
import { exitCodes, Failure } from './failure.ts';
import { request } from './http.ts';
import type { PrintOptions } from './print.ts';
import { drawMistake } from './render/mistake.ts';
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
  const { isFailureOfRun } = await import('../workflows/run-mistake.ts');
  const ran = await runOnce(
    { Name, Parameters: (Parameters ?? []) as readonly WorkflowParameter[], Source },
    {
      params,
      as: {
        name: 'you',
        async ask({ method, path, body }, over) {
          const json = body === undefined ? {} : { body: JSON.parse(body) as unknown };
          // Not ended by Ctrl-C itself: what the script started is removed after that.
          return request(server, { method, path, ...json, isAnyStatus: true, signal: over });
        },
      },
      signal: io.interrupted,
      said: (line) => say(io, line),
    },
  ).catch((error: unknown) => {
    if (io.interrupted.aborted) throw new Failure(exitCodes.interrupted, '');
    if (!(error instanceof Mistake) || !error.faults.some(({ code }) => isFailureOfRun(code))) throw error;
    io.err.write(drawMistake(error));
    throw new Failure(exitCodes.empty, '');
  });
  return ran.result;
}
