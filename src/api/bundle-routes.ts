/** `GET /api/bundle?from=…&to=…&query=…` and the same as a body of `POST`: what was so, as one file. */
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { BUNDLE_HEADER, type BundleMade, bundleName, bundleRequestShape } from '../contract/bundle.ts';
import { roleFor } from '../security/role.ts';
import type { ApiBundles } from './bundles.ts';
import { guardFor } from './guard.ts';
import { denied, identityOf, may } from './identity.ts';
import { issuesText } from './issues-text.ts';
import type { Routes } from './later-routes.ts';
import type { ApiLimits } from './limits.ts';
import type { ApiParts } from './parts.ts';
import { guardHeaders, refusalOf, sendJson, sendText, statusOf } from './reply.ts';
import { withBody, wrongMethod } from './requests.ts';

interface BundleDoor {
  readonly bundles: ApiBundles;
  readonly audit: ApiParts['audit'];
  readonly status: () => unknown;
}

export function bundleRoutes(app: Routes, door: BundleDoor, limits: ApiLimits): void {
  app
    .route('/api/bundle')
    .get((request, response, next) => {
      answer(door, request, response, fromQuery(request.query)).catch(next);
    })
    .post((request, response, next) =>
      withBody(request, response, limits, (body) => {
        answer(door, request, response, body).catch(next);
      }),
    )
    .all(wrongMethod('GET, POST'));
}

async function answer({ bundles, audit, status }: BundleDoor, request: Request, response: Response, said: unknown) {
  const asked = bundleRequestShape.safeParse(said);
  if (!asked.success) return sendText(response, 400, issuesText(asked.error));
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { packets, ...rest } = asked.data;
  try {
    const who = identityOf(request);
    const maySee = who !== undefined && may(who, 'packets');
    if (packets === true && who && !maySee) throw denied(who, 'packets', 'a bundle with what was in packets');
    const withPackets = packets ?? maySee;
    if (who && withPackets) guardFor(who, audit).packets();
    const isLeft = packets === undefined && !maySee;
    const missing = isLeft ? [`what was in packets: to see it takes the role ${roleFor('packets')}`] : [];
    const by = who?.name ?? '';
    using made = await bundles.make({ ...rest, withPackets, missing, by, status }, gone.signal);
    const { host, span, counts, missing: left } = made.manifest;
    const about: BundleMade = { host, span, counts, missing: left.slice(0, MISSING_TOLD_MAX) };
    response.writeHead(200, [
      ...['Content-Type', 'application/zstd'],
      ...['Content-Disposition', `attachment; filename="${bundleName(about)}"`],
      ...[BUNDLE_HEADER, encodeURIComponent(JSON.stringify(about))],
      ...guardHeaders,
    ]);
    await pipeline(made.pieces(), response, { signal: gone.signal });
  } catch (error) {
    // Who has gone hears nothing, and asked for it.
    if (gone.signal.aborted && !response.writableFinished) {
      response.destroy();
      return undefined;
    }
    sendJson(response, statusOf(error).status, refusalOf(error));
    if (statusOf(error).status === 500) throw error;
  }
  return undefined;
}

/** All that is missing is in the manifest; a header has less room. */
const MISSING_TOLD_MAX = 10;

/** All of an address is text. */
function fromQuery(query: Request['query']): Record<string, unknown> {
  const { packets, maxBytes, ...others } = query;
  const rest = { ...others, ...(maxBytes !== undefined && { maxBytes: Number(maxBytes) }) };
  if (packets === undefined) return rest;
  return {
    ...rest,
    packets: packets === 'true' || packets === '1' ? true : packets === 'false' || packets === '0' ? false : packets,
  };
}
