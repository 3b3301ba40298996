/** The paths that are asked now and then, as an express application. The hot one does not come this way. */
import express, { type NextFunction, type Request, type Response } from 'express';
import { completionRequestShape } from '../contract/vocabulary.ts';
import { readBody } from './body.ts';
import { captureRoutes } from './capture-routes.ts';
import type { CheckDoor } from './check-routes.ts';
import { completions } from './complete.ts';
import type { Elements, Kind, Outcome } from './elements.ts';
import { issuesText } from './issues-text.ts';
import { laterRoutes } from './later-routes.ts';
import type { ApiLimits } from './limits.ts';
import type { ApiParts } from './parts.ts';
import type { Paths } from './path.ts';
import { guardHeaders, jsonHeaders, refusalOf, send, sendJson, sendNothing, sendText, statusOf } from './reply.ts';
import { withBody, wrongMethod } from './requests.ts';
import type { TopologyDoor } from './topology.ts';
import { vocabularyReply } from './vocabulary.ts';
import type { Whys } from './why.ts';
import { elementJson } from './wire.ts';
import type { AskAs } from './workflow-routes.ts';
import { writeReply } from './write.ts';

export interface RouteParts {
  readonly parts: ApiParts;
  readonly limits: ApiLimits;
  readonly door: TopologyDoor;
  readonly elements: Elements;
  readonly paths: () => Promise<Paths>;
  readonly whys: () => Promise<Whys>;
  readonly status: () => object;
  readonly metrics: () => Promise<string>;
  readonly askAs: AskAs;
  /** False while starting and stopping. */
  readonly isReady: () => boolean;
  readonly login: (request: Request, response: Response, form: URLSearchParams) => Promise<void>;
  readonly logout: (request: Request, response: Response) => void;
}

export function routes(all: RouteParts): express.Express {
  const { parts, door, limits } = all;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  // What a path needs is decided by its text: /API/Config must not be another door to the same room.
  app.enable('case sensitive routing');

  app
    .route('/api')
    .get((_, response) => sendJson(response, 200, { Host: parts.host, Version: parts.version, Service: 'analyzer' }))
    .all(wrongMethod('GET'));
  app
    .route('/api/topology')
    .get((request, response) => door.get(request, response))
    .all(wrongMethod('GET, POST'));
  app
    .route('/api/query')
    .post((request, response) => door.query(request, response))
    .all(wrongMethod('POST'));
  app
    .route('/api/status')
    .get((_, response) => sendJson(response, 200, all.status()))
    .all(wrongMethod('GET'));
  app
    .route('/api/config/:key')
    .get((request, response) => sendJson(response, 200, parts.configValue(request.params.key) ?? ''))
    .all(wrongMethod('GET'));
  for (const kind of ['node', 'edge'] as const) elementRoutes(app, kind, all);
  captureRoutes(app, all);
  seldomRoutes(app, all);
  app
    .route('/api/vocabulary')
    .get((_, response) => sendJson(response, 200, vocabularyReply(parts.vocabulary)))
    .all(wrongMethod('GET'));
  app
    .route('/api/complete')
    .post((request, response) =>
      withBody(request, response, limits, (body) => {
        const asked = completionRequestShape.safeParse(body);
        if (!asked.success) return sendText(response, 400, issuesText(asked.error));
        completions(asked.data, parts.vocabulary, parts.graph.now()).then(
          (reply) => sendJson(response, 200, reply),
          (error) => sendJson(response, 500, refusalOf(error)),
        );
      }),
    )
    .all(wrongMethod('POST'));
  app
    .route('/api/openapi.json')
    .get(async (_, response) => {
      // What makes it is loaded when someone asks: it is half of our start otherwise.
      const { openApiDocument } = await import('../contract/openapi.ts');
      sendJson(response, 200, openApiDocument(parts.version));
    })
    .all(wrongMethod('GET'));
  app
    .route('/metrics')
    .get(async (_, response) =>
      send(
        response,
        200,
        ['Content-Type', 'text/plain; version=0.0.4; charset=utf-8', ...guardHeaders],
        await all.metrics(),
      ),
    )
    .all(wrongMethod('GET'));
  app
    .route('/login')
    .post((request, response, next) =>
      readBody(request, formBytesMax, (fault, text) => {
        if (fault) return sendText(response, fault.status, fault.text);
        all.login(request, response, new URLSearchParams(text)).catch(next);
      }),
    )
    .all(wrongMethod('POST'));
  app
    .route('/logout')
    .post((request, response) => all.logout(request, response))
    .all(wrongMethod('POST'));
  app.route('/healthz').get((_, response) => sendText(response, 200, 'ok'));
  app
    .route('/readyz')
    .get((_, response) => (all.isReady() ? sendText(response, 200, 'ok') : sendText(response, 503, 'not ready')));
  app.use((request: Request, response: Response) => {
    if (parts.still !== undefined && request.path.startsWith('/api/'))
      return sendText(response, 400, `${parts.still}, so there is no ${request.path}`);
    return sendText(response, 404, `404 page not found: ${request.path}`);
  });
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    // express throws for an address that cannot be decoded.
    if ((error as { status?: number }).status === 400) return sendText(response, 400, 'the address cannot be decoded');
    const { status, text } = statusOf(error);
    if (text === undefined) parts.log.warn(`${request.method} ${request.path}: ${(error as Error)?.stack ?? error}`);
    sendText(response, status, text ?? 'internal error');
  });
  return app;
}

/** What answers here is loaded with the first that asks. */
function seldomRoutes(app: express.Express, all: RouteParts): void {
  const { parts, limits, askAs } = all;
  const { alerts, audit, audited, bundles, checks, datapathFlows, drops, injections, rules, workflows } = parts;
  laterRoutes(app, ['/api/path'], async () => {
    const { pathRoutes } = await import('./path-routes.ts');
    return (routes) => pathRoutes(routes, all.paths, limits);
  });
  laterRoutes(app, ['/api/why'], async () => {
    const { whyRoutes } = await import('./why-routes.ts');
    return (routes) => whyRoutes(routes, all.whys, limits);
  });
  if (bundles)
    laterRoutes(app, ['/api/bundle'], async () => {
      const { bundleRoutes } = await import('./bundle-routes.ts');
      return (routes) => bundleRoutes(routes, { bundles, audit, status: all.status }, limits);
    });
  if (checks)
    laterRoutes(app, ['/api/check'], async () => {
      const { checkRoutes } = await import('./check-routes.ts');
      return (routes) => checkRoutes(routes, checkDoor(all, checks), limits);
    });
  if (datapathFlows)
    laterRoutes(app, ['/api/datapath-flows'], async () => {
      const { datapathRoutes } = await import('./datapath-routes.ts');
      return (routes) => datapathRoutes(routes, datapathFlows);
    });
  if (drops)
    laterRoutes(app, ['/api/drops'], async () => {
      const { dropRoutes } = await import('./drop-routes.ts');
      return (routes) => dropRoutes(routes, drops);
    });
  if (alerts)
    laterRoutes(app, ['/api/alert', '/api/alerts'], async () => {
      const { alertRoutes } = await import('./alert-routes.ts');
      return (routes) => alertRoutes(routes, alerts, limits);
    });
  if (injections)
    laterRoutes(app, ['/api/injectpacket'], async () => {
      const { injectionRoutes } = await import('./injections.ts');
      return (routes) => injectionRoutes(routes, injections, limits);
    });
  if (rules)
    laterRoutes(app, ['/api/noderule', '/api/edgerule', '/api/usermetadata'], async () => {
      const { ruleRoutes } = await import('./rule-routes.ts');
      return (routes) => ruleRoutes(routes, rules, limits);
    });
  if (workflows)
    laterRoutes(app, ['/api/workflow'], async () => {
      const { workflowRoutes } = await import('./workflow-routes.ts');
      return (routes) => workflowRoutes(routes, workflows, askAs, limits);
    });
  if (audited)
    laterRoutes(app, ['/api/audit'], async () => {
      const { auditRoutes } = await import('./audit-routes.ts');
      return (routes) => auditRoutes(routes, audited);
    });
}

function checkDoor({ parts, metrics, askAs }: RouteParts, checks: CheckDoor['checks']): CheckDoor {
  const { audit, log, workflows } = parts;
  return { checks, audit, log, metrics, workflows, askAs };
}

/** Of a name and a password: who sends more has not logged in yet, and shall not fill our memory. */
const formBytesMax = 4 * 1024;

function elementRoutes(app: express.Express, kind: Kind, { parts, elements, limits }: RouteParts): void {
  const answer = async (response: Response, outcome: Promise<Outcome> | Outcome) => {
    const done = await outcome;
    if (done.status === 304) return sendNothing(response, 304);
    if ('text' in done) return sendText(response, done.status, done.text);
    if (done.element === undefined) return sendText(response, done.status, '');
    send(response, done.status, jsonHeaders, `${elementJson(done.element, undefined)}\n`);
  };
  app
    .route(`/api/${kind}`)
    .get((_, response) => {
      const { pieces, freeze } = elements.list(kind);
      return writeReply(response, { status: 200, headers: jsonHeaders, pieces, freeze }, () => parts.clock.elapsed());
    })
    .post((request, response, next) =>
      withBody(request, response, limits, (body) => {
        answer(response, elements.create(kind, body)).catch(next);
      }),
    )
    .all(wrongMethod('GET, POST'));
  app
    .route(`/api/${kind}/:id`)
    .get((request, response) => {
      const { id } = request.params;
      const element = elements.find(kind, id);
      if (element) send(response, 200, jsonHeaders, `${elementJson(element, parts.graph.now())}\n`);
      else sendText(response, 404, `${kind === 'node' ? 'Node' : 'Edge'} '${id}' not found`);
    })
    .patch((request, response, next) =>
      withBody(request, response, limits, (body) => {
        answer(response, elements.patch(kind, request.params.id, body)).catch(next);
      }),
    )
    .delete((request, response) => answer(response, elements.remove(kind, request.params.id)))
    .all(wrongMethod('GET, PATCH, DELETE'));
}
