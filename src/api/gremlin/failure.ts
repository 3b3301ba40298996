/** What went wrong, as Gremlin Server says it: a code, a sentence, and the names of exceptions that drivers look at. */
import type { GValue } from '../../query/gremlin/value/value.ts';
import { Mistake } from '../../std/mistake.ts';
import { Unavailable } from '../../std/unavailable.ts';
import { deniedCode } from '../identity.ts';
import { mistakeText } from '../mistake-text.ts';
import { badFrameCode } from './bad-frame.ts';

/** TinkerPop's ResponseStatusCode. */
export const status = {
  success: 200,
  noContent: 204,
  partial: 206,
  unauthorized: 401,
  forbidden: 403,
  authenticate: 407,
  tooManyRequests: 429,
  malformed: 498,
  invalidArguments: 499,
  serverError: 500,
  fail: 595,
  scriptError: 597,
  timeout: 598,
  serialization: 599,
} as const;

export interface Failure {
  readonly code: number;
  readonly message: string;
  readonly attributes: ReadonlyMap<string, GValue>;
  /** Our bug: its details are for the log. */
  readonly isOurs: boolean;
}

/** A request that cannot be answered for what it says, not for what the traversal does. */
export class BadRequest extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** `whenWrong`: the code of a traversal that makes no sense, which for a script is another than for bytecode. */
export function failureOf(error: unknown, whenWrong: number): Failure {
  if (error instanceof BadRequest) return failure(error.code, error.message, 'IllegalArgumentException');
  if (error instanceof Unavailable) return failure(status.serverError, error.message, 'UnsupportedOperationException');
  if (!(error instanceof Mistake)) {
    const message = 'internal error; the log of the server has more';
    return { ...failure(status.serverError, message, 'RuntimeException'), isOurs: true };
  }
  const [first] = error.faults;
  const text = mistakeText(error).trimEnd();
  switch (first?.code) {
    case badFrameCode:
      return failure(status.malformed, text, 'SerializationException');
    case 'gremlin.fail':
      return failure(status.fail, first.message, 'FailStep', new Map([['failStepMessage', first.message]]));
    case 'query.limit':
      if (first.message.includes('limit timeMs')) return failure(status.timeout, text, 'TimeoutException');
      // What is too long or too deep was never run.
      if (!first.message.startsWith('the query was stopped')) return failure(whenWrong, text, 'ResourceLimitException');
      return failure(status.serverError, text, 'ResourceLimitException');
    case deniedCode:
      return failure(status.forbidden, text, 'SecurityException');
    case 'query.busy':
      return failure(status.tooManyRequests, text, 'RejectedExecutionException');
    default:
      return failure(whenWrong, text, 'IllegalArgumentException');
  }
}

function failure(
  code: number,
  message: string,
  exception: string,
  more: ReadonlyMap<string, GValue> = new Map(),
): Failure {
  const attributes = new Map<string, GValue>([
    ['exceptions', [exception]],
    ['stackTrace', `${exception}: ${message}`],
    ...more,
  ]);
  return { code, message, attributes, isOurs: false };
}
