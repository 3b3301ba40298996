/**
 * TLS handshakes (RFC 8446, 5246): of the ClientHello whom it asks for and what it offers, of the ServerHello what was
 * chosen. What is encrypted (certificates and ALPN of TLS 1.3) is not seen.
 */
import type { Layer } from '../flow.ts';
import type { Application, Conversation } from './application.ts';
import { ByteReader } from './byte-reader.ts';
import { streamOf } from './stream.ts';
import { printable } from './text.ts';
import { cipherName, versionName } from './tls-numbers.ts';

const handshake = 22;
const clientHello = 1;
const serverHello = 2;
const extension = { serverName: 0, alpn: 16, versions: 43 } as const;
/** Of one list in a handshake. */
const entriesMax = 64;

export function decodeTls({ payloads, startedByHi }: Conversation): Application | undefined {
  // The side that began is the client, unless the beginning was missed: then its first byte tells.
  const sides = [startedByHi, !startedByHi].map((fromHi) => hello(streamOf(payloads, fromHi)));
  const client = sides.find((side) => side?.type === clientHello);
  const server = sides.find((side) => side?.type === serverHello);
  if (!client && !server) return undefined;
  return { name: 'TLS', path: ['TLS'], layers: { TLS: { ...offered(client), ...chosen(server) } } };
}

interface Hello {
  readonly type: number;
  readonly version: number;
  readonly ciphers: readonly number[];
  readonly serverName?: string | undefined;
  readonly protocols: readonly string[];
  readonly versions: readonly number[];
}

function offered(client: Hello | undefined): Layer | undefined {
  if (!client) return undefined;
  const versions = client.versions.length > 0 ? client.versions : [client.version];
  return {
    ...(client.serverName !== undefined && { sni: client.serverName }),
    ...(client.protocols.length > 0 && { alpn_offered: client.protocols }),
    versions_offered: versions.filter(isNoGrease).map(versionName),
  };
}

function chosen(server: Hello | undefined): Layer | undefined {
  if (!server) return undefined;
  const [protocol] = server.protocols;
  return {
    version: versionName(server.versions[0] ?? server.version),
    cipher: cipherName(server.ciphers[0] as number),
    ...(protocol !== undefined && { alpn: protocol }),
  };
}

/** Values of the form 0x?A?A keep servers tolerant and mean nothing (RFC 8701). */
function isNoGrease(version: number): boolean {
  return (version & 0x0f0f) !== 0x0a0a;
}

function hello(stream: Uint8Array): Hello | undefined {
  const message = new ByteReader(handshakeBytes(stream));
  const type = message.u8();
  if (type !== clientHello && type !== serverHello) return undefined;
  // Extensions that were not kept leave the others valid: the length may go past the end.
  message.u24();
  const version = message.u16();
  message.skip(32);
  message.skip(message.u8());
  const ciphers = type === clientHello ? list16(message.part(message.u16())) : [message.u16()];
  if (type === clientHello) message.skip(message.u8());
  else message.u8();
  if (message.isCut || version >> 8 !== 3) return undefined;
  return { type, version, ciphers, ...extensions(message, type) };
}

/** The handshake protocol out of its records: a hello may go over several. */
function handshakeBytes(stream: Uint8Array): Uint8Array {
  const reader = new ByteReader(stream);
  const out = new Uint8Array(stream.length);
  let length = 0;
  while (reader.left > 5 && reader.u8() === handshake && reader.u8() === 3) {
    reader.u8();
    const fragment = reader.take(Math.min(reader.u16(), reader.left));
    out.set(fragment, length);
    length += fragment.length;
  }
  return out.subarray(0, length);
}

function extensions(message: ByteReader, type: number): Pick<Hello, 'serverName' | 'protocols' | 'versions'> {
  let serverName: string | undefined;
  let protocols: readonly string[] = [];
  let versions: readonly number[] = [];
  message.u16();
  for (let i = 0; i < entriesMax && message.left >= 4; i++) {
    const kind = message.u16();
    const body = message.part(message.u16());
    if (message.isCut) break;
    if (kind === extension.serverName) serverName = hostName(body);
    else if (kind === extension.alpn) protocols = protocolNames(body);
    else if (kind === extension.versions) versions = type === clientHello ? list16(body.part(body.u8())) : [body.u16()];
  }
  return { serverName, protocols, versions };
}

/** RFC 6066 §3; a server answers with an empty one. */
function hostName(body: ByteReader): string | undefined {
  body.u16();
  const isHost = body.u8() === 0;
  const name = body.take(body.u16());
  return isHost && !body.isCut && name.length > 0 ? printable(name) : undefined;
}

/** RFC 7301 §3.1. */
function protocolNames(body: ByteReader): string[] {
  const names: string[] = [];
  body.u16();
  while (body.left > 0 && names.length < entriesMax) {
    const name = body.take(body.u8());
    if (body.isCut) break;
    names.push(printable(name));
  }
  return names;
}

function list16(reader: ByteReader): number[] {
  const list: number[] = [];
  while (reader.left >= 2 && list.length < entriesMax) list.push(reader.u16());
  return list;
}
