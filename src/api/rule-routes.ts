/** `/api/noderule`, `/api/edgerule`, and what users said of single nodes: `/api/usermetadata`. */
import type { Express, Response } from 'express';
import type { WireUserMetadata } from '../contract/rule.ts';
import type { ApiLimits } from './limits.ts';
import { sendJson, sendText } from './reply.ts';
import { withBody, wrongMethod } from './requests.ts';
import { type ApiRules, RuleDoor, type RuleKind, type RuleOutcome } from './rules.ts';

export function ruleRoutes(app: Express, rules: ApiRules, limits: ApiLimits): void {
  for (const kind of ['node', 'edge'] as const) pathsOf(app, rules, kind, limits);
  app
    .route('/api/usermetadata')
    .get((_, response) => {
      const all: Record<string, WireUserMetadata> = {};
      for (const one of rules.user.list()) all[one.TID] = one as WireUserMetadata;
      sendJson(response, 200, all);
    })
    .all(wrongMethod('GET'));
}

function pathsOf(app: Express, rules: ApiRules, kind: RuleKind, limits: ApiLimits): void {
  const door = new RuleDoor(rules, kind);
  const answer = (response: Response, outcome: RuleOutcome) =>
    'json' in outcome
      ? sendJson(response, outcome.status, outcome.json)
      : sendText(response, outcome.status, outcome.text);
  app
    .route(`/api/${kind}rule`)
    .get((_, response) => answer(response, door.list()))
    .post((request, response, next) =>
      withBody(request, response, limits, (body) => {
        door.create(body).then((outcome) => answer(response, outcome), next);
      }),
    )
    .all(wrongMethod('GET, POST'));
  app
    .route(`/api/${kind}rule/:id`)
    .get((request, response) => answer(response, door.read(request.params.id)))
    .delete((request, response, next) => {
      door.remove(request.params.id).then((outcome) => answer(response, outcome), next);
    })
    .all(wrongMethod('GET, DELETE'));
}
