/** Where a database is, as ovs-vsctl writes it (ovsdb(7), "Connection Methods"). */
import { Unavailable } from '../std/unavailable.ts';

/** Of a file the path is known, so that its coming can be waited for. */
export type Address =
  | { readonly path: string }
  | { readonly host: string; readonly port: number }
  | { readonly host: string; readonly port: number; readonly tls: Tls };

/** Files in PEM; they are read anew for each connection. */
export interface Tls {
  readonly key?: string | undefined;
  readonly certificate?: string | undefined;
  /** Who signs the certificates of databases; without it those whom the system trusts, and then names have to fit too. */
  readonly ca?: string | undefined;
}

/** Throws Unavailable for what is not spoken here. */
export function readAddress(text: string, tls: Tls = {}): Address {
  const [, path] = /^unix:(.+)$/.exec(text) ?? [];
  if (path !== undefined) return { path };
  const [, method, bracketed, plain, digits] = /^(tcp|ssl):(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65_535)
    throw new Unavailable(`database ${text}`, 'an address unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT (capture.ovsdb)');
  return method === 'ssl' ? { host, port, tls } : { host, port };
}
