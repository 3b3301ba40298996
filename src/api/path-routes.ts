/** `GET /api/path?from=…&to=…` and the same as a body of `POST`. */
import type { Request, Response } from 'express';
import { type PathRequest, pathRequestShape } from '../contract/path.ts';
import { issuesText } from './issues-text.ts';
import type { Routes } from './later-routes.ts';
import type { ApiLimits } from './limits.ts';
import type { Paths } from './path.ts';
import { refusalOf, sendJson, sendText, statusOf } from './reply.ts';
import { withBody, wrongMethod } from './requests.ts';

export function pathRoutes(app: Routes, paths: () => Promise<Paths>, limits: ApiLimits): void {
  const answer = async (response: Response, said: unknown) => {
    const asked = pathRequestShape.safeParse(said);
    if (!asked.success) return sendText(response, 400, issuesText(asked.error));
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      const found = await paths();
      sendJson(response, 200, await found.find(asked.data, gone.signal));
    } catch (error) {
      sendJson(response, statusOf(error).status, refusalOf(error));
      if (statusOf(error).status === 500) throw error;
    }
    return undefined;
  };
  app
    .route('/api/path')
    .get((request, response, next) => {
      answer(response, fromQuery(request.query)).catch(next);
    })
    .post((request, response, next) =>
      withBody(request, response, limits, (body) => {
        answer(response, body).catch(next);
      }),
    )
    .all(wrongMethod('GET, POST'));
}

/** All of an address is text; numbers are what the shape says are. */
function fromQuery(query: Request['query']): Record<keyof PathRequest, unknown> | Record<string, unknown> {
  const said: Record<string, unknown> = { ...query };
  for (const key of ['port', 'sourcePort'])
    if (typeof said[key] === 'string' && said[key] !== '') said[key] = Number(said[key]);
  if (typeof said.both === 'string') said.both = said.both !== 'false' && said.both !== '0';
  return said;
}
