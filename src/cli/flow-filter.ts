/** Filters of `skein flows`, as hubble has them, put together to steps of one query: the server does the work. */
import { isIP } from 'node:net';
import { type Command, Option } from 'commander';
import { parseAddress } from '../std/address.ts';
import { usageFailure } from './failure.ts';
import { patternOf, quoted } from './gremlin.ts';

export type FilterName = keyof typeof filters;

export interface FlowFilter {
  readonly name: FilterName;
  readonly value: string;
  /** `--not` stood before it. */
  readonly isNot: boolean;
}

/** A key and what its value shall be, as Gremlin. */
interface Test {
  readonly key: string;
  readonly is: string;
  /** Steps that find everything else; undefined: there is no such question. */
  readonly not: string | undefined;
}

/** Filters of one name are alternatives; those of different names, and each that is inverted, have to be met all. */
export function filterSteps(asked: readonly FlowFilter[]): string {
  const steps = asked
    .filter(({ isNot }) => isNot)
    .map(({ name, value }) => {
      const { flags, tests } = filters[name];
      const inverted = tests(value).map(({ not }) => not);
      if (inverted.includes(undefined)) throw usageFailure(`--not cannot invert ${flags} ${value}`);
      return inverted.join('');
    });
  const names = new Set(asked.filter(({ isNot }) => !isNot).map(({ name }) => name));
  for (const name of names) {
    const its = asked.filter((filter) => filter.name === name && !filter.isNot);
    const pairs = its.flatMap(({ value }) => filters[name].tests(value)).map(({ key, is }) => `'${key}', ${is}`);
    if (pairs.length > 1) steps.push(`.HasEither(${pairs.join(', ')})`);
    else steps.push(`.Has(${pairs[0]})`);
  }
  return steps.join('');
}

/** Adds the options; what was given is found in the result once the words have been read. */
export function addFlowFilters(command: Command): { readonly given: FlowFilter[]; isDangling: () => boolean } {
  const given: FlowFilter[] = [];
  let isNot = false;
  const take = (name: FilterName, value: string) => {
    given.push({ name, value, isNot });
    isNot = false;
  };
  const group = 'Filters:';
  for (const [name, { flags, doc }] of Object.entries(filters) as [FilterName, (typeof filters)[FilterName]][]) {
    const option = new Option(flags, doc).helpGroup(group);
    command.addOption(option);
    command.on(`option:${option.name()}`, (value: string | undefined) => take(name, value ?? ''));
  }
  command.addOption(new Option('--not', 'invert the filter that follows').helpGroup(group));
  command.on('option:not', () => {
    isNot = true;
  });
  return { given, isDangling: () => isNot };
}

const exact = (key: string, value: string | number): Test => {
  const literal = typeof value === 'number' ? String(value) : quoted(value);
  return { key, is: literal, not: `.Has('${key}', NEE(${literal}))` };
};

/** `*` and `?` as in a shell, in any case. */
const text = (key: string, value: string): Test => {
  if (!/[*?]/.test(value)) return exact(key, value);
  return { key, is: `Regex(${quoted(`(?i)${patternOf(value)}`)})`, not: undefined };
};

/** Of either end: everything else has it at neither. */
const either = (key: string, make: (key: string) => Test): Test => {
  const ends = [make(`${key}.A`), make(`${key}.B`)].map(({ not }) => not);
  return { key, is: make(key).is, not: ends.includes(undefined) ? undefined : ends.join('') };
};

const address =
  (value: string) =>
  (key: string): Test => {
    const [plain = '', length] = value.split('/');
    const version = isIP(plain);
    const bits = version === 4 ? 32 : 128;
    if (version === 0 || (length !== undefined && !(/^\d{1,3}$/.test(length) && Number(length) <= bits)))
      throw usageFailure(`"${value}" is no address`, 'like 10.0.0.1, 10.0.0.0/8 or 2001:db8::/32');
    const canonical = version === 6 ? new URL(`http://[${plain}]`).hostname.slice(1, -1) : plain;
    if (length === undefined) return exact(key, canonical);
    const rest = outside(canonical, Number(length)).map((prefix) => `'${key}', IPRANGE('${prefix}')`);
    return {
      key,
      is: `IPRANGE('${canonical}/${length}')`,
      not: rest.length === 0 ? undefined : `.HasEither(${rest.join(', ')})`,
    };
  };

/** Everything that a prefix is not, as prefixes: one for each of its bits, and the other family. */
function outside(prefix: string, length: number): string[] {
  const bytes = parseAddress(prefix)?.bytes ?? new Uint8Array();
  const isV4 = bytes.length === 4;
  const size = bytes.length * 8;
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const others: string[] = [];
  for (let bit = 0; bit < length; bit++) {
    const shift = BigInt(size - 1 - bit);
    const flipped = ((value >> shift) ^ 1n) << shift;
    others.push(`${addressOf(flipped, isV4)}/${bit + 1}`);
  }
  return [...others, isV4 ? '::/0' : '0.0.0.0/0'];
}

function addressOf(value: bigint, isV4: boolean): string {
  const [size, step, base] = isV4 ? [32n, 8n, 10] : [128n, 16n, 16];
  const parts: string[] = [];
  for (let shift = size - step; shift >= 0n; shift -= step)
    parts.push(((value >> shift) & ((1n << step) - 1n)).toString(base as number));
  return parts.join(isV4 ? '.' : ':');
}

const PORT_MAX = 65_535;

const port =
  (value: string) =>
  (key: string): Test => {
    const [, from, to] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(value) ?? [];
    if (from === undefined || Number(from) > PORT_MAX || Number(to ?? from) > PORT_MAX)
      throw usageFailure(`"${value}" is no port`, 'like 443 or 8000-8100');
    if (to === undefined) return exact(key, Number(from));
    return {
      key,
      is: `Between(${from}, ${Number(to) + 1})`,
      not: `.HasEither('${key}', LT(${from}), '${key}', GT(${to}))`,
    };
  };

/** As flows write them. */
const written = ['DHCPv4', 'VRRPv2', 'ICMPv4', 'ICMPv6', 'DNS', 'TLS', 'ARP', 'QUIC', 'TCP', 'UDP', 'SCTP'];

function protocol(value: string): Test {
  const name = value.toUpperCase();
  if (['TCP', 'UDP', 'SCTP'].includes(name)) return exact('Transport.Protocol', name);
  if (name === 'IPV4' || name === 'IPV6') return exact('Network.Protocol', name);
  // A layer of its path: ICMP is ICMPv4 and ICMPv6.
  const layer = name === 'ICMP' ? 'ICMPv[46]' : patternOf(value);
  const not = name.startsWith('ICMP') ? ".HasNot('ICMP.Type')" : undefined;
  return { key: 'LayersPath', is: `Regex(${quoted(`(?i)(.*/)?${layer}(/.*)?`)})`, not };
}

function macOf(value: string): string {
  const mac = value.toLowerCase().replaceAll('-', ':');
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac)) throw usageFailure(`"${value}" is no MAC`, 'like 02:00:00:00:00:0a');
  return mac;
}

function community(value: string): Test {
  if (!/^1:[A-Za-z0-9+/]{27}=$/.test(value))
    throw usageFailure(`"${value}" is no Community ID`, 'like 1:LQU9qZlK+B5F3KDmev6m5PMibrg=');
  return exact('CommunityID', value);
}

/** HTTP is read where it is found, and named TCP, as Skydive does. */
const http: Test = { key: 'HTTP.version', is: "NE('')", not: ".HasNot('HTTP.version')" };

function application(value: string): Test {
  if (value.toUpperCase() === 'HTTP') return http;
  const known = written.find((name) => name.toUpperCase() === value.toUpperCase());
  return text('Application', known ?? value);
}

function kind(value: string): Test {
  const key = { drop: 'Drops', retransmission: 'Retransmissions' }[value.toLowerCase()];
  if (key === undefined) throw usageFailure(`there is no --type ${value}`, 'drop, retransmission');
  return { key, is: "NE('')", not: `.HasNot('${key}')` };
}

const one = (test: Test): readonly Test[] => [test];

const filters = {
  ip: {
    flags: '--ip <address>',
    doc: 'of either end: an address, or a prefix',
    tests: (value: string) => one(either('Network', address(value))),
  },
  fromIp: {
    flags: '--from-ip <address>',
    doc: 'of who began it',
    tests: (value: string) => one(address(value)('Network.A')),
  },
  toIp: {
    flags: '--to-ip <address>',
    doc: 'of the other end',
    tests: (value: string) => one(address(value)('Network.B')),
  },
  port: {
    flags: '--port <port>',
    doc: 'of either end: 443 or 8000-8100',
    tests: (value: string) => one(either('Transport', port(value))),
  },
  fromPort: {
    flags: '--from-port <port>',
    doc: 'of who began it',
    tests: (value: string) => one(port(value)('Transport.A')),
  },
  toPort: {
    flags: '--to-port <port>',
    doc: 'of the other end',
    tests: (value: string) => one(port(value)('Transport.B')),
  },
  protocol: {
    flags: '--protocol <name>',
    doc: 'tcp, udp, sctp, icmp, arp, gre…',
    tests: (value: string) => one(protocol(value)),
  },
  app: {
    flags: '--app <name>',
    doc: 'application: dns, tls, http…',
    tests: (value: string) => one(application(value)),
  },
  mac: {
    flags: '--mac <mac>',
    doc: 'of either end',
    tests: (value: string) => one(either('Link', (key) => exact(key, macOf(value)))),
  },
  tracking: {
    flags: '--tracking <id>',
    doc: 'TrackingID, or its beginning',
    tests: (value: string) => one(beginning('TrackingID', value)),
  },
  community: {
    flags: '--community <id>',
    doc: 'Community ID, as Zeek and Suricata have it',
    tests: (value: string) => one(community(value)),
  },
  sni: {
    flags: '--sni <name>',
    doc: "server that a TLS client asks for; '*.example.com'",
    tests: (value: string) => one(text('TLS.sni', value)),
  },
  httpHost: {
    flags: '--http-host <name>',
    doc: 'host of the first HTTP request',
    tests: (value: string) => one(text('HTTP.host', value)),
  },
  dns: {
    flags: '--dns <name>',
    doc: 'name that was asked for (of captures with --extra-layer dns)',
    tests: (value: string) => one(text('DNS.questions.name', value)),
  },
  process: {
    flags: '--process <name>',
    doc: "name of the process at either end; 'python*'",
    tests: (value: string) => one(named('Process', value)),
  },
  container: {
    flags: '--container <container>',
    doc: 'container of the process at either end: its name, its id, or the beginning of it',
    tests: (value: string) => one(containerId(value)),
  },
  service: {
    flags: '--service <name>',
    doc: "process that listens at the other end's port; 'nginx*'",
    tests: (value: string) => one(named('Service', value)),
  },
  type: {
    flags: '--type <kind>',
    doc: 'drop: packets were dropped by the kernel; retransmission',
    tests: (value: string) => one(kind(value)),
  },
  ipv4: { flags: '-4, --ipv4', doc: 'IPv4 alone', tests: () => one(exact('Network.Protocol', 'IPV4')) },
  ipv6: { flags: '-6, --ipv6', doc: 'IPv6 alone', tests: () => one(exact('Network.Protocol', 'IPV6')) },
} as const;

/** `*` and `?` as in a shell. What nobody knows the name of is neither that one nor another: it cannot be inverted. */
function named(key: string, value: string): Test {
  const is = /[*?]/.test(value) ? `Regex(${quoted(`(?i)${patternOf(value)}`)})` : quoted(value);
  return { key, is, not: undefined };
}

function containerId(value: string): Test {
  const id = value.toLowerCase();
  if (!/^[0-9a-f]{4,64}$/.test(id))
    throw usageFailure(
      `"${value}" is neither name nor id of a container`,
      'skein get containers lists them; of an id 4 hex digits at least',
    );
  return { key: 'ContainerID', is: id.length === 64 ? `'${id}'` : `StartsWith('${id}')`, not: undefined };
}

function beginning(key: string, value: string): Test {
  const id = value.toLowerCase();
  if (!/^[0-9a-f]{1,16}$/.test(id))
    throw usageFailure(`"${value}" is no TrackingID`, '16 hex digits, or their beginning');
  return id.length === 16 ? exact(key, id) : { key, is: `StartsWith('${id}')`, not: undefined };
}
