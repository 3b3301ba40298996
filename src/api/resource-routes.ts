/** Things that clients make, list, read and delete, all at one path: `/api/capture`, `/api/noderule`. */
import type { Response } from 'express';
import { Mistake } from '../std/mistake.ts';
import type { Routes } from './later-routes.ts';
import type { ApiLimits } from './limits.ts';
import { mistakeText } from './mistake-text.ts';
import { note, wordsOf } from './noted.ts';
import { sendJson, sendText } from './reply.ts';
import { withBody, wrongMethod } from './requests.ts';

export type Outcome =
  | { readonly status: 200 | 201; readonly json: unknown }
  | { readonly status: 200 | 400 | 404 | 409 | 503; readonly text: string };

export interface ResourceDoor {
  list(): Outcome;
  read(id: string): Outcome;
  /** `ttl`: header X-Resource-TTL. */
  create(body: unknown, ttl: string | undefined): Promise<Outcome>;
  remove(id: string): Promise<Outcome>;
}

export function resourceRoutes(app: Routes, path: string, door: ResourceDoor, limits: ApiLimits): void {
  app
    .route(path)
    .get((_, response) => send(response, door.list()))
    .post((request, response, next) =>
      withBody(request, response, limits, (body) => {
        door.create(body, request.get('x-resource-ttl')).then((outcome) => {
          if (outcome.status === 201) note(request, wordsOf(outcome.json));
          send(response, outcome);
        }, next);
      }),
    )
    .all(wrongMethod('GET, POST'));
  app
    .route(`${path}/:id`)
    .get((request, response) => send(response, door.read(request.params.id)))
    .delete((request, response, next) => {
      door.remove(request.params.id).then((outcome) => send(response, outcome), next);
    })
    .all(wrongMethod('GET, DELETE'));
}

/** Why it was not made. Throws what is no Mistake. */
export function notCreated(error: unknown): Outcome {
  if (!(error instanceof Mistake)) throw error;
  if (error.faults[0]?.code.endsWith('.duplicate')) return { status: 409, text: 'duplicated resource' };
  return { status: 400, text: mistakeText(error) };
}

function send(response: Response, outcome: Outcome): void {
  if ('json' in outcome) sendJson(response, outcome.status, outcome.json);
  else sendText(response, outcome.status, outcome.text);
}
