/** From what the kernel says of a dial to its outcome. */
import type { DialEvent } from '../native/dial.ts';
import type { DialOutcome, DialQuestion, IcmpError } from './dial.ts';

export interface Came {
  readonly outcome: DialOutcome;
  readonly sentence: string;
}

/** Who said what: as a sentence needs it. */
interface Said {
  readonly errno: string;
  readonly icmp?: IcmpError;
  readonly mtu?: number;
  /** The namespace's own address. */
  readonly own?: string;
  readonly question: DialQuestion;
}

/** Of an error that came after it was sent, or at once where it is none of ICMP. */
export function failed(said: Said): Came {
  const { errno, icmp } = said;
  if (errno === 'EMSGSIZE') return { outcome: 'too-big', sentence: tooBig(said) };
  if (icmp !== undefined) return byIcmp(icmp, said);
  const to = `to ${nameOf(said.question)}`;
  switch (errno) {
    case 'ECONNREFUSED':
      return { outcome: 'refused', sentence: `refused by ${said.question.address}: nobody listens there` };
    case 'ETIMEDOUT':
      return { outcome: 'timeout', sentence: `the kernel gave up ${to}: nothing came` };
    case 'EPERM':
    case 'EACCES':
      return {
        outcome: 'denied',
        sentence: `the kernel of the namespace refuses to send ${to} (${errno}): a packet filter, a policy or a route of type prohibit`,
      };
    case 'EADDRNOTAVAIL':
      return {
        outcome: 'no-route',
        sentence: `the namespace has no address, or no port that is free, to send from ${to}`,
      };
    case 'ENETDOWN':
      return { outcome: 'no-route', sentence: `the interface ${to} is down` };
    case 'EHOSTUNREACH':
      return {
        outcome: 'no-route',
        sentence: `the routes of the namespace say that ${said.question.address} is not to be reached`,
      };
    case 'EINVAL':
      return {
        outcome: 'no-route',
        sentence: `the routes of the namespace send what goes ${to} to nowhere (blackhole)`,
      };
    default:
      return { outcome: 'no-route', sentence: `the namespace has no route ${to} (${errno})` };
  }
}

export function silent({ question, timeoutMs }: { readonly question: DialQuestion; readonly timeoutMs: number }): Came {
  const nothing = `nothing came from ${question.address} in ${timeoutMs} ms`;
  const little =
    question.protocol === 'udp'
      ? '; silence says little of UDP: a service need not answer, and no ICMP error came either'
      : '';
  return { outcome: 'timeout', sentence: nothing + little };
}

export function reached({ kind, bytes }: DialEvent, question: DialQuestion): Came {
  if (kind === 'data') return { outcome: 'answered', sentence: `${nameOf(question)} answered with ${bytes} bytes` };
  return { outcome: 'connected', sentence: `connected to ${nameOf(question)}` };
}

export function reset(errno: string, question: DialQuestion): Came {
  return { outcome: 'reset', sentence: `${nameOf(question)} took the connection and reset it (${errno})` };
}

function byIcmp({ type, code, from }: IcmpError, { errno, own, question }: Said): Came {
  const words = icmpWords({ type, code, isV6: question.address.includes(':') });
  if (errno === 'ECONNREFUSED') {
    const by = from === bare(question.address) ? 'nobody listens there' : 'it stands in for its destination';
    return { outcome: 'refused', sentence: `refused by ${from} (${words}): ${by}` };
  }
  const sentence =
    from === own
      ? `the namespace's own kernel says ${words}: no neighbour answers on the way to ${question.address}`
      : `${from} says ${words}`;
  return { outcome: 'unreachable', sentence };
}

function tooBig({ icmp, mtu, question }: Said): string {
  const size = question.size === undefined ? 'the packet' : `a packet of ${question.size} bytes`;
  const limit = mtu === undefined ? 'the MTU' : `the MTU of ${mtu} bytes`;
  return `${size} is larger than ${limit} ${icmp === undefined ? 'of the interface' : `behind ${icmp.from}`}`;
}

function nameOf({ address, port }: DialQuestion): string {
  if (port === undefined) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

export function bare(address: string): string {
  return address.split('%')[0] as string;
}

const V4_TIME_EXCEEDED = 11;
const V6_UNREACHABLE = 1;
const V6_TIME_EXCEEDED = 3;

function icmpWords({
  type,
  code,
  isV6,
}: {
  readonly type: number;
  readonly code: number;
  readonly isV6: boolean;
}): string {
  if (type === (isV6 ? V6_TIME_EXCEEDED : V4_TIME_EXCEEDED)) return 'time to live exceeded';
  const words = type === (isV6 ? V6_UNREACHABLE : V4_UNREACHABLE) ? (isV6 ? V6_CODES : V4_CODES)[code] : undefined;
  return words ?? `ICMP type ${type}, code ${code}`;
}

const V4_UNREACHABLE = 3;

/** IANA, ICMP parameters: codes of type 3 (RFC 792, RFC 1122, RFC 1812). */
const V4_CODES = [
  'network unreachable',
  'host unreachable',
  'protocol unreachable',
  'port unreachable',
  'fragmentation needed',
  'source route failed',
  'network unknown',
  'host unknown',
  'source host isolated',
  'network administratively prohibited',
  'host administratively prohibited',
  'network unreachable for this type of service',
  'host unreachable for this type of service',
  'communication administratively prohibited',
  'host precedence violation',
  'precedence cutoff',
];

/** IANA, ICMPv6 parameters: codes of type 1 (RFC 4443). */
const V6_CODES = [
  'no route to destination',
  'communication administratively prohibited',
  'beyond the scope of the source address',
  'address unreachable',
  'port unreachable',
  'source address failed the policy',
  'route to destination rejected',
  'error in the source routing header',
];
