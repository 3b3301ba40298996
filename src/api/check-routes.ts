/** `POST /api/check` runs checks and answers line by line; `GET /api/check` tells what runs and what ran. */
import { once } from 'node:events';
import type { Express, Request, Response } from 'express';
import type { World } from '../checks/run/world.ts';
import type { Json } from '../checks/suite/suite.ts';
import { checkRequestShape } from '../contract/check.ts';
import type { Later } from '../std/later.ts';
import type { Params, Workflows } from '../workflows/workflow.ts';
import type { Checks } from './checks.ts';
import { denied, identityOf, may } from './identity.ts';
import { issuesText } from './issues-text.ts';
import type { ApiLimits } from './limits.ts';
import { note } from './noted.ts';
import type { ApiParts } from './parts.ts';
import { guardHeaders, refusalOf, sendJson, sendText, statusOf } from './reply.ts';
import { withBody, wrongMethod } from './requests.ts';
import type { AskAs } from './workflow-routes.ts';

export interface CheckDoor {
  readonly checks: Later<Checks>;
  readonly audit: ApiParts['audit'];
  readonly metrics: () => Promise<string>;
  readonly workflows: Workflows | undefined;
  readonly askAs: AskAs;
  readonly log: ApiParts['log'];
}

/** A blank line is sent while nothing else is, so that nobody in between thinks the connection dead. */
export const HEARTBEAT_MS = 5_000;
/** Bytes that wait for a client that does not read; then the run is ended. */
const WAITING_MAX = 64 << 20;

export function checkRoutes(app: Express, door: CheckDoor, limits: ApiLimits): void {
  app
    .route('/api/check')
    .get(async (_, response) =>
      sendJson(response, 200, { schema: 'skein/v1', kind: 'checks', ...(await door.checks.get()).list() }),
    )
    .post((request, response, next) =>
      withBody(request, response, limits, (body) => {
        answer(door, request, response, body).catch(next);
      }),
    )
    .all(wrongMethod('GET, POST'));
}

async function answer(door: CheckDoor, request: Request, response: Response, body: unknown): Promise<void> {
  const asked = checkRequestShape.safeParse(body);
  if (!asked.success) return sendText(response, 400, issuesText(asked.error));
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const who = identityOf(request);
  if (who === undefined) throw new Error('nobody asked');
  const said = {
    who: who.name,
    kind: who.kind,
    role: who.role,
    address: who.address,
    what: 'POST /api/check',
  } as const;
  let isSending = false;
  let heartbeat: NodeJS.Timeout | undefined;
  try {
    const checks = await door.checks.get();
    const prepared = checks.prepare(asked.data);
    isSending = prepared.isSending;
    const detail = `${prepared.suites
      .map(({ name }) => name)
      .join(', ')
      .slice(0, 200)}: ${prepared.checks.length} checks`;
    if (isSending && !may(who, 'inject')) {
      door.audit?.({ ...said, outcome: 'refused', detail });
      throw denied(who, 'inject', 'a check that sends packets');
    }
    note(request, detail);
    if (isSending) door.audit?.({ ...said, outcome: 'done', detail });
    // What was in packets is for who may see it.
    const request_ = may(who, 'packets') ? asked.data : { ...asked.data, pcapng: false };
    let waiting = '';
    const flush = () => {
      if (!response.headersSent)
        response.writeHead(200, ['Content-Type', 'application/x-ndjson', 'X-Accel-Buffering', 'no', ...guardHeaders]);
      if (response.destroyed || waiting === '') return;
      response.write(waiting);
      waiting = '';
      if (response.writableLength > WAITING_MAX) response.destroy();
    };
    // What is known at one turn of the event loop goes out together.
    const say = (text: string) => {
      if (waiting === '') setImmediate(flush);
      waiting += text;
    };
    heartbeat = setInterval(() => {
      if (response.headersSent) say('\n');
    }, HEARTBEAT_MS).unref();
    const world = worldOf(door, request, gone.signal);
    const server =
      request.headers.host === undefined
        ? undefined
        : `${'encrypted' in request.socket ? 'https' : 'http'}://${request.headers.host}`;
    await checks.run(
      { ...prepared, request: request_ },
      { who: who.name, world, server },
      (line) => say(`${JSON.stringify(line)}\n`),
      gone.signal,
    );
    flush();
    response.end();
    if (!response.writableFinished && !response.destroyed)
      await Promise.race([once(response, 'finish'), once(response, 'close')]);
  } catch (error) {
    if (gone.signal.aborted) return;
    if (response.headersSent) {
      response.destroy();
      throw error;
    }
    const { status, text } = statusOf(error);
    if (request.headers.accept?.includes('json')) sendJson(response, status, refusalOf(error));
    else sendText(response, status, text ?? 'internal error; the log of the server has more');
    if (text === undefined) throw error;
  } finally {
    clearInterval(heartbeat);
  }
}

/** What a run may ask for in the name of its caller. */
function worldOf({ metrics, workflows, askAs }: CheckDoor, request: Request, gone: AbortSignal): Partial<World> {
  const identity = identityOf(request);
  if (workflows === undefined || identity === undefined) return { metrics };
  return {
    metrics,
    async workflow(workflow, params, signal) {
      const as: Parameters<Workflows['callWorkflow']>[0]['as'] = {
        name: identity.name,
        ask: (asked, until) => askAs(identity, asked, until),
      };
      const { result } = await workflows.callWorkflow({
        workflow,
        params: params as Params,
        as,
        signal: AbortSignal.any([signal, gone]),
      });
      return (result ?? null) as Json;
    },
  };
}
