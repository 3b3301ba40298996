/** Where a database is, as ovs-vsctl writes it (ovsdb(7), "Connection Methods"). */
import type { NetConnectOpts } from 'node:net';
import { Unavailable } from '../std/unavailable.ts';

/** Of a file the path is known, so that its coming can be waited for. */
export type Address = { readonly path: string } | { readonly host: string; readonly port: number };

/** Throws Unavailable for what is not spoken here. */
export function readAddress(text: string): Address {
  const [, path] = /^unix:(.+)$/.exec(text) ?? [];
  if (path !== undefined) return { path };
  const [, bracketed, plain, port] = /^tcp:(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined) return { host, port: Number(port) };
  throw new Unavailable(`database ${text}`, 'an address unix:PATH or tcp:HOST:PORT (capture.ovsdb)');
}

export function connection(address: Address): NetConnectOpts {
  return 'path' in address ? address : { ...address, keepAlive: true, keepAliveInitialDelay: 10_000 };
}
