/** A message posted to an address that a user named. */
import { lookup } from 'node:dns';
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { AlertMessage } from '../../contract/alert.ts';
import { Mistake, mistake } from '../../std/mistake.ts';
import { isMetadataService } from '../action.ts';

/** From the first byte sent to the status of the answer. */
const ANSWER_MS = 10_000;

export interface PostParts {
  readonly answerMs?: number;
  /** What names lead to. */
  readonly resolve?: LookupFunction;
}

/**
 * Resolves when it was taken (2xx). Rejects with a Mistake when it was refused for good (another 4xx, a redirect, which
 * is not followed), with an Error when it may go better later. The id of the message goes along as Idempotency-Key.
 */
export function post(
  url: URL,
  message: AlertMessage,
  signal: AbortSignal,
  { answerMs = ANSWER_MS, resolve: resolveName = lookup }: PostParts = {},
): Promise<void> {
  const body = Buffer.from(JSON.stringify(message));
  return new Promise((resolve, reject) => {
    const options: RequestOptions = {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': body.length,
        'User-Agent': 'skein',
        'Idempotency-Key': message.ID,
      },
      lookup: checked(resolveName),
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
      // Nothing of the answer is read; a connection that waits for the next alert would only grow old.
      agent: false,
    };
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url, options, (response) => {
      const { statusCode = 0 } = response;
      response.destroy();
      if (statusCode >= 200 && statusCode < 300) resolve();
      else reject(refusal(statusCode));
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (error instanceof Mistake) reject(error);
      else if (error.name === 'AbortError' || error.name === 'TimeoutError')
        reject(new Error(`no answer within ${answerMs / 1000} s`));
      else reject(new Error(error.code ?? error.message));
    });
    request.end(body);
  });
}

/** These may pass: RFC 9110 §15.5.9, RFC 6585 §4. */
const PASSING = new Set([408, 425, 429]);

function refusal(status: number): Error {
  const isFinal = status >= 300 && status < 500 && !PASSING.has(status);
  return isFinal
    ? mistake('alert.refused', `refused with status ${status}`)
    : new Error(`answered with status ${status}`);
}

/** A name may lead where its text does not. What was looked at is what is connected to. */
function checked(resolveName: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, options, (error, address, family) => {
      const all = typeof address === 'string' ? [address] : (address ?? []).map((one) => one.address);
      const bad = all.find(isMetadataService);
      if (error === null && bad !== undefined)
        callback(mistake('alert.action', `leads to ${bad}, a link-local address`) as NodeJS.ErrnoException, '', family);
      else callback(error, address, family);
    });
  };
}
