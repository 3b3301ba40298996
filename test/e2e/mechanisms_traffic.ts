/** Some of everything that a capture meets, a few packets each: the same for all mechanisms. */
import {
  arp,
  ethernet,
  geneve,
  gre,
  icmp,
  ipv4,
  ipv6,
  joined,
  mpls,
  tagged,
  tcp,
  udp,
  vxlan,
} from '../kernel/ebpf_frames.ts';

type Frame = Uint8Array;

const [FIN, SYN, PUSH, ACK] = [1, 2, 8, 16];
const [IPV4, ARP, IPV6, MPLS] = [0x0800, 0x0806, 0x86dd, 0x8847];
const bytes = (size: number) => new Uint8Array(size).fill(0x2e);

/** Between two other stations. */
function between(stations: readonly [number, number], frame: Frame): Frame {
  const moved = Buffer.from(frame);
  [moved[5], moved[11]] = stations;
  return moved;
}

/** From the one who was asked: its MACs are the other way round. */
function back(frame: Frame): Frame {
  return joined(frame.subarray(6, 12), frame.subarray(0, 6), frame.subarray(12));
}

/** A connection between two hosts, from its handshake to its end, through whatever it is wrapped in. */
function connection(port: number, wrap: (inside: Frame, isBack: boolean) => Frame): Frame[] {
  const next = [1_000, 0xffff_fff0];
  const said = (side: 0 | 1, flags: number, size = 0) => {
    const [from, to] = side === 0 ? [port, 80] : [80, port];
    const segment = Buffer.from(tcp(from, to, flags, bytes(size)));
    segment.writeUInt32BE(next[side] as number, 4);
    segment.writeUInt32BE(flags & ACK ? (next[1 - side] as number) : 0, 8);
    // A SYN and a FIN count as a byte (RFC 9293); numbers begin anew after the last.
    next[side] = ((next[side] as number) + size + (flags & (SYN | FIN) ? 1 : 0)) >>> 0;
    return wrap(segment, side === 1);
  };
  return [
    said(0, SYN),
    said(1, SYN | ACK),
    said(0, ACK),
    said(0, PUSH | ACK, 100),
    said(1, PUSH | ACK, 1000),
    said(0, ACK),
    said(1, FIN | ACK),
    said(0, FIN | ACK),
    said(1, ACK),
  ];
}

const ends = (isBack: boolean, [a, b]: readonly [number, number]) => (isBack ? { from: b, to: a } : { from: a, to: b });
const turned = (isBack: boolean, frame: Frame) => (isBack ? back(frame) : frame);
const inIpv4 = (protocol: number, hosts: readonly [number, number]) => (inside: Frame, isBack: boolean) =>
  turned(isBack, ethernet(IPV4, ipv4(protocol, inside, ends(isBack, hosts))));
const inIpv6 = (protocol: number, hosts: readonly [number, number]) => (inside: Frame, isBack: boolean) =>
  turned(isBack, ethernet(IPV6, ipv6(protocol, inside, ends(isBack, hosts))));
const inTags = (tags: readonly number[], protocol: number, hosts: readonly [number, number]) => {
  return (inside: Frame, isBack: boolean) =>
    turned(isBack, tagged(tags, IPV4, ipv4(protocol, inside, ends(isBack, hosts))));
};

/** An echo and its reply, so many times. */
function ping(id: number, times: number, wrap: (inside: Frame, isBack: boolean) => Frame): Frame[] {
  return Array.from({ length: times }, () => [wrap(icmp(8, 0, id), false), wrap(icmp(0, 0, id), true)]).flat();
}

/** A question for the address of a.example, and its answer (RFC 1035). */
const name = [1, 0x61, 7, ...Buffer.from('example'), 0];
const question = Uint8Array.from([0, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...name, 0, 1, 0, 1]);
const answer = Uint8Array.from([
  ...[0, 9, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, ...name, 0, 1, 0, 1],
  ...[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1],
]);

const inVxlan = (inside: Frame, isBack: boolean) =>
  inIpv4(17, [60, 61])(vxlan(100, inIpv4(6, [62, 63])(inside, isBack)), isBack);
const inGeneve = (inside: Frame, isBack: boolean) =>
  inIpv6(17, [64, 65])(geneve(200, inIpv4(1, [66, 67])(inside, isBack)), isBack);
const inGre = (inside: Frame, isBack: boolean) =>
  inIpv4(47, [68, 69])(gre(IPV4, ipv4(17, inside, ends(isBack, [70, 71]))), isBack);
const inMpls = (inside: Frame, isBack: boolean) =>
  turned(isBack, between([3, 4], ethernet(MPLS, mpls(77, ipv4(17, inside, ends(isBack, [72, 73]))))));
const inBoth = (inside: Frame, isBack: boolean) =>
  inIpv4(47, [74, 75])(gre(MPLS, mpls(78, ipv4(17, inside, ends(isBack, [76, 77])))), isBack);

/** Bytes of one datagram with UDP, cut in two (RFC 791). */
const whole = udp(7000, 7001, bytes(40));
const fragments = [
  ethernet(IPV4, ipv4(17, whole.subarray(0, 24), { from: 50, to: 51, fragment: 0x2000 })),
  ethernet(IPV4, ipv4(17, whole.subarray(24), { from: 50, to: 51, fragment: 3 })),
];

/** The echo request and reply that Skydive's own tests know the id of: 192.168.0.2 asks 192.168.0.1. */
function known(isBack: boolean): Frame {
  const frame = inIpv4(1, [1, 2])(icmp(isBack ? 0 : 8, 0, 23_604), isBack);
  frame.set(isBack ? [192, 168, 0, 1, 192, 168, 0, 2] : [192, 168, 0, 2, 192, 168, 0, 1], 14 + 12);
  return frame;
}

const again = connection(40_001, inIpv4(6, [12, 10]));

export const traffic: readonly (readonly Frame[])[] = [
  connection(40_000, inIpv4(6, [10, 11])),
  // Data and its answer a second time.
  [...again.slice(0, 5), ...again.slice(3, 5), ...again.slice(5)],
  // Whose beginning was missed, and whose first packet seen is an answer.
  connection(40_002, inIpv4(6, [13, 10])).slice(4),
  // What is only an answer tells who asked.
  connection(40_003, inIpv4(6, [14, 10])).slice(1, 2),
  connection(40_004, inIpv6(6, [20, 21])),
  [inIpv4(17, [30, 31])(udp(5000, 6000, bytes(300)), false), inIpv4(17, [30, 31])(udp(6000, 5000), true)],
  [inIpv4(17, [33, 32])(udp(5001, 53, question), false), inIpv4(17, [33, 32])(udp(53, 5001, answer), true)],
  [inIpv6(17, [34, 35])(udp(5002, 53, question), false), inIpv6(17, [34, 35])(udp(53, 5002, answer), true)],
  ping(77, 3, inIpv4(1, [40, 41])),
  ping(78, 1, inIpv4(1, [40, 41])),
  [known(false), known(true)],
  [inIpv6(58, [42, 43])(icmp(128, 0, 5), false), inIpv6(58, [42, 43])(icmp(129, 0, 5), true)],
  [ethernet(ARP, arp(1)), back(ethernet(ARP, arp(2)))],
  fragments,
  connection(40_005, inTags([10], 6, [52, 53])),
  ping(79, 2, inTags([10, 20], 1, [54, 55])),
  connection(40_006, inVxlan),
  ping(80, 2, inGeneve),
  [inGre(udp(1000, 2000), false), inGre(udp(2000, 1000), true)],
  [inMpls(udp(1001, 2001), false), inMpls(udp(2001, 1001), true)],
  [inBoth(udp(1002, 2002), false), inBoth(udp(2002, 1002), true)],
  // Nothing that any layer is known of but Ethernet.
  [between([5, 6], ethernet(0x88b5, bytes(46)))],
];

export const frames: readonly Frame[] = traffic.flat();
