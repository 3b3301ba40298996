/** A connection to a database, open and, where that is asked for, encrypted. */
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Unavailable } from '../std/unavailable.ts';
import type { Address, Tls } from './address.ts';

/** Whoever accepts and then says nothing is given up. */
const DIAL_MS = 10_000;

/** Rejects when nobody answers there, or not as is wanted. Whoever calls has to listen for 'error' from then on. */
export async function dial(address: Address, signal: AbortSignal): Promise<Socket> {
  const socket = await opened(address);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const give = (why: string) => () => socket.destroy(new Error(why));
  const late = setTimeout(give(`no connection within ${DIAL_MS / 1000} s`), DIAL_MS).unref();
  const stop = give('not wanted any more');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  // It stays: an error that nobody listens for would end the process.
  socket.on('error', reject);
  socket.once('close', () => reject(new Error('the connection was ended before it was open')));
  socket.once('tls' in address ? 'secureConnect' : 'connect', resolve);
  try {
    await promise;
    return socket;
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', stop);
  }
}

async function opened(address: Address): Promise<Socket> {
  if ('path' in address) return connect({ path: address.path });
  const far = { host: address.host, port: address.port, keepAlive: true, keepAliveInitialDelay: 10_000 };
  if (!('tls' in address)) return connect(far);
  const { key, certificate, ca } = address.tls;
  const [keyPem, certPem, caPem] = await Promise.all([key, certificate, ca].map(read));
  return connectTls({
    ...far,
    ...(keyPem && { key: keyPem }),
    ...(certPem && { cert: certPem }),
    ...(caPem && { ca: caPem }),
    // Certificates of Open vSwitch name no hosts: that its own authority signed it is what counts (ovs-pki(8)).
    ...(caPem && { checkServerIdentity: () => undefined }),
  });
}

async function read(path: Tls['key']): Promise<Buffer | undefined> {
  if (path === undefined || path === '') return undefined;
  try {
    return await readFile(path);
  } catch (cause) {
    throw new Unavailable(`file ${path} (${(cause as { code?: string }).code})`, 'to be there and readable', { cause });
  }
}
