/** Commands to a daemon of Open vSwitch over its control socket: JSON-RPC 1.0 (ovs-appctl(8)), one question a connection. */
import { connect } from 'node:net';

/** A million flows of a datapath have about 300 MB; that many nobody reads. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
const ANSWER_MS = 15_000;

export interface Command {
  /** Of the socket, as /var/run/openvswitch/ovs-vswitchd.4711.ctl. */
  readonly path: string;
  readonly method: string;
  readonly params: readonly string[];
  readonly signal?: AbortSignal;
}

/** Throws an Error with what the daemon says against it. */
export async function unixctl({ path, method, params, signal }: Command): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect({ path });
  const chunks: Buffer[] = [];
  let size = 0;
  const late = setTimeout(() => socket.destroy(new Error(`no answer to ${method}`)), ANSWER_MS);
  const stop = () => socket.destroy(new Error('not wanted any more'));
  signal?.addEventListener('abort', stop, { once: true });
  socket.on('connect', () => socket.write(JSON.stringify({ id: 0, method, params })));
  socket.on('error', reject);
  socket.on('close', () => reject(new Error(`the daemon has ended the connection before it answered ${method}`)));
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > ANSWER_BYTES_MAX) socket.destroy(new Error(`the answer to ${method} is too long`));
    // An object ends with its brace: only then is it worth a try.
    else if (chunk.at(-1) === 0x7d) {
      const answer = read(chunks);
      if (answer) 'result' in answer ? resolve(answer.result) : reject(new Error(answer.error));
    }
  });
  try {
    return await promise;
  } finally {
    clearTimeout(late);
    signal?.removeEventListener('abort', stop);
    socket.destroy();
  }
}

/** Undefined while there is more to come. */
function read(chunks: readonly Buffer[]): { readonly result: string } | { readonly error: string } | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
  if (typeof answer !== 'object' || answer === null) return { error: 'what the daemon says cannot be read' };
  const { result, error } = answer as { readonly result?: unknown; readonly error?: unknown };
  return typeof result === 'string' ? { result } : { error: String(error).trim() };
}
