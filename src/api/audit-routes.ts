/** `GET /api/audit?last=N`: who did what, oldest first. */
import { schemaVersion } from '../contract/element.ts';
import type { AuditEntry } from '../security/audit.ts';
import type { Routes } from './later-routes.ts';
import { sendJson, sendText } from './reply.ts';
import { wrongMethod } from './requests.ts';

const lastMax = 10_000;

export function auditRoutes(app: Routes, audited: (count: number) => readonly AuditEntry[]): void {
  app
    .route('/api/audit')
    .get((request, response) => {
      const { last = '100' } = request.query;
      if (typeof last !== 'string' || !/^[1-9]\d{0,4}$/.test(last) || Number(last) > lastMax)
        return sendText(response, 400, `last: a number from 1 to ${lastMax} is expected`);
      return sendJson(response, 200, { schema: schemaVersion, Entries: audited(Number(last)) });
    })
    .all(wrongMethod('GET'));
}
