/**
 * `/api/topology` (Skydive's door) and `/api/query` (ours). The first is asked most and takes the short way: from the
 * HTTP server straight to the engine, no framework in between.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { queryRequestShape } from '../contract/query.ts';
import { mediaTypes } from '../contract/topology.ts';
import type { Answer } from '../query/query.ts';
import { mistake } from '../std/mistake.ts';
import { absenceWarnings } from './absent.ts';
import { graphPieces, replyPieces, topologyPieces } from './answer.ts';
import { parseJson, readBody } from './body.ts';
import { calledBy } from './called-by.ts';
import { guardFor } from './guard.ts';
import { identityOf } from './identity.ts';
import { issuesText } from './issues-text.ts';
import type { ApiLimits } from './limits.ts';
import { lossHeader } from './loss.ts';
import type { ApiParts } from './parts.ts';
import { linkTypesOf, pcapPieces } from './pcap.ts';
import type { Queries } from './queries.ts';
import { guardHeaders, jsonHeaders, refusalOf, sendJson, sendNothing, sendText, statusOf } from './reply.ts';
import type { AskAs } from './workflow-routes.ts';
import { writeReply } from './write.ts';

export class TopologyDoor {
  readonly #parts: Pick<ApiParts, 'clock' | 'timeline' | 'graph' | 'log' | 'audit' | 'absent' | 'workflows'>;
  readonly #queries: Queries;
  readonly #limits: ApiLimits;
  readonly #elapsed: () => number;
  readonly #askAs: AskAs;

  constructor(
    parts: Pick<ApiParts, 'clock' | 'timeline' | 'graph' | 'log' | 'audit' | 'absent' | 'workflows'>,
    queries: Queries,
    limits: ApiLimits,
    askAs: AskAs,
  ) {
    this.#askAs = askAs;
    this.#elapsed = () => parts.clock.elapsed();
    this.#parts = parts;
    this.#queries = queries;
    this.#limits = limits;
  }

  /** `POST /api/topology`. */
  post(request: IncomingMessage, response: ServerResponse): void {
    readBody(request, this.#limits.bodyBytesMax, (fault, text) => {
      if (fault) return sendText(response, fault.status, fault.text, ['Connection', 'close']);
      const asked = gremlinOf(text);
      if (asked.fault !== undefined) return sendText(response, 400, asked.fault);
      if (asked.query === '') return sendNothing(response, 204);
      this.#answer(asked.query, request, response, new SkydiveShape(request.headers.accept));
    });
  }

  /** `GET /api/topology`: the whole graph. */
  get(request: IncomingMessage, response: ServerResponse): void {
    this.#answer('G', request, response, new SkydiveShape(request.headers.accept));
  }

  /** `POST /api/query`. */
  query(request: IncomingMessage, response: ServerResponse): void {
    readBody(request, this.#limits.bodyBytesMax, (fault, text) => {
      if (fault) {
        const code = fault.status === 413 ? 'request.too-big' : 'request.encoding';
        return sendJson(response, fault.status, refusalOf(mistake(code, fault.text)));
      }
      const body = parseJson(text);
      if (body.fault !== undefined) return sendJson(response, 400, refusalOf(mistake('request.json', body.fault)));
      const asked = queryRequestShape.safeParse(body.value);
      if (!asked.success) {
        return sendJson(response, 400, refusalOf(mistake('request.shape', issuesText(asked.error))));
      }
      const { query, explain, profile } = asked.data;
      const step = explain ? '.explain()' : profile ? '.profile()' : '';
      this.#answer(`${query}${step}`, request, response, new OurShape(this.#parts));
    });
  }

  #answer(query: string, request: IncomingMessage, response: ServerResponse, shape: Shape): void {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    try {
      const identity = identityOf(request);
      const guard = identity && guardFor(identity, this.#parts.audit);
      const workflow = calledBy(identity, this.#parts.workflows, this.#askAs);
      const answer = this.#queries.ask(query, { signal: gone.signal, guard, workflow });
      if (!(answer instanceof Promise)) {
        const writing = shape.write(response, answer, this.#elapsed);
        if (writing !== undefined) this.#finish(writing, request, response, shape);
        return;
      }
      const writing = answer.then((done) => shape.write(response, done, this.#elapsed));
      this.#finish(writing, request, response, shape);
    } catch (error) {
      this.#fail(error, request, response, shape);
    }
  }

  #finish(writing: Promise<void>, request: IncomingMessage, response: ServerResponse, shape: Shape): void {
    writing.catch((error) => this.#fail(error, request, response, shape));
  }

  #fail(error: unknown, request: IncomingMessage, response: ServerResponse, shape: Shape): void {
    if (statusOf(error).text === undefined) {
      this.#parts.log.warn(`${request.method} ${request.url}: ${(error as Error)?.stack ?? String(error)}`);
    }
    if (response.headersSent) response.destroy();
    else shape.refuse(response, error);
  }
}

interface Shape {
  write(response: ServerResponse, answer: Answer, elapsed: () => number): Promise<void> | undefined;
  refuse(response: ServerResponse, error: unknown): void;
}

class SkydiveShape implements Shape {
  readonly #accept: string;

  constructor(accept: string | undefined) {
    this.#accept = accept ?? '';
  }

  write(response: ServerResponse, answer: Answer, elapsed: () => number): Promise<void> | undefined {
    const freeze = () => answer.view.freeze();
    if (this.#accept.includes(mediaTypes.dot)) {
      const pieces = graphPieces(answer);
      if (pieces) return writeReply(response, { status: 200, headers: dotHeaders, pieces, freeze }, elapsed);
      sendText(response, 406, 'Only graph can be outputted as dot: end the query with .SubGraph()');
      return undefined;
    }
    const loss = lossHeader(answer.loss);
    if (this.#accept.includes(mediaTypes.pcap)) {
      if (answer.kind !== 'packets') {
        sendText(response, 406, 'Only RawPackets step result can be outputted as pcap');
        return undefined;
      }
      const [linkType = ETHERNET, ...others] = linkTypesOf(answer.packets);
      if (others.length > 0) {
        const text = `The packets have link types ${[linkType, ...others].join(', ')}, and a pcap file has one`;
        sendText(response, 406, `${text}: narrow the query to flows of one capture`);
        return undefined;
      }
      const pieces = pcapPieces(answer.packets, linkType);
      const headers = [...pcapHeaders, ...loss];
      return writeReply(response, { status: 200, headers, pieces, encoding: 'latin1', freeze }, elapsed);
    }
    const headers = loss.length === 0 ? jsonHeaders : [...jsonHeaders, ...loss];
    return writeReply(response, { status: 200, headers, pieces: topologyPieces(answer), freeze }, elapsed);
  }

  refuse(response: ServerResponse, error: unknown): void {
    const { status, text } = statusOf(error);
    sendText(response, status, text ?? 'internal error', status === 429 || status === 503 ? ['Retry-After', '1'] : []);
  }
}

class OurShape implements Shape {
  readonly #parts: Pick<ApiParts, 'clock' | 'timeline' | 'graph' | 'absent'>;
  readonly #start: number;

  constructor(parts: Pick<ApiParts, 'clock' | 'timeline' | 'graph' | 'absent'>) {
    this.#parts = parts;
    this.#start = parts.clock.elapsed();
  }

  write(response: ServerResponse, answer: Answer, elapsed: () => number): Promise<void> | undefined {
    const { timeline, graph, absent } = this.#parts;
    const lacks = absent === undefined ? [] : absenceWarnings(answer, absent());
    const around = {
      range: timeline.range(),
      logRevision: graph.revision,
      tookMs: elapsed() - this.#start,
    };
    const freeze = () => answer.view.freeze();
    return writeReply(
      response,
      { status: 200, headers: jsonHeaders, pieces: replyPieces(warned(answer, lacks), around), freeze },
      elapsed,
    );
  }

  refuse(response: ServerResponse, error: unknown): void {
    sendJson(response, statusOf(error).status, refusalOf(error));
  }
}

function warned(answer: Answer, more: Answer['warnings']): Answer {
  return more.length === 0 ? answer : { ...answer, warnings: [...answer.warnings, ...more] };
}

/** LINKTYPE_ETHERNET: what a file without packets says it has. */
const ETHERNET = 1;

const pcapHeaders = ['Content-Type', mediaTypes.pcap, ...guardHeaders];
const dotHeaders = ['Content-Type', `${mediaTypes.dot}; charset=utf-8`, ...guardHeaders];

function gremlinOf(text: string): { query: string; fault?: undefined } | { query?: undefined; fault: string } {
  if (text.trim() === '') return { query: '' };
  const body = parseJson(text);
  if (body.fault !== undefined) return { fault: body.fault };
  const query = (body.value as { GremlinQuery?: unknown } | null)?.GremlinQuery;
  if (query === undefined || query === null) return { query: '' };
  if (typeof query !== 'string') return { fault: 'GremlinQuery: a string is expected' };
  return { query: query.trim() };
}
