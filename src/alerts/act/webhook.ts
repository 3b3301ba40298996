/** A message posted to an address that a user named. */
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { AlertMessage } from '../../contract/alert.ts';
import { connectionReasons } from '../../std/connection-reasons.ts';
import { Mistake, mistake } from '../../std/mistake.ts';
import { checked, lookedUp } from './names.ts';

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
  { answerMs = ANSWER_MS, resolve: resolveName = lookedUp }: PostParts = {},
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
    let missing = 'address of that name';
    request.on('socket', (socket) => {
      socket.once('lookup', () => {
        missing = 'connection';
      });
      socket.once('connect', () => {
        missing = 'answer';
      });
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (error instanceof Mistake) reject(error);
      else if (error.name === 'AbortError' || error.name === 'TimeoutError')
        reject(new Error(`no ${missing} within ${answerMs / 1000} s`));
      else reject(new Error(reasonOf(error)));
    });
    request.end(body);
  });
}

function reasonOf({ code = '', message }: NodeJS.ErrnoException): string {
  const words =
    connectionReasons[code] ?? answerReasons[code] ?? (code.startsWith('HPE_') ? 'its answer is no HTTP' : '');
  if (words === '') return message || code;
  return code === '' ? words : `${words} (${code})`;
}

const answerReasons: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'the headers of its answer do not end',
};

/** These may pass: RFC 9110 §15.5.9, RFC 6585 §4. */
const PASSING = new Set([408, 425, 429]);

function refusal(status: number): Error {
  if (status >= 300 && status < 400)
    return mistake('alert.refused', `redirects with status ${status}, which is not followed: name where it leads`);
  const isFinal = status >= 400 && status < 500 && !PASSING.has(status);
  return isFinal
    ? mistake('alert.refused', `refused with status ${status}`)
    : new Error(`answered with status ${status}`);
}
