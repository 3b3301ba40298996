/** Links over WebSockets (RFC 6455): one binary message for each of ours, bounded, not compressed. */
import { type RawData, WebSocket } from 'ws';
import { Unavailable } from '../std/unavailable.ts';
import { type AgentLink, type AnalyzerLink, type Dialer, DialRefusal, type Link, type LinkListener } from './link.ts';
import type { FromAgent, FromAnalyzer, Message } from './message.ts';
import { decodeMessage, encodeMessage } from './wire/codec.ts';

export interface SocketDialerOptions {
  /** ws: or wss:, with or without a path; whoever and passwords have no place in it. */
  readonly url: string;
  /** Of the agent. Sent in the header `Authorization: Bearer`, never in the URL. */
  readonly token?: string | (() => string | undefined);
  /** Called at each connection: files of certificates are replaced now and then. */
  readonly tls?: SocketTls | (() => SocketTls);
  readonly messageBytesMax?: number;
}

/** What node:tls takes: the certificates that are trusted, one's own, the name that is expected. */
export interface SocketTls {
  readonly ca?: string | readonly string[];
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

/** The longest message: a batch of facts in one piece. */
export const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;
/** Where the door is. */
export const RELAY_PATH = '/relay';

const HANDSHAKE_MS = 10_000;
/** A close reason is no longer (RFC 6455 §5.5). */
const REASON_BYTES_MAX = 123;
/** Nobody answers a close: it is over all the same. */
const CLOSE_MS = 2_000;

export function socketDialer({
  url,
  token,
  tls = {},
  messageBytesMax = MESSAGE_BYTES_MAX,
}: SocketDialerOptions): Dialer {
  const to = new URL(url);
  if (to.pathname === '/' || to.pathname === '') to.pathname = RELAY_PATH;
  to.username = '';
  to.password = '';
  const name = to.href;
  return {
    name,
    async dial(signal) {
      const { ca, ...ours } = typeof tls === 'function' ? tls() : tls;
      const said = typeof token === 'function' ? token() : token;
      const socket = new WebSocket(to, {
        ...ours,
        ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
        ...(said === undefined ? {} : { headers: { Authorization: `Bearer ${said}` } }),
        perMessageDeflate: false,
        maxPayload: messageBytesMax,
        handshakeTimeout: HANDSHAKE_MS,
        followRedirects: false,
      });
      return opened(socket, name, signal);
    },
  };
}

/** The analyzer's end of a WebSocket that was accepted. */
export function analyzerLink(socket: WebSocket, remote: string): AnalyzerLink {
  return new SocketLink<FromAnalyzer, FromAgent>(socket, remote, FROM_AGENT);
}

const FROM_AGENT: ReadonlySet<string> = new Set<FromAgent['kind']>(['hello', 'batch', 'beat', 'reply']);
const FROM_ANALYZER: ReadonlySet<string> = new Set<FromAnalyzer['kind']>([
  'welcome',
  'refusal',
  'ack',
  'beat',
  'ask',
  'cancel',
]);

function opened(socket: WebSocket, name: string, signal: AbortSignal): Promise<AgentLink> {
  return new Promise((resolve, reject) => {
    const abort = () => socket.terminate();
    signal.addEventListener('abort', abort, { once: true });
    let error: Error | undefined;
    socket.on('unexpected-response', (_, response) => {
      const { statusCode = 0, statusMessage } = response;
      const said = `${name} answers ${statusCode} ${statusMessage}`;
      if (statusCode === 401 || statusCode === 403)
        error = new DialRefusal('token', `${said}: the token of this agent is not accepted`);
      else if (statusCode === 404 || statusCode === 426)
        error = new DialRefusal('no-relay', `${said}: no analyzer there`);
      else error = new Unavailable(name, `another answer than ${statusCode} ${statusMessage}`);
      response.resume();
      socket.terminate();
    });
    socket.on('error', (cause: Error & { code?: string }) => {
      error ??= dialFault(cause, name);
    });
    socket.once('close', () => {
      signal.removeEventListener('abort', abort);
      reject(error ?? new Unavailable(name, 'an analyzer that answers'));
    });
    socket.once('open', () => {
      signal.removeEventListener('abort', abort);
      resolve(new SocketLink<FromAgent, FromAnalyzer>(socket, name, FROM_ANALYZER));
    });
  });
}

function dialFault(cause: Error & { code?: string }, name: string): Error {
  const { code = '', message } = cause;
  // What TLS 1.3 says of a client that showed none arrives after the handshake (RFC 8446 §4.4.2.4).
  if (/ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE)/.test(code))
    return new DialRefusal('certificate', `${name} takes nobody without a certificate of its authority: agent.cert`);
  const isTrust = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code);
  if (isTrust) return new DialRefusal('certificate', `${name}: its certificate is not trusted: ${message}`);
  return new Unavailable(name, `an analyzer that listens there (${code === '' ? message : code})`, { cause });
}

class SocketLink<Out extends Message, In extends Message> implements Link<Out, In> {
  readonly remote: string;
  readonly #socket: WebSocket;
  readonly #kinds: ReadonlySet<string>;
  #listener: LinkListener<In> | undefined;
  #receivedBytes = 0;
  #sentBytes = 0;
  #isOver = false;
  #reason: string | undefined;

  constructor(socket: WebSocket, remote: string, kinds: ReadonlySet<string>) {
    this.remote = remote;
    this.#socket = socket;
    this.#kinds = kinds;
    socket.on('message', (data, isBinary) => this.#take(data, isBinary));
    socket.on('error', (error) => {
      this.#reason ??= error.message;
    });
    socket.on('close', (code, reason) => this.#end(said(reason) ?? this.#reason ?? `closed with ${code}`));
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  send(message: Out): void {
    if (this.#isOver || this.#socket.readyState !== WebSocket.OPEN) return;
    const bytes = encodeMessage(message);
    this.#sentBytes += bytes.length;
    // An error of one message is the end of the socket, which is told of as such.
    this.#socket.send(bytes, { binary: true }, () => {
      if (!this.#isOver && this.#socket.bufferedAmount === 0) this.#listener?.drained();
    });
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(reason: string): void {
    if (this.#isOver) return;
    this.#socket.resume();
    this.#socket.close(1000, cutTo(reason, REASON_BYTES_MAX));
    setTimeout(() => this.#socket.terminate(), CLOSE_MS).unref();
    this.#end(reason);
  }

  listen(listener: LinkListener<In>): void {
    this.#listener = listener;
    if (this.#isOver) listener.closed(this.#reason ?? 'closed');
  }

  #take(data: RawData, isBinary: boolean): void {
    if (this.#isOver) return;
    if (!isBinary) {
      this.close('text where messages of the relay are binary');
      return;
    }
    const bytes = data as Buffer;
    this.#receivedBytes += bytes.length;
    let message: Message;
    try {
      message = decodeMessage(bytes);
    } catch (error) {
      this.close(error instanceof Error ? error.message : String(error));
      return;
    }
    if (this.#kinds.has(message.kind)) this.#listener?.message(message as In);
    else this.close(`a ${message.kind} comes from the other side`);
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reason = reason;
    this.#listener?.closed(reason);
  }
}

function said(reason: Buffer): string | undefined {
  return reason.length === 0 ? undefined : reason.toString('utf8');
}

function cutTo(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text;
  let cut = text.slice(0, bytesMax - 3);
  while (Buffer.byteLength(cut) > bytesMax - 3) cut = cut.slice(0, -1);
  return `${cut}…`;
}
