/** `GET /api/drops`: packets that kernels drop, as they do, for as long as the client reads. */
import { once } from 'node:events';
import type { Request, Response } from 'express';
import { type DropLine, type DropsLost, type DropsRequest, dropsRequestShape } from '../contract/drops.ts';
import { issuesText } from './issues-text.ts';
import type { Routes } from './later-routes.ts';
import { note } from './noted.ts';
import { guardHeaders, sendText, statusOf } from './reply.ts';
import { wrongMethod } from './requests.ts';

/** Lines as they come, also none. Rejects with Unavailable where no kernel tells. The signal ends it. */
export type ApiDrops = (
  asked: DropsRequest,
  signal: AbortSignal,
) => Promise<AsyncIterable<readonly (DropLine | DropsLost)[]>>;

/** Streams at the same time. */
export const DROPS_STREAMS_MAX = 16;

export function dropRoutes(app: Routes, drops: ApiDrops): void {
  let running = 0;
  app
    .route('/api/drops')
    .get(async (request, response) => {
      if (running >= DROPS_STREAMS_MAX)
        return sendText(response, 429, `drops are watched ${running} times already: end one of them`);
      running++;
      try {
        await answer(drops, request, response);
      } finally {
        running--;
      }
    })
    .all(wrongMethod('GET'));
}

async function answer(drops: ApiDrops, request: Request, response: Response): Promise<void> {
  const asked = dropsRequestShape.safeParse(request.query);
  if (!asked.success) return sendText(response, 400, issuesText(asked.error));
  const gone = new AbortController();
  const closed = once(response, 'close').then(() => gone.abort());
  note(request, `drops ${asked.data.a ?? 'of all'} ${asked.data.b ?? ''}`.trimEnd());
  try {
    const lines = await drops(asked.data, gone.signal);
    if (response.destroyed) return;
    response.writeHead(200, ['Content-Type', 'application/x-ndjson', 'X-Accel-Buffering', 'no', ...guardHeaders]);
    response.flushHeaders();
    for await (const some of lines) {
      if (response.destroyed) break;
      // Until it is taken nothing more is asked for: what comes meanwhile is counted as lost when it is too much.
      const text = some.map((line) => `${JSON.stringify(line)}\n`).join('');
      if (text !== '' && !response.write(text)) await Promise.race([once(response, 'drain'), closed]);
    }
    response.end();
  } catch (error) {
    const { status, text } = statusOf(error);
    if (text === undefined || response.headersSent) throw error;
    sendText(response, status, text);
  }
}
