/** `/api/noderule`, `/api/edgerule`, and what users said of single nodes: `/api/usermetadata`. */
import type { WireUserMetadata } from '../contract/rule.ts';
import type { Routes } from './later-routes.ts';
import type { ApiLimits } from './limits.ts';
import { sendJson } from './reply.ts';
import { wrongMethod } from './requests.ts';
import { resourceRoutes } from './resource-routes.ts';
import { type ApiRules, RuleDoor } from './rules.ts';

export function ruleRoutes(app: Routes, rules: ApiRules, limits: ApiLimits): void {
  for (const kind of ['node', 'edge'] as const)
    resourceRoutes(app, `/api/${kind}rule`, new RuleDoor(rules, kind), limits);
  app
    .route('/api/usermetadata')
    .get((_, response) => {
      const all: Record<string, WireUserMetadata> = {};
      for (const one of rules.user.list()) all[one.TID] = one as WireUserMetadata;
      sendJson(response, 200, all);
    })
    .all(wrongMethod('GET'));
}
