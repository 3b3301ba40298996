/** `/api/alert`: alerts as Skydive's clients make, read and delete them; `/api/alerts`: how they stand, and what happened. */
import type { Request, Response } from 'express';
import { shownAction } from '../alerts/action.ts';
import type { Alerts } from '../alerts/alerts.ts';
import { newAlertShape, type WireAlert } from '../contract/alert.ts';
import { schemaVersion } from '../contract/element.ts';
import { Mistake } from '../std/mistake.ts';
import { identityOf, may } from './identity.ts';
import { issuesText } from './issues-text.ts';
import type { Routes } from './later-routes.ts';
import type { ApiLimits } from './limits.ts';
import { mistakeText } from './mistake-text.ts';
import { note, wordsOf } from './noted.ts';
import { sendJson, sendText, statusOf } from './reply.ts';
import { withBody, wrongMethod } from './requests.ts';

/** What the API needs of alerts. */
export type ApiAlerts = Pick<
  Alerts,
  'list' | 'get' | 'create' | 'update' | 'delete' | 'states' | 'held' | 'history' | 'test' | 'status' | 'listen'
>;

export function alertRoutes(app: Routes, alerts: ApiAlerts, limits: ApiLimits): void {
  app
    .route('/api/alert')
    .get((request, response) => {
      const all = alerts.list().map((alert) => [alert.UUID, shownTo(request, alert)]);
      sendJson(response, 200, Object.fromEntries(all));
    })
    .post((request, response) =>
      withBody(request, response, limits, (body) => {
        made(request, response, 201, body, (asked) => alerts.create(asked));
      }),
    )
    .all(wrongMethod('GET, POST'));
  app
    .route('/api/alert/:id')
    .get((request, response) => {
      const alert = alerts.get(request.params.id);
      if (alert) sendJson(response, 200, shownTo(request, alert));
      else notFound(response, request.params.id);
    })
    .patch((request, response) =>
      withBody(request, response, limits, (body) => {
        const { id } = request.params;
        const before = alerts.get(id);
        if (before === undefined) return notFound(response, id);
        made(request, response, 200, merged(before, body), (asked) => alerts.update(id, asked));
      }),
    )
    .delete((request, response) => {
      const { id } = request.params;
      if (alerts.delete(id)) sendText(response, 200, '');
      else notFound(response, id);
    })
    .all(wrongMethod('GET, PATCH, DELETE'));
  app
    .route('/api/alert/:id/test')
    .post((request, response) => {
      const { id } = request.params;
      alerts.test(id).then(
        (isThere) => (isThere ? sendText(response, 200, '') : notFound(response, id)),
        // What the other side said is the answer to the question.
        (error: Error) =>
          error instanceof Mistake
            ? sendText(response, 400, error.message)
            : sendText(response, 502, `it was not taken: ${error.message}`),
      );
    })
    .all(wrongMethod('POST'));
  app
    .route('/api/alerts')
    .get((request, response) => {
      const states = alerts.states().map((state) => ({ ...state, Alert: shownTo(request, state.Alert) }));
      const held = alerts.held();
      const note = held === undefined ? {} : { held };
      sendJson(response, 200, { schema: schemaVersion, kind: 'alerts', alerts: states, ...note });
    })
    .all(wrongMethod('GET'));
  app
    .route('/api/alerts/history')
    .get((_, response) =>
      sendJson(response, 200, { schema: schemaVersion, kind: 'alert-history', events: alerts.history() }),
    )
    .all(wrongMethod('GET'));
}

function made(
  request: Request,
  response: Response,
  status: 200 | 201,
  body: unknown,
  make: (asked: ReturnType<typeof newAlertShape.parse>) => WireAlert | undefined,
): void {
  const asked = newAlertShape.safeParse(body);
  if (!asked.success) {
    sendText(response, 400, issuesText(asked.error));
    return;
  }
  try {
    const alert = make(asked.data);
    if (alert === undefined) {
      notFound(response, '');
      return;
    }
    note(request, wordsOf(alert));
    sendJson(response, status, shownTo(request, alert));
  } catch (error) {
    const { status: failed, text } = statusOf(error);
    if (text === undefined) throw error;
    sendText(response, failed, error instanceof Mistake ? mistakeText(error) : text);
  }
}

/** JSON Merge Patch (RFC 7396), of an object that holds no objects but Labels. */
function merged(before: WireAlert, body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const all: Record<string, unknown> = { ...before, ...body };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

/** Where a webhook leads is often a secret: only who may change an alert sees all of it. */
function shownTo(request: Request, alert: WireAlert): WireAlert {
  const identity = identityOf(request);
  const isAll = identity === undefined || may(identity, 'manage');
  return isAll ? alert : { ...alert, Action: shownAction(alert.Action) };
}

function notFound(response: Response, id: string): void {
  sendText(response, 404, `Alert '${id}' not found`);
}
