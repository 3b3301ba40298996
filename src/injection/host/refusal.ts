/** What the kernel says when it does not take a packet, as a sentence. */
import { Unavailable } from '../../std/unavailable.ts';

/** Ends an injection. `name`: of the interface. */
export function refusal(code: string, name: string, packetBytes: number): Unavailable {
  const [what, needs] = wordsOf(code, name, packetBytes);
  return new Unavailable(what, needs, { cause: code });
}

/** What is deleted is taken down first, and the kernel refuses it as if that were all. */
export function mayBeGoing(error: unknown): boolean {
  return error instanceof Unavailable && error.cause === 'ENETDOWN';
}

/** It passes by itself: the device, or the socket, is full. */
export function isFull(code: string): boolean {
  return code === 'EAGAIN' || code === 'ENOBUFS';
}

/** raw(7): a filter of the output dropped it; what comes next may pass. */
export function isFiltered(code: string): boolean {
  return code === 'EPERM' || code === 'EACCES';
}

export function filtered(code: string): string {
  // ip_route_output_flow(): a route or a rule of type prohibit is EACCES; a filter is EPERM (nf_hook_slow()).
  return code === 'EACCES'
    ? 'a route or policy rule of the namespace prohibits its own packets (EACCES)'
    : 'a packet filter of the namespace refuses its own packets (EPERM)';
}

/** What the door refuses before anything is sent: then it is we who may not. Undefined of all else. */
export function lacking(error: unknown): Unavailable | undefined {
  const { code } = error as { readonly code?: unknown };
  if (code !== 'EPERM' && code !== 'EACCES') return undefined;
  return new Unavailable('packets of our own', 'CAP_NET_RAW, and CAP_SYS_ADMIN in other namespaces', { cause: error });
}

function wordsOf(code: string, name: string, packetBytes: number): [string, string] {
  switch (code) {
    case 'ENODEV':
    case 'ENXIO':
      return [`the interface ${name} is gone`, 'one that stays while packets are sent'];
    case 'ENETDOWN':
      return [`the interface ${name} is down`, `it to be up: ip link set ${name} up`];
    case 'EMSGSIZE':
      return [`a packet of ${packetBytes} bytes is too large for ${name}`, 'a smaller payload, or a larger MTU'];
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return ['no route leads to the destination', 'a route in the namespace of the source'];
    // fib_props: what a blackhole takes, asked from inside of the namespace; also a packet that makes no sense.
    case 'EINVAL':
      return [
        'the routes of the namespace send it to nowhere (blackhole), or the kernel does not take such a packet (EINVAL)',
        'a route that leads there',
      ];
    default:
      return [`the kernel refuses the packet: ${code}`, 'another way, or another packet'];
  }
}
