/** Tunnels of IP in IP and GRE: IFLA_IPTUN_*, IFLA_GRE_*, IFLA_VTI_* (linux/if_tunnel.h). */
import * as z from 'zod';
import { field } from '../../../model/vocabulary.ts';
import type { Attributes } from '../../../native/attributes.ts';
import { ipText } from '../../../std/addresstext.ts';
import { present } from '../present.ts';
import type { KindReading, LinkKind } from './kind.ts';

type Name = 'parent' | 'Local' | 'Remote' | 'TTL' | 'TOS' | 'IKey' | 'OKey' | 'External' | 'FwMark' | 'ErspanIndex';

const fields = {
  Tunnel: field(
    z.strictObject({
      Local: z.string().optional(),
      Remote: z.string().optional(),
      TTL: z.int().optional(),
      TOS: z.int().optional(),
      IKey: z.int().optional(),
      OKey: z.int().optional(),
      External: z.boolean().optional(),
      FwMark: z.int().optional(),
      ErspanIndex: z.int().optional(),
    }),
    {
      doc: 'Ends, keys and settings of a tunnel; External means that ends come with each packet.',
      example: { Local: '192.0.2.1', Remote: '192.0.2.2', TTL: 64, IKey: 7, OKey: 7 },
    },
  ),
};

const IPTUN: Readonly<Record<number, Name>> = {
  1: 'parent',
  2: 'Local',
  3: 'Remote',
  4: 'TTL',
  5: 'TOS',
  19: 'External',
  20: 'FwMark',
};
const GRE: Readonly<Record<number, Name>> = {
  1: 'parent',
  4: 'IKey',
  5: 'OKey',
  6: 'Local',
  7: 'Remote',
  8: 'TTL',
  9: 'TOS',
  18: 'External',
  20: 'FwMark',
  21: 'ErspanIndex',
};
const VTI: Readonly<Record<number, Name>> = {
  1: 'parent',
  2: 'IKey',
  3: 'OKey',
  4: 'Local',
  5: 'Remote',
  6: 'FwMark',
};

export const tunnels: readonly LinkKind[] = [
  tunnel('ipip', 'An IPv4 in IPv4 tunnel (RFC 2003).', IPTUN),
  tunnel('sit', 'An IPv6 in IPv4 tunnel (RFC 4213).', IPTUN),
  tunnel('ip6tnl', 'An IPv4 or IPv6 in IPv6 tunnel (RFC 2473).', IPTUN),
  tunnel('gre', 'A GRE tunnel over IPv4 (RFC 2784).', GRE),
  tunnel('gretap', 'Ethernet over GRE over IPv4.', GRE),
  tunnel('erspan', 'Mirrored frames over GRE over IPv4 (ERSPAN).', GRE),
  tunnel('ip6gre', 'A GRE tunnel over IPv6.', GRE),
  tunnel('ip6gretap', 'Ethernet over GRE over IPv6.', GRE),
  tunnel('ip6erspan', 'Mirrored frames over GRE over IPv6 (ERSPAN).', GRE),
  tunnel('vti', 'A virtual tunnel interface for IPsec over IPv4.', VTI),
  tunnel('vti6', 'A virtual tunnel interface for IPsec over IPv6.', VTI),
];

function tunnel(name: string, doc: string, names: Readonly<Record<number, Name>>): LinkKind {
  return { name, doc, fields, read: (data) => read(data, names) };
}

function read(data: Attributes, names: Readonly<Record<number, Name>>): KindReading {
  let parent: number | undefined;
  const tunnel: Record<string, string | number | boolean> = {};
  while (data.next()) {
    const name = names[data.type];
    switch (name) {
      case undefined:
        break;
      case 'parent':
        parent = data.u32();
        break;
      case 'Local':
      case 'Remote':
        if (data.bytes().some((byte) => byte !== 0)) tunnel[name] = ipText(data.bytes());
        break;
      case 'TTL':
      case 'TOS':
        tunnel[name] = data.u8();
        break;
      // Keys are in network byte order; without one the kernel says 0.
      case 'IKey':
      case 'OKey':
        if (data.be32() !== 0) tunnel[name] = data.be32();
        break;
      case 'External':
        tunnel[name] = true;
        break;
      case 'FwMark':
      case 'ErspanIndex':
        if (data.u32() !== 0) tunnel[name] = data.u32();
        break;
    }
  }
  return { metadata: present({ Tunnel: tunnel }), parent };
}
