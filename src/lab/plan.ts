/**
 * The network of the lab. Two switches with two hosts each are one Ethernet, by VXLAN through a router between them:
 *
 *      host1  host2                      host3  host4        10.77.0.1 to .4/24
 *          \  /                              \  /
 *          left ------- router ------- right                 10.77.1.0/30, 10.77.2.0/30
 *             \________VXLAN 77________/
 *
 * Every part is a namespace of its own; nothing is made outside of them.
 */
export interface Machine {
  /** Without the prefix: `host1`. */
  readonly name: string;
  readonly role: 'host' | 'switch' | 'router';
  /** Lines for `ip -batch` inside of the namespace, when all cables are there. */
  readonly setup: readonly string[];
  readonly forwards: boolean;
}

/** A veth pair: two ends, each in a machine under a name. */
export type Cable = readonly [machine: string, end: string, machine: string, end: string];

export const cables: readonly Cable[] = [
  ['host1', 'eth0', 'left', 'port1'],
  ['host2', 'eth0', 'left', 'port2'],
  ['host3', 'eth0', 'right', 'port1'],
  ['host4', 'eth0', 'right', 'port2'],
  ['left', 'uplink', 'router', 'left'],
  ['right', 'uplink', 'router', 'right'],
];

/** Less by what VXLAN adds to every frame (RFC 7348 §5), so that what hosts send still fits through the router. */
const INNER_MTU = 1500 - 50;

export const machines: readonly Machine[] = [
  {
    name: 'router',
    role: 'router',
    forwards: true,
    setup: [
      ...up('lo', 'left', 'right'),
      'address replace 10.77.1.1/30 dev left',
      'address replace 10.77.2.1/30 dev right',
      'route replace 10.77.0.0/24 via 10.77.1.2',
    ],
  },
  switchAt('left', { underlay: '10.77.1', remote: '10.77.2.2', gateway: '10.77.0.253' }),
  switchAt('right', { underlay: '10.77.2', remote: '10.77.1.2', gateway: '10.77.0.254' }),
  ...[1, 2, 3, 4].map(hostOf),
];

function switchAt(name: string, at: { underlay: string; remote: string; gateway: string }): Machine {
  return {
    name,
    role: 'switch',
    forwards: true,
    setup: [
      'link add br0 type bridge',
      `address replace ${at.underlay}.2/30 dev uplink`,
      `link add vxlan77 type vxlan id 77 local ${at.underlay}.2 remote ${at.remote} dstport 4789`,
      ...['port1', 'port2', 'vxlan77'].map((port) => `link set ${port} mtu ${INNER_MTU} master br0`),
      ...up('lo', 'uplink', 'port1', 'port2', 'vxlan77', 'br0'),
      `address replace ${at.gateway}/24 dev br0`,
      `route replace default via ${at.underlay}.1`,
    ],
  };
}

function hostOf(number: number): Machine {
  return {
    name: `host${number}`,
    role: 'host',
    forwards: false,
    setup: [
      `link set eth0 mtu ${INNER_MTU}`,
      ...up('lo', 'eth0'),
      `address replace ${addressOf(number)}/24 dev eth0`,
      `route replace default via 10.77.0.${number <= 2 ? 253 : 254}`,
    ],
  };
}

export function addressOf(host: number): string {
  return `10.77.0.${host}`;
}

function up(...links: string[]): string[] {
  return links.map((link) => `link set ${link} up`);
}
