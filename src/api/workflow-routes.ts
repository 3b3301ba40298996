/** `/api/workflow`: workflows as Skydive's clients make, read, delete and call them. */
import type { Request, Response } from 'express';
import {
  newWorkflowShape,
  sourceCallShape,
  type WireWorkflow,
  workflowCallShape,
  workflowShape,
} from '../contract/workflow.ts';
import { Mistake } from '../std/mistake.ts';
import { isFailureOfRun } from '../workflows/run-mistake.ts';
import type { NewWorkflow, Params, Ran, Workflow, Workflows } from '../workflows/workflow.ts';
import { type Identity, identityOf } from './identity.ts';
import type { InnerAnswer, InnerRequest } from './inner.ts';
import { issuesText } from './issues-text.ts';
import type { Routes } from './later-routes.ts';
import type { ApiLimits } from './limits.ts';
import { mistakeText } from './mistake-text.ts';
import { note } from './noted.ts';
import { jsonHeaders, send, sendText } from './reply.ts';
import { withBody, wrongMethod } from './requests.ts';
import { notCreated, type Outcome, type ResourceDoor, resourceRoutes } from './resource-routes.ts';

/** Asks the API itself in the name of somebody. */
export type AskAs = (identity: Identity, request: InnerRequest, signal: AbortSignal) => Promise<InnerAnswer>;

export function workflowRoutes(app: Routes, workflows: Workflows, askAs: AskAs, limits: ApiLimits): void {
  app
    .route('/api/workflow/call')
    .post((request, response, next) =>
      withBody(request, response, limits, (body) => {
        const asked = sourceCallShape.safeParse(body);
        if (!asked.success) return sendText(response, 400, issuesText(asked.error));
        const { Source, Params } = asked.data;
        answered(request, response, askAs, (call) =>
          workflows.runSource(Source, { ...call, ...paramsOf(Params) }),
        ).catch(next);
      }),
    )
    .all(wrongMethod('POST'));
  resourceRoutes(app, '/api/workflow', new WorkflowDoor(workflows), limits);
  app
    .route('/api/workflow/:id/call')
    .post((request, response, next) =>
      withBody(request, response, limits, (body) => {
        const asked = workflowCallShape.safeParse(body ?? {});
        if (!asked.success) return sendText(response, 400, issuesText(asked.error));
        const { Params } = asked.data;
        const workflow = request.params.id;
        note(request, workflows.get(workflow)?.Name ?? '');
        answered(request, response, askAs, (call) =>
          workflows.callWorkflow({ workflow, ...call, ...paramsOf(Params) }),
        ).catch(next);
      }),
    )
    .all(wrongMethod('POST'));
}

interface Called {
  readonly as: { readonly name: string; ask(request: InnerRequest, signal: AbortSignal): Promise<InnerAnswer> };
  readonly signal: AbortSignal;
}

/** Who goes away is not worked for any longer. What it said on its console is in the log of the caller alone. */
async function answered(
  request: Request,
  response: Response,
  askAs: AskAs,
  run: (call: Called) => Promise<Ran>,
): Promise<void> {
  const identity = identityOf(request);
  if (identity === undefined) throw new Error('nobody asked');
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const as = { name: identity.name, ask: (asked: InnerRequest, signal: AbortSignal) => askAs(identity, asked, signal) };
  try {
    const ran = await run({ as, signal: gone.signal });
    const lines = consoleHeader(ran.console);
    send(
      response,
      200,
      [...jsonHeaders, ...(lines === undefined ? [] : ['X-Workflow-Console', lines])],
      `${ran.json}\n`,
    );
  } catch (error) {
    if (gone.signal.aborted) return;
    if (!(error instanceof Mistake)) throw error;
    // Whether the call was wrong, or the run came to nothing: both are a 400, as Skydive's are.
    const [failed] = error.faults;
    if (failed !== undefined && isFailureOfRun(failed.code))
      response.setHeader('X-Workflow-Failure', failed.code.slice('workflow.'.length));
    sendText(response, statusFor(error), mistakeText(error));
  }
}

function statusFor({ faults }: Mistake): number {
  switch (faults[0]?.code) {
    case 'workflow.unknown':
      return 404;
    case 'workflow.busy':
      return 429;
    default:
      return 400;
  }
}

/** Of a header: as much of the console as proxies and clients let through. */
const headerMax = 6_000;

/** The body is the result and nothing else, as Skydive's is: what was said goes beside it, as JSON. */
function consoleHeader(lines: readonly string[]): string | undefined {
  if (lines.length === 0) return undefined;
  const kept: string[] = [];
  let size = 0;
  for (const line of lines) {
    const text = encodeURIComponent(line.toWellFormed());
    size += text.length + 1;
    if (size > headerMax) {
      kept.push(encodeURIComponent('…'));
      break;
    }
    kept.push(text);
  }
  return kept.join(',');
}

function paramsOf(params: Params | null | undefined): { readonly params?: Params } {
  return params ? { params } : {};
}

class WorkflowDoor implements ResourceDoor {
  readonly #workflows: Workflows;

  constructor(workflows: Workflows) {
    this.#workflows = workflows;
  }

  list(): Outcome {
    return { status: 200, json: Object.fromEntries(this.#workflows.list().map((one) => [one.UUID, shown(one)])) };
  }

  read(nameOrId: string): Outcome {
    const found = this.#workflows.get(nameOrId);
    return found ? { status: 200, json: shown(found) } : notFound(nameOrId);
  }

  async create(body: unknown): Promise<Outcome> {
    const asked = newWorkflowShape.safeParse(body);
    if (!asked.success) return { status: 400, text: issuesText(asked.error) };
    const { Parameters, ...said } = asked.data;
    try {
      const made = await this.#workflows.create({ ...said, Parameters: Parameters ?? [] } as NewWorkflow);
      return { status: 201, json: shown(made) };
    } catch (error) {
      return notCreated(error);
    }
  }

  async remove(nameOrId: string): Promise<Outcome> {
    try {
      return this.#workflows.delete(nameOrId) ? { status: 200, text: '' } : notFound(nameOrId);
    } catch (error) {
      return notCreated(error);
    }
  }
}

function shown(workflow: Workflow): WireWorkflow {
  return workflowShape.parse(workflow);
}

function notFound(nameOrId: string): Outcome {
  return { status: 404, text: `Workflow '${nameOrId}' not found` };
}
