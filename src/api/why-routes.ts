/** `POST /api/why`. */
import type { Response } from 'express';
import { whyRequestShape } from '../contract/why.ts';
import { issuesText } from './issues-text.ts';
import type { Routes } from './later-routes.ts';
import type { ApiLimits } from './limits.ts';
import { refusalOf, sendJson, sendText, statusOf } from './reply.ts';
import { withBody, wrongMethod } from './requests.ts';
import type { Whys } from './why.ts';

export function whyRoutes(app: Routes, whys: () => Promise<Whys>, limits: ApiLimits): void {
  app
    .route('/api/why')
    .post((request, response, next) =>
      withBody(request, response, limits, (body) => {
        answer(response, body, whys).catch(next);
      }),
    )
    .all(wrongMethod('POST'));
}

async function answer(response: Response, said: unknown, whys: () => Promise<Whys>): Promise<void> {
  const asked = whyRequestShape.safeParse(said);
  if (!asked.success) {
    sendText(response, 400, issuesText(asked.error));
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const found = await whys();
    sendJson(response, 200, await found.find(asked.data, gone.signal));
  } catch (error) {
    sendJson(response, statusOf(error).status, refusalOf(error));
    if (statusOf(error).status === 500) throw error;
  }
}
