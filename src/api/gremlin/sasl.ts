/** SASL PLAIN (RFC 4616) as drivers send it: `authzid NUL authcid NUL passwd`, in base64 or as bytes. */

import type { Argument } from '../../query/gremlin/bytecode.ts';
import { Binary } from '../../query/gremlin/value/value.ts';

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** Undefined for what is no such message. */
export function readPlain(sasl: Argument | undefined): Credentials | undefined {
  const bytes =
    sasl instanceof Binary
      ? Buffer.from(sasl.bytes)
      : typeof sasl === 'string'
        ? Buffer.from(sasl, 'base64')
        : undefined;
  const parts = bytes?.toString('utf8').split('\0');
  if (parts?.length !== 3) return undefined;
  const [, name = '', password = ''] = parts;
  return name === '' ? undefined : { name, password };
}

/** HTTP Basic (RFC 7617). */
export function readBasic(authorization: string | undefined): Credentials | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 1 ? undefined : { name: pair.slice(0, colon), password: pair.slice(colon + 1) };
}
