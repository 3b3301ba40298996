/** `GET /api/datapath-flows?bridge=…`: read when it is asked for; nothing of it is kept. */
import { datapathRequestShape, type WireDatapathFlow } from '../contract/datapath.ts';
import { issuesText } from './issues-text.ts';
import type { Routes } from './later-routes.ts';
import { refusalOf, sendJson, sendText, statusOf } from './reply.ts';
import { wrongMethod } from './requests.ts';

/** Undefined as bridge: all of this machine. Rejects with a Mistake (no such bridge) or Unavailable (its switch cannot be asked). */
export type DatapathFlows = (bridge: string | undefined, signal: AbortSignal) => Promise<readonly WireDatapathFlow[]>;

export function datapathRoutes(app: Routes, flows: DatapathFlows): void {
  app
    .route('/api/datapath-flows')
    .get(async (request, response) => {
      const asked = datapathRequestShape.safeParse(request.query);
      if (!asked.success) return sendText(response, 400, issuesText(asked.error));
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      try {
        sendJson(response, 200, await flows(asked.data.bridge, gone.signal));
      } catch (error) {
        sendJson(response, statusOf(error).status, refusalOf(error));
        if (statusOf(error).status === 500) throw error;
      }
      return undefined;
    })
    .all(wrongMethod('GET'));
}
