/** `POST /api/check` runs checks and answers line by line; `GET /api/check` tells what runs and what ran. */
import { once } from 'node:events';
import type { Request, Response } from 'express';
import type { World } from '../checks/run/world.ts';
import type { Json } from '../checks/suite/suite.ts';
import { checkRequestShape } from '../contract/check.ts';
import type { Later } from '../std/later.ts';
import type { Params, Workflows } from '../workflows/workflow.ts';
import type { Checks, ChecksList } from './checks.ts';
import { drained } from './drained.ts';
import { denied, identityOf, may } from './identity.ts';
import { issuesText } from './issues-text.ts';
import type { Routes } from './later-routes.ts';
import type { ApiLimits } from './limits.ts';
import { note } from './noted.ts';
import type { ApiParts } from './parts.ts';
import { guardHeaders, jsonHeaders, refusalOf, sendJson, sendText, statusOf } from './reply.ts';
import { withBody, wrongMethod } from './requests.ts';
import type { AskAs } from './workflow-routes.ts';
import { writeReply } from './write.ts';

export interface CheckDoor {
  readonly checks: Later<Checks>;
  readonly audit: ApiParts['audit'];
  readonly metrics: () => Promise<string>;
  readonly workflows: Workflows | undefined;
  readonly askAs: AskAs;
  readonly log: ApiParts['log'];
  /** Instead of TAKES_NOTHING_MS. */
  readonly takesNothingMs?: number;
}

/** A blank line is sent while nothing else is, so that nobody in between thinks the connection dead. */
export const HEARTBEAT_MS = 5_000;
/** What is known within so long goes out together: writing costs more than finding out. */
const TOGETHER_MS = 20;
/** Bytes that wait for a client that reads slowly; nothing new is begun until it has taken them. */
const WAITING_MAX = 256 * 1024;
/** A client that takes nothing for so long is left, and its run is ended. */
const TAKES_NOTHING_MS = 60_000;

export function checkRoutes(app: Routes, door: CheckDoor, limits: ApiLimits): void {
  app
    .route('/api/check')
    .get(async (_, response) => {
      const list = (await door.checks.get()).list();
      await writeReply(
        response,
        { status: 200, headers: jsonHeaders, pieces: piecesOf(list), freeze: () => undefined },
        () => performance.now(),
      );
    })
    .post((request, response, next) =>
      withBody(request, response, limits, (body) => {
        answer(door, request, response, body).catch(next);
      }),
    )
    .all(wrongMethod('GET, POST'));
}

/** Thousands of results are a long text. */
function* piecesOf({ running, last, results }: ChecksList): Generator<string> {
  const head = { schema: 'skein/v1', kind: 'checks', running, last };
  yield `${JSON.stringify(head).slice(0, -1)},"results":[`;
  for (const [at, result] of results.entries()) yield `${at > 0 ? ',' : ''}${JSON.stringify(result)}`;
  yield ']}\n';
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
    const prepared = await checks.prepare(asked.data, gone.signal);
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
    let flushing: NodeJS.Timeout | undefined;
    const flush = () => {
      clearTimeout(flushing);
      if (!response.headersSent)
        response.writeHead(200, ['Content-Type', 'application/x-ndjson', 'X-Accel-Buffering', 'no', ...guardHeaders]);
      if (response.destroyed || waiting === '') return;
      response.write(waiting);
      waiting = '';
    };
    let taking: Promise<void> | undefined;
    const ready = () => {
      if (waiting.length > WAITING_MAX) flush();
      if (response.destroyed || response.writableLength < WAITING_MAX) return undefined;
      taking ??= drained(response).then(() => {
        taking = undefined;
      });
      return taking;
    };
    const { takesNothingMs = TAKES_NOTHING_MS } = door;
    // That of a socket: what the other side takes of a long write counts as well.
    response.setTimeout(takesNothingMs, () => {
      door.log.warn(`POST /api/check: the client took nothing for ${takesNothingMs / 1000} s; its run is ended`);
      response.destroy();
    });
    const say = (text: string) => {
      if (waiting === '') flushing = setTimeout(flush, TOGETHER_MS);
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
      { tell: (line) => say(`${JSON.stringify(line)}\n`), ready },
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
