/** What the errors of a server, and of the way to it, mean to people. */
import { Mistake } from '../../std/mistake.ts';
import { Unavailable } from '../../std/unavailable.ts';

/** Of a reason that a server gives, so much is told. */
const REASON_CHARS_MAX = 300;

/** The server answered, and refused what was asked. `status` and `type` are its own words. */
export class Refused extends Unavailable {
  readonly status: number;
  readonly type: string;
  readonly reason: string;

  constructor(place: string, status: number, type: string, reason: string) {
    super(`history in ${place}`, needsOf(status, type, reason));
    this.name = 'Refused';
    this.status = status;
    this.type = type;
    this.reason = reason;
  }
}

/** Nothing of the client's own error goes on: it holds headers, and so secrets. */
export function failureOf(error: unknown, place: string): Error {
  if (error instanceof Unavailable || error instanceof Mistake) return error;
  const { name, message, statusCode, body } = error as ClientError;
  const history = `history in ${place}`;
  switch (name) {
    case 'ResponseError':
      return new Refused(place, statusCode ?? 0, ...reasonOf(body));
    case 'TimeoutError':
      return new Unavailable(history, 'a server that answers in time');
    case 'RequestAbortedError':
      return error as Error;
    case 'ConnectionError':
    case 'NoLivingConnectionsError':
      return new Unavailable(history, connectionNeeds(message));
    case 'DeserializationError':
      return new Unavailable(history, 'answers that are JSON (is this Elasticsearch?)');
    case 'ConfigurationError':
      return new Unavailable(history, `other options (${message})`);
    default:
      return error instanceof Error ? error : new Error(String(error));
  }
}

interface ClientError {
  readonly name?: string;
  readonly message: string;
  readonly statusCode?: number;
  readonly body?: unknown;
}

/** Type and reason, of an answer or of one item of a bulk answer. */
export function reasonOf(body: unknown): [type: string, reason: string] {
  const error = (body as { error?: unknown } | undefined)?.error ?? body;
  if (typeof error === 'string') return ['', error.slice(0, REASON_CHARS_MAX)];
  const { type = '', reason = '', caused_by: cause, root_cause: roots } = (error ?? {}) as ErrorBody;
  const deeper = cause?.reason ?? (type === 'search_phase_execution_exception' ? roots?.[0]?.reason : undefined);
  const text = deeper !== undefined && deeper !== reason ? `${reason}: ${deeper}` : reason;
  return [String(type), String(text).slice(0, REASON_CHARS_MAX)];
}

interface ErrorBody {
  readonly type?: string;
  readonly reason?: string;
  readonly caused_by?: { readonly reason?: string };
  readonly root_cause?: readonly { readonly reason?: string }[];
}

export function isReadOnly(type: string): boolean {
  return type === 'cluster_block_exception';
}

function needsOf(status: number, type: string, reason: string): string {
  if (isReadOnly(type)) return `room on the server's disk (it lets nothing be written: ${reason})`;
  switch (status) {
    case 401:
      return 'a name and password, or an API key, that the server accepts';
    case 403:
      return rightOf(reason);
    case 429:
      return `a server with less to do (${reason || 'too many requests'})`;
    case 503:
    case 502:
    case 504:
      return `a server that is ready (${reason || `answer ${status}`})`;
    default:
      return `a server that does what it is asked (answer ${status}${reason ? `: ${reason}` : ''})`;
  }
}

/** A server tells the action, by whom, and what would grant it: who it was is known to who reads this, and is not told. */
function rightOf(reason: string): string {
  const [, action] = /action \[([^\]]{1,100})\]/.exec(reason) ?? [];
  const [, of, names] = /granted by the (cluster|index) privileges \[([^\]]{1,200})\]/.exec(reason) ?? [];
  const [name] = names?.split(',') ?? [];
  const [, indices] = /on indices \[([^\]]{1,100})\]/.exec(reason) ?? [];
  const on = of === 'index' ? `on ${indices ?? 'its indices'}` : 'of the cluster';
  if (name !== undefined) return `the right ${name} ${on} (for ${action ?? 'what it does'})`;
  return `the right to do this${action === undefined ? '' : ` (${action})`}`;
}

/** Of what went wrong before there was an answer. */
export function connectionNeeds(message: string): string {
  if (/self-signed|unable to (verify|get)|certificate|CERT_/i.test(message))
    return `a certificate that can be trusted: set ca or fingerprint (${message})`;
  if (/other side closed|socket hang up|Parse Error|EPROTO|wrong version number|ECONNRESET/i.test(message))
    return `a server that speaks to us: is it http or https? (${message})`;
  return `a server that can be reached (${message})`;
}
