/** Where a switch listens: unix:PATH, tcp:HOST:PORT, ssl:HOST:PORT (ovs-vsctl(8), "Connection Methods"). */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Unavailable } from '../std/unavailable.ts';

export type OfAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp' | 'ssl'; readonly host: string; readonly port: number };

/** Files in PEM. */
export interface Keys {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly ca?: string | undefined;
}

/** Undefined for what is none. Without a port: 6653 (IANA). */
export function readOfAddress(text: string): OfAddress | undefined {
  const [, path] = /^unix:(?:\/\/)?(.+)$/.exec(text) ?? [];
  if (path !== undefined) return { kind: 'unix', path };
  const [, kind, bracketed, plain, port] =
    /^(tcp|ssl):(?:\/\/)?(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if ((kind !== 'tcp' && kind !== 'ssl') || host === undefined) return undefined;
  return { kind, host, port: Number(port ?? 6653) };
}

export function dial(address: OfAddress, keys: Keys): Socket {
  if (address.kind === 'unix') return connect({ path: address.path });
  const { host, port } = address;
  if (address.kind === 'tcp') return connect({ host, port, keepAlive: true });
  const pem = (path: string | undefined) => (path === undefined ? undefined : read(path));
  const [cert, key, ca] = [pem(keys.cert), pem(keys.key), pem(keys.ca)];
  // A switch is known by who signed for it, not by a name: its certificates have none of a host.
  const checkServerIdentity = () => undefined;
  return connectTls({ host, port, checkServerIdentity, ...(cert && { cert }), ...(key && { key }), ...(ca && { ca }) });
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Unavailable('OpenFlow over TLS', `a file that can be read at ${path}`, { cause });
  }
}
