/** `GET /api/openapi.json`, made from the shapes that requests are checked with and answers are written in. */
import * as z from 'zod';
import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi';
import { alertMessageShape } from './alert.ts';
import { newEdgeShape, newNodeShape } from './change.ts';
import { checkLineShape, checkRequestShape } from './check.ts';
import { datapathReplyShape, datapathRequestShape } from './datapath.ts';
import { dropLineShape, dropsLostShape, dropsRequestShape } from './drops.ts';
import { edgeShape, jsonShape, nodeShape } from './element.ts';
import { refusalShape } from './fault.ts';
import { eventShape, publishedShape, serverMessageShape, syncReplyShape, syncRequestShape } from './message.ts';
import { alertPaths } from './openapi/alerts.ts';
import { bundlePaths } from './openapi/bundles.ts';
import { capturePaths } from './openapi/captures.ts';
import { elementPaths } from './openapi/elements.ts';
import { gremlinPath } from './openapi/gremlin.ts';
import { injectionPaths } from './openapi/injections.ts';
import { json, limits, mistaken, operation, text } from './openapi/parts.ts';
import { pathPaths, whyPaths } from './openapi/paths.ts';
import { rulePaths } from './openapi/rules.ts';
import { workflowPaths } from './openapi/workflows.ts';
import { queryReplyShape, queryRequestShape } from './query.ts';
import { edgeRuleShape, newEdgeRuleShape, newNodeRuleShape, nodeRuleShape, userMetadataShape } from './rule.ts';
import { serviceShape, statusShape } from './status.ts';
import { mediaTypes, topologyReplyShape, topologyRequestShape } from './topology.ts';
import { completionReplyShape, completionRequestShape, vocabularyReplyShape } from './vocabulary.ts';

/** The same object at each call with the same version: it costs some milliseconds to make. */
export function openApiDocument(version: string): object {
  if (made?.version !== version) made = { version, document: document(version) };
  return made.document;
}

let made: { readonly version: string; readonly document: object } | undefined;

function document(version: string): object {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Skein',
      version,
      description:
        'Network topology with a memory. `/api/topology`, `/api/node`, `/api/edge` and the WebSockets speak the shapes ' +
        'of Skydive; what is ours says `"schema":"skein/v1"`.\n\n' +
        'WebSockets: `/ws/subscriber`, `/ws/publisher`, `/ws/pubsub`, and `/ws/subscriber/flow` for flows as they are updated ' +
        '(namespace `flow`, or `flow/CAPTURE`; types `store`, `stats`, `loss`); messages are the schemas `Event`, `ServerMessage` ' +
        'and `Published`, one or an array of them. Headers, or query parameters of the same names: `X-Host-ID`, ' +
        '`X-Client-Type`, `X-Websocket-Namespace` (`*`), `X-Gremlin-Filter` (a query that gives a graph or nodes), ' +
        '`X-Update-Policy` (`full`, `partial`), `X-Persistence-Policy` (`Persistent`, `DeleteOnDisconnect`), ' +
        '`X-Resume-Revision` (the last `LogRevision` that was seen), `X-Ack` (`1`: `Ack` when what was published is durable).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:8082' }],
    security: [{}, { bearer: [] }, { token: [] }, { basic: [] }],
    paths: paths(),
    components: {
      schemas: { alertMessageShape, eventShape, publishedShape, serverMessageShape, syncReplyShape, syncRequestShape },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        basic: { type: 'http', scheme: 'basic', description: 'The token as password.' },
        token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' },
      },
    },
  });
}

function paths(): ZodOpenApiPathsObject {
  return {
    '/api': { get: operation('service', 'Who answers', { ok: json(serviceShape) }) },
    '/api/topology': {
      post: {
        ...operation('topology', 'Ask in Gremlin, answered in the shape of Skydive', {
          ok: {
            ...json(topologyReplyShape),
            [mediaTypes.dot]: { schema: z.string() },
            [mediaTypes.pcap]: { schema: z.string() },
          },
          body: topologyRequestShape,
          refused: { 204: 'The query is empty.', 400: mistaken, 406: 'Only a graph can be drawn.', ...limits },
        }),
      },
      get: operation('wholeGraph', 'The whole graph, as the query `G`', {
        ok: { ...json(topologyReplyShape), [mediaTypes.dot]: { schema: z.string() } },
      }),
    },
    '/api/query': {
      post: {
        operationId: 'query',
        summary: 'Ask in Gremlin; the answer says what it is',
        requestBody: { required: true, content: json(queryRequestShape) },
        responses: {
          200: { description: 'The answer.', content: json(queryReplyShape) },
          400: { description: mistaken, content: json(refusalShape) },
          429: { description: limits[429], content: json(refusalShape) },
          503: { description: limits[503], content: json(refusalShape) },
          504: { description: limits[504], content: json(refusalShape) },
        },
      },
    },
    '/gremlin': gremlinPath(),
    '/api/path': pathPaths(),
    '/api/check': {
      post: {
        operationId: 'check',
        summary: 'Run suites of checks; a line of JSON for each result as soon as it is known',
        requestBody: { required: true, content: json(checkRequestShape) },
        responses: {
          200: {
            description:
              'A line `run`, one `result` for each check, `summary` last; blank lines in between say that it goes on.',
            content: { 'application/x-ndjson': { schema: checkLineShape } },
          },
          400: { description: 'Every mistake in the suites, or a request that is none.', content: json(refusalShape) },
          403: { description: 'Checks that send need the permission to inject.', content: json(refusalShape) },
        },
      },
    },
    '/api/bundle': bundlePaths(),
    '/api/why': whyPaths(),
    '/api/datapath-flows': {
      get: {
        operationId: 'datapathFlows',
        summary: 'Flows of the datapaths of Open vSwitch on the machine of the server, as they are now',
        requestParams: { query: datapathRequestShape },
        responses: {
          200: { description: 'The answer.', content: json(datapathReplyShape) },
          400: { description: 'There is no such bridge.', content: json(refusalShape) },
          503: { description: 'Its switch cannot be asked here.', content: json(refusalShape) },
        },
      },
    },
    '/api/drops': {
      get: {
        operationId: 'drops',
        summary: 'Packets that kernels drop, as they do: a JSON object a line, until the client goes',
        requestParams: { query: dropsRequestShape },
        responses: {
          200: {
            description: 'Drop or DropsLost, a line each.',
            content: { 'application/x-ndjson': { schema: z.union([dropLineShape, dropsLostShape]) } },
          },
          400: { description: mistaken, content: text },
          429: { description: limits[429], content: text },
          503: { description: 'No kernel can be watched.', content: text },
        },
      },
    },
    '/api/status': { get: operation('status', 'How everything is', { ok: json(statusShape) }) },
    '/api/config/{key}': {
      get: {
        ...operation('config', 'Value of a configuration key; `""` when there is none', { ok: json(jsonShape) }),
        requestParams: { path: z.object({ key: z.string().meta({ example: 'analyzer.listen' }) }) },
      },
    },
    ...capturePaths(),
    ...injectionPaths(),
    ...alertPaths(),
    ...workflowPaths(),
    ...rulePaths('node', newNodeRuleShape, nodeRuleShape),
    ...rulePaths('edge', newEdgeRuleShape, edgeRuleShape),
    '/api/usermetadata': {
      get: operation('userMetadata', 'What users said of single nodes, by TID', {
        ok: json(z.record(z.string(), userMetadataShape)),
      }),
    },
    ...elementPaths('node', nodeShape, newNodeShape),
    ...elementPaths('edge', edgeShape, newEdgeShape),
    '/api/vocabulary': { get: operation('vocabulary', 'What can be asked about', { ok: json(vocabularyReplyShape) }) },
    '/api/complete': {
      post: operation('complete', 'What may come next in a query', {
        ok: json(completionReplyShape),
        body: completionRequestShape,
        refused: { 400: mistaken },
      }),
    },
    '/metrics': {
      get: operation('metrics', 'Figures for Prometheus', { ok: { 'text/plain': { schema: z.string() } } }),
    },
    '/healthz': { get: operation('healthz', 'Is it alive?', { ok: text }) },
    '/readyz': { get: operation('readyz', 'Does it answer?', { ok: text, refused: { 503: 'Not yet, or no more.' } }) },
  };
}
