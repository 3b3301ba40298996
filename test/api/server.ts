/** A server over a graph of its own on a free port of loopback, and what tests ask it with. */
import { request as httpRequest } from 'node:http';
import { type Api, createApi } from '../../src/api/api.ts';
import type { ApiTails } from '../../src/api/capture-tail.ts';
import type { ApiCaptures } from '../../src/api/captures.ts';
import type { ApiLimits } from '../../src/api/limits.ts';
import type { AccessRules, ApiArchive, ApiParts, ApiTraces, FlowFeed, ServerStatus } from '../../src/api/parts.ts';
import type { ApiRules } from '../../src/api/rules.ts';
import { networkGremlin } from '../../src/app-gremlin.ts';
import { MergedTimeline } from '../../src/archive/timeline.ts';
import type { Change } from '../../src/graph/change.ts';
import type { Metadata } from '../../src/graph/element.ts';
import { Graph } from '../../src/graph/graph.ts';
import { QueryEngine } from '../../src/query/query.ts';
import { steps } from '../../src/query/steps/index.ts';
import { mistake } from '../../src/std/mistake.ts';

export interface TestServer extends AsyncDisposable {
  readonly graph: Graph;
  readonly api: Api;
  readonly port: number;
  readonly url: string;
  readonly warnings: string[];
  /** Queries are refused as taking too long. */
  fail: boolean;
  say(...changes: Change[]): void;
}

export interface TestServerOptions {
  readonly access?: Partial<AccessRules>;
  readonly audit?: ApiParts['audit'];
  readonly audited?: ApiParts['audited'];
  readonly tls?: ApiParts['tls'];
  readonly limits?: Partial<ApiLimits>;
  readonly archive?: Partial<ApiArchive>;
  readonly host?: string;
  /** Left out: a free one. */
  readonly port?: number;
  readonly indexed?: readonly string[];
  readonly status?: Partial<ServerStatus>;
  readonly flows?: ApiParts['flows'];
  readonly captures?: ApiCaptures;
  readonly datapathFlows?: ApiParts['datapathFlows'];
  readonly tails?: ApiTails;
  readonly traces?: ApiTraces;
  readonly rules?: (graph: Graph) => ApiRules;
  readonly workflows?: ApiParts['workflows'];
  readonly alerts?: ApiParts['alerts'];
  readonly flowFeed?: FlowFeed;
  readonly absent?: ApiParts['absent'];
}

export async function testServer(options: TestServerOptions = {}): Promise<TestServer> {
  const graph = new Graph({ indexed: options.indexed ?? ['Name', 'Type'], begin: Date.now() - 1000 });
  const warnings: string[] = [];
  const keys = () => ['Name', 'Type', 'MTU', 'State'];
  const engine = new QueryEngine({ keys });
  const timeline = new MergedTimeline({ graph, flushed: async () => {}, nowMs: Date.now });
  const network = {
    host: 'test-host',
    graph,
    timeline,
    clock: { now: Date.now, elapsed: () => performance.now() },
    archive: { flushed: async () => {}, isFull: () => false, ...options.archive },
    ...(options.flows ? { flows: options.flows } : {}),
  };
  const api = createApi({
    ...network,
    gremlin: async () => networkGremlin(network, { traversalLimits: { results: 1000 } }),
    keys,
    version: '0.1.0',
    engine: {
      prepare: (text) => engine.prepare(text),
      run: (prepared, context) => {
        if (server.fail) throw mistake('query.limit', 'the query was stopped (limit timeMs)');
        return engine.run(prepared, context);
      },
    },
    status: () => ({
      StartedAt: 1_000,
      Notes: [],
      Probes: {},
      Graph: { Nodes: graph.nodes.alive.size, Edges: graph.edges.alive.size, Revision: graph.revision, Range: null },
      Archive: null,
      ...options.status,
    }),
    configValue: (key) => (key === 'flow.update' ? 5 : undefined),
    access: { tokens: [], hostNames: [], ...options.access },
    audit: options.audit,
    ...(options.workflows && { workflows: options.workflows }),
    ...(options.alerts && { alerts: options.alerts }),
    ...(options.audited && { audited: options.audited }),
    tls: options.tls,
    vocabulary: { types: [], relations: [], steps },
    log: { info: () => {}, warn: (text) => warnings.push(text) },
    ...(options.limits ? { limits: options.limits } : {}),
    datapathFlows: options.datapathFlows ?? (async () => []),
    ...(options.captures ? { captures: options.captures } : {}),
    ...(options.tails ? { tails: options.tails } : {}),
    ...(options.rules ? { rules: options.rules(graph) } : {}),
    ...(options.traces ? { traces: options.traces } : {}),
    ...(options.flowFeed ? { flowFeed: options.flowFeed } : {}),
    ...(options.absent ? { absent: options.absent } : {}),
  });
  const { port } = await api.listen(options.host ?? '127.0.0.1', options.port ?? 0);
  const server: TestServer = {
    graph,
    api,
    port,
    fail: false,
    url: `http://${options.host ?? '127.0.0.1'}:${port}`,
    warnings,
    say(...changes) {
      const { refused } = graph.apply(changes, { host: 'test-host', origin: 'agent.test-host', time: Date.now() });
      if (refused.length > 0) throw new Error(refused[0]?.reason);
    },
    [Symbol.asyncDispose]: () => api.close(),
  };
  return server;
}

export function node(id: string, metadata: Metadata = {}): Change {
  return { kind: 'node', id, metadata: { Name: id, Type: 'veth', ...metadata } };
}

export function edge(id: string, parent: string, child: string, relation = 'layer2'): Change {
  return { kind: 'edge', id, parent, child, metadata: { RelationType: relation } };
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Asking {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly host?: string;
}

/** Unlike fetch it lets a test say any Host, Origin and body. */
export function ask(server: { port: number }, path: string, asking: Asking = {}): Promise<Answered> {
  const { method = 'GET', body, headers = {}, host = '127.0.0.1' } = asking;
  const text = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host, port: server.port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        });
      });
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

export function gremlin(
  server: { port: number },
  query: string,
  headers: Record<string, string> = {},
): Promise<Answered> {
  return ask(server, '/api/topology', { method: 'POST', body: { GremlinQuery: query }, headers });
}
