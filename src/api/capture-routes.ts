/** `/api/capture`, `/api/capture/tail` that gives packets, and `/api/pcap` that takes a trace. */
import type { Express, Request, Response } from 'express';
import type { TraceRead } from '../capture/traces.ts';
import { TRACE_HEADER, type WireTrace } from '../contract/trace.ts';
import { sendTail } from './capture-tail.ts';
import { CaptureDoor } from './captures.ts';
import type { ApiLimits } from './limits.ts';
import type { ApiParts } from './parts.ts';
import { sendText, statusOf } from './reply.ts';
import { wrongMethod } from './requests.ts';
import { resourceRoutes } from './resource-routes.ts';

export interface CaptureRouteParts {
  readonly parts: Pick<ApiParts, 'captures' | 'tails' | 'traces' | 'clock' | 'log'>;
  readonly limits: ApiLimits;
}

export function captureRoutes(app: Express, { parts, limits }: CaptureRouteParts): void {
  // Before the paths of captures: 'tail' is no id.
  app
    .route('/api/capture/tail')
    .get((request, response, next) => {
      sendTail(parts.tails, request, response).catch(next);
    })
    .all(wrongMethod('GET'));
  if (parts.captures)
    resourceRoutes(app, '/api/capture', new CaptureDoor(parts.captures, () => parts.clock.now()), limits);
  app
    .route('/api/pcap')
    .post((request, response, next) => {
      takeTrace(request, response, parts, limits).catch(next);
    })
    .all(wrongMethod('POST'));
}

async function takeTrace(
  request: Request,
  response: Response,
  { traces }: CaptureRouteParts['parts'],
  { traceBytesMax, tracesMax }: ApiLimits,
): Promise<void> {
  const refuse = (status: number, text: string) => sendText(response, status, text, ['Connection', 'close']);
  if (!traces) return refuse(503, 'traces cannot be read here, see skein status');
  if (Number(request.headers['content-length'] ?? 0) > traceBytesMax)
    return refuse(413, `the trace is larger than ${traceBytesMax} bytes (option api.trace)`);
  if (traces.running >= tracesMax) return refuse(429, `${traces.running} traces are being read already`);
  let size = 0;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    // Destroyed, it would take the answer with it.
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      size += (piece as Uint8Array).length;
      if (size > traceBytesMax) throw new TooBig();
      yield piece as Uint8Array;
    }
  }
  let read: TraceRead;
  try {
    read = await traces.read(pieces());
  } catch (error) {
    if (error instanceof TooBig)
      return refuse(413, `the trace is larger than ${traceBytesMax} bytes (option api.trace)`);
    const { status, text } = statusOf(error);
    if (text === undefined) throw error;
    return refuse(status, text);
  }
  const { packets, fromMs, toMs, cut } = read;
  const told: WireTrace = {
    Packets: packets,
    ...(fromMs !== undefined && { From: fromMs }),
    ...(toMs !== undefined && { To: toMs }),
    ...(cut !== undefined && { Cut: cut }),
  };
  // The answer has no body, as Skydive's has none.
  sendText(response, 202, '', [TRACE_HEADER, encodeURIComponent(JSON.stringify(told))]);
}

class TooBig extends Error {}
