/** `GET /api/openapi.json`, made from the shapes that requests are checked with and answers are written in. */
import * as z from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { alertHistoryShape, alertMessageShape, alertShape, alertStatesShape, newAlertShape } from './alert.ts';
import { BUNDLE_HEADER, bundleRequestShape } from './bundle.ts';
import { captureShape, newCaptureShape } from './capture.ts';
import { newEdgeShape, newNodeShape } from './change.ts';
import { checkLineShape, checkRequestShape } from './check.ts';
import { datapathReplyShape, datapathRequestShape } from './datapath.ts';
import { dropLineShape, dropsLostShape, dropsRequestShape } from './drops.ts';
import { edgeShape, idShape, jsonShape, nodeShape } from './element.ts';
import { refusalShape } from './fault.ts';
import { gremlinRefusalShape, gremlinReplyShape, gremlinRequestShape } from './gremlin.ts';
import { injectionShape, newInjectionShape } from './injection.ts';
import { eventShape, publishedShape, serverMessageShape, syncReplyShape, syncRequestShape } from './message.ts';
import { patchShape } from './patch.ts';
import { pathReplyShape, pathRequestShape } from './path.ts';
import { queryReplyShape, queryRequestShape } from './query.ts';
import { edgeRuleShape, newEdgeRuleShape, newNodeRuleShape, nodeRuleShape, userMetadataShape } from './rule.ts';
import { serviceShape, statusShape } from './status.ts';
import { mediaTypes, topologyReplyShape, topologyRequestShape } from './topology.ts';
import { TRACE_HEADER } from './trace.ts';
import { completionReplyShape, completionRequestShape, vocabularyReplyShape } from './vocabulary.ts';
import { whyReplyShape, whyRequestShape } from './why.ts';
import { newWorkflowShape, sourceCallShape, workflowCallShape, workflowShape } from './workflow.ts';

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

function gremlinPath(): ZodOpenApiPathsObject[string] {
  const answered = {
    200: {
      description: 'The results. `Accept` chooses: GraphSON 3 with or without types, GraphBinary 1, text.',
      content: {
        ...json(gremlinReplyShape),
        'application/vnd.gremlin-v3.0+json': { schema: gremlinReplyShape },
        'application/vnd.gremlin-v3.0+json;types=false': { schema: gremlinReplyShape },
        'application/vnd.graphbinary-v1.0': { schema: z.string().meta({ format: 'binary' }) },
        'text/plain': { schema: z.string() },
      },
    },
    400: { description: 'The request makes no sense.', content: json(gremlinRefusalShape) },
    401: { description: 'A name, and the token as password, are needed.', content: json(gremlinRefusalShape) },
    413: { description: limits[413], content: json(gremlinRefusalShape) },
    429: { description: limits[429], content: json(gremlinRefusalShape) },
    500: { description: 'The traversal makes no sense, failed, or met a limit.', content: json(gremlinRefusalShape) },
  };
  return {
    post: {
      operationId: 'gremlin',
      summary: 'Ask in standard Gremlin, as Gremlin Server 3.8 is asked',
      requestBody: { required: true, content: json(gremlinRequestShape) },
      responses: answered,
    },
    get: {
      operationId: 'gremlinByAddress',
      summary: 'The same, to read alone',
      requestParams: { query: z.object({ gremlin: z.string() }).catchall(z.string()) },
      responses: answered,
    },
  };
}

function injectionPaths(): ZodOpenApiPathsObject {
  const requestParams = { path: z.object({ id: idShape }) };
  const missing = { 404: 'There is no such injection.' };
  return {
    '/api/injectpacket': {
      get: operation('listInjections', 'All injections, by id', { ok: json(z.record(z.string(), injectionShape)) }),
      post: {
        operationId: 'createInjection',
        summary: 'Send packets of your own',
        requestBody: { required: true, content: json(newInjectionShape) },
        responses: {
          201: { description: 'With the TrackingIDs of its packets.', content: json(injectionShape) },
          400: { description: mistaken, content: text },
          503: { description: 'The host of its source cannot be asked.', content: text },
        },
      },
    },
    '/api/injectpacket/{id}': {
      get: {
        ...operation('readInjection', 'One injection', { ok: json(injectionShape), refused: missing }),
        requestParams,
      },
      delete: { ...operation('deleteInjection', 'Stop it', { ok: text, refused: missing }), requestParams },
    },
  };
}

function workflowPaths(): ZodOpenApiPathsObject {
  const requestParams = { path: z.object({ id: z.string().meta({ description: 'UUID or Name.' }) }) };
  const missing = { 404: 'There is no such workflow.' };
  const called = {
    200: {
      description: 'What the function gave, as JSON. `X-Workflow-Console`: what it said, URI-encoded, by commas.',
      content: json(z.unknown()),
    },
    400: { description: 'Wrong parameters, or the script failed or met a limit.', content: text },
    404: { description: missing[404], content: text },
    429: { description: 'As many run as may.', content: text },
  };
  return {
    '/api/workflow': {
      get: operation('listWorkflows', 'All workflows, by id', { ok: json(z.record(z.string(), workflowShape)) }),
      post: {
        operationId: 'createWorkflow',
        summary: 'Keep JavaScript that can be called',
        requestBody: { required: true, content: json(newWorkflowShape) },
        responses: {
          201: { description: 'As it is kept.', content: json(workflowShape) },
          400: { description: mistaken, content: text },
          409: { description: 'There is one of this name.', content: text },
        },
      },
    },
    '/api/workflow/{id}': {
      get: {
        ...operation('readWorkflow', 'One workflow', { ok: json(workflowShape), refused: missing }),
        requestParams,
      },
      delete: { ...operation('deleteWorkflow', 'Forget it', { ok: text, refused: missing }), requestParams },
    },
    '/api/workflow/{id}/call': {
      post: {
        operationId: 'callWorkflow',
        summary: 'Run it, with the rights of who calls',
        requestParams,
        requestBody: { required: true, content: json(workflowCallShape) },
        responses: called,
      },
    },
    '/api/workflow/call': {
      post: {
        operationId: 'callSource',
        summary: 'Run a source that is kept nowhere',
        requestBody: { required: true, content: json(sourceCallShape) },
        responses: called,
      },
    },
  };
}

function alertPaths(): ZodOpenApiPathsObject {
  const requestParams = { path: z.object({ id: idShape }) };
  const missing = { 404: 'There is no such alert.' };
  const body = { required: true, content: json(newAlertShape) };
  return {
    '/api/alert': {
      get: operation('listAlerts', 'All alerts, by id', { ok: json(z.record(z.string(), alertShape)) }),
      post: {
        operationId: 'createAlert',
        summary: 'Look at something from now on, and tell when it is so',
        requestBody: body,
        responses: {
          201: { description: 'As it is now.', content: json(alertShape) },
          400: { description: mistaken, content: text },
        },
      },
    },
    '/api/alert/{id}': {
      get: { ...operation('readAlert', 'One alert', { ok: json(alertShape), refused: missing }), requestParams },
      patch: {
        ...operation('changeAlert', 'Change what is given (JSON Merge Patch)', {
          ok: json(alertShape),
          refused: { ...missing, 400: mistaken },
        }),
        requestParams,
        requestBody: { required: true, content: json(newAlertShape.partial()) },
      },
      delete: { ...operation('deleteAlert', 'Look no more', { ok: text, refused: missing }), requestParams },
    },
    '/api/alert/{id}/test': {
      post: {
        ...operation('testAlert', 'Tell whoever would be told', {
          ok: text,
          refused: { ...missing, 400: 'Nobody would be told, or was refused for good.', 502: 'It was not taken.' },
        }),
        requestParams,
      },
    },
    '/api/alerts': { get: operation('alertStates', 'How each alert stands', { ok: json(alertStatesShape) }) },
    '/api/alerts/history': {
      get: operation('alertHistory', 'What fired and what was over', { ok: json(alertHistoryShape) }),
    },
  };
}

function rulePaths(kind: 'node' | 'edge', asked: z.ZodType, shape: z.ZodType): ZodOpenApiPathsObject {
  const requestParams = { path: z.object({ id: idShape }) };
  const missing = { 404: `There is no such ${kind} rule.` };
  const name = kind === 'node' ? 'NodeRule' : 'EdgeRule';
  return {
    [`/api/${kind}rule`]: {
      get: operation(`list${name}s`, `All ${kind} rules, by id`, { ok: json(z.record(z.string(), shape)) }),
      post: {
        operationId: `create${name}`,
        summary: kind === 'node' ? 'Say something of all nodes that a query finds' : 'Link what two queries find',
        requestBody: { required: true, content: { ...json(asked), 'application/yaml': { schema: asked } } },
        responses: {
          201: { description: 'As it is now; what it says is in the graph.', content: json(shape) },
          400: { description: mistaken, content: text },
          409: { description: 'There is one that does just this.', content: text },
        },
      },
    },
    [`/api/${kind}rule/{id}`]: {
      get: { ...operation(`read${name}`, `One ${kind} rule`, { ok: json(shape), refused: missing }), requestParams },
      delete: {
        ...operation(`delete${name}`, 'Take back what it says', { ok: text, refused: missing }),
        requestParams,
      },
    },
  };
}

function capturePaths(): ZodOpenApiPathsObject {
  const requestParams = { path: z.object({ id: idShape }) };
  const missing = { 404: 'There is no such capture.' };
  return {
    '/api/capture': {
      get: operation('listCaptures', 'All captures, by id', { ok: json(z.record(z.string(), captureShape)) }),
      post: {
        operationId: 'createCapture',
        summary: 'Capture on all nodes that a query finds, now and later',
        requestParams: {
          header: z.object({
            'X-Resource-TTL': z.string().optional().meta({ description: 'Ends after so long.', example: '30s' }),
          }),
        },
        requestBody: {
          required: true,
          content: { ...json(newCaptureShape), 'application/yaml': { schema: newCaptureShape } },
        },
        responses: {
          201: { description: 'As it is now.', content: json(captureShape) },
          400: { description: mistaken, content: text },
          409: { description: 'There is one with this query, type and filter.', content: text },
        },
      },
    },
    '/api/capture/{id}': {
      get: { ...operation('readCapture', 'One capture', { ok: json(captureShape), refused: missing }), requestParams },
      delete: { ...operation('deleteCapture', 'End a capture', { ok: text, refused: missing }), requestParams },
    },
    '/api/capture/tail': {
      get: {
        operationId: 'tailPackets',
        summary: 'Packets as they pass, until the client goes',
        description:
          'What the client does not take in time is dropped, and counted in the statistics of its interface (isb_osdrop).',
        requestParams: {
          query: z.object({
            gremlin: z.string().optional().meta({ description: 'Finds the interfaces; or node says which.' }),
            node: z.string().optional().meta({ description: 'TID or id of one interface.' }),
            bpf: z.string().optional().meta({ description: 'pcap syntax.' }),
            snaplen: z.int().nonnegative().optional().meta({ description: 'Bytes of each packet; 0: all.' }),
          }),
        },
        responses: {
          200: {
            description: 'pcapng: an interface for each node.',
            content: { 'application/x-pcapng': { schema: z.string().meta({ format: 'binary' }) } },
          },
          400: { description: mistaken, content: text },
          429: { description: limits[429], content: text },
          503: { description: 'No interface can be read.', content: text },
        },
      },
    },
    '/api/pcap': {
      post: {
        operationId: 'sendTrace',
        summary: 'Put the flows of a trace (pcap, pcapng) into the past, at the times of its packets',
        requestBody: {
          required: true,
          content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
        },
        responses: {
          202: {
            description: 'Its flows are kept.',
            headers: z.object({
              [TRACE_HEADER]: z.string().optional().meta({
                description: 'What was in it: Packets, From and To (epoch ms), Cut; JSON, percent-encoded.',
              }),
            }),
          },
          400: { description: 'It is no trace: what is wrong, and at which offset.', content: text },
          413: { description: limits[413], content: text },
          429: { description: limits[429], content: text },
        },
      },
    },
  };
}

function elementPaths(kind: 'node' | 'edge', shape: z.ZodType, body: z.ZodType): ZodOpenApiPathsObject {
  const name = kind === 'node' ? 'Node' : 'Edge';
  const requestParams = { path: z.object({ id: idShape }) };
  return {
    [`/api/${kind}`]: {
      get: operation(`list${name}s`, `All ${kind}s, by id`, { ok: json(z.record(z.string(), shape)) }),
      post: {
        operationId: `create${name}`,
        summary: `Make a ${kind}; answered when it is kept`,
        requestBody: { required: true, content: { ...json(body), 'application/yaml': { schema: body } } },
        responses: {
          201: { description: 'As it is now.', content: json(shape) },
          400: { description: 'All that is wrong with it, a line each.', content: text },
          409: { description: 'There is one with this id.', content: text },
        },
      },
    },
    [`/api/${kind}/{id}`]: {
      get: {
        ...operation(`read${name}`, `One ${kind}`, { ok: json(shape), refused: { 404: `There is no such ${kind}.` } }),
        requestParams,
      },
      patch: {
        ...operation(`patch${name}`, 'Change its metadata (RFC 6902)', {
          ok: json(shape),
          body: patchShape,
          refused: {
            304: 'It changes nothing. Name, Type, TID and RelationType cannot be changed.',
            400: 'An operation that cannot be.',
            404: `There is no such ${kind}.`,
            409: 'A test failed.',
          },
        }),
        requestParams,
      },
      delete: {
        ...operation(`delete${name}`, `End a ${kind}`, { ok: text, refused: { 404: `There is no such ${kind}.` } }),
        requestParams,
      },
    },
  };
}

type Content = Record<string, { schema: z.ZodType }>;

const text: Content = { 'text/plain': { schema: z.string() } };
function bundlePaths(): ZodOpenApiPathsObject[string] {
  const responses = {
    200: {
      description: 'A tar archive, packed with Zstandard: an archive of the span with its manifest.',
      headers: z.object({
        [BUNDLE_HEADER]: z
          .string()
          .meta({ description: 'What is in it: host, span, counts, missing; JSON, percent-encoded.' }),
      }),
      content: { 'application/zstd': { schema: z.string().meta({ format: 'binary' }) } },
    },
    400: { description: mistaken, content: json(refusalShape) },
    403: { description: 'What was in packets is not for this role.', content: json(refusalShape) },
    429: { description: 'Another bundle is being made.', content: json(refusalShape) },
  };
  const summary = 'What was so between two moments, as one file that can be asked elsewhere';
  return {
    get: { operationId: 'bundleByAddress', summary, requestParams: { query: bundleRequestShape }, responses },
    post: {
      operationId: 'bundle',
      summary,
      requestBody: { required: true, content: json(bundleRequestShape) },
      responses,
    },
  };
}

function pathPaths(): ZodOpenApiPathsObject[string] {
  const responses = {
    200: { description: 'The answer.', content: json(pathReplyShape) },
    400: { description: mistaken, content: json(refusalShape) },
    429: { description: limits[429], content: json(refusalShape) },
    503: { description: limits[503], content: json(refusalShape) },
    504: { description: limits[504], content: json(refusalShape) },
  };
  const summary = 'The way of a packet, hop by hop, and where it stops';
  return {
    get: { operationId: 'pathByAddress', summary, requestParams: { query: pathRequestShape }, responses },
    post: { operationId: 'path', summary, requestBody: { required: true, content: json(pathRequestShape) }, responses },
  };
}

function whyPaths(): ZodOpenApiPathsObject[string] {
  return {
    post: {
      operationId: 'why',
      summary: 'Which changes broke a conversation, ranked, with the reasons',
      requestBody: { required: true, content: json(whyRequestShape) },
      responses: {
        200: { description: 'The answer.', content: json(whyReplyShape) },
        400: { description: mistaken, content: json(refusalShape) },
        429: { description: limits[429], content: json(refusalShape) },
        503: { description: limits[503], content: json(refusalShape) },
        504: { description: limits[504], content: json(refusalShape) },
      },
    },
  };
}

const mistaken = 'All mistakes, each with its place.';
const limits = {
  413: 'The body is too large.',
  429: 'Too much at once.',
  503: 'Something it needs is away.',
  504: 'It took longer than a query may.',
} as const;

function json(schema: z.ZodType): Content {
  return { [mediaTypes.json]: { schema } };
}

function operation(
  operationId: string,
  summary: string,
  { ok, body, refused = {} }: { ok: Content; body?: z.ZodType; refused?: Readonly<Record<number, string>> },
): ZodOpenApiOperationObject {
  const refusals = Object.entries(refused).map(([status, description]) => [
    status,
    Number(status) < 400 ? { description } : { description, content: text },
  ]);
  return {
    operationId,
    summary,
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(body) } }),
    responses: { 200: { description: 'The answer.', content: ok }, ...Object.fromEntries(refusals) },
  };
}
