/** Faults made on purpose, each with how it is undone and what has to be named for it. */

import { execFileSync } from 'node:child_process';
import type { WhyCulprit, WhyRequest } from '../../src/contract/why.ts';
import type { TestNetns } from './native_netns.ts';
import type { WhyWorld } from './why_world.ts';

export interface Fault {
  readonly name: string;
  /** Done while all is well. */
  prepare?(world: WhyWorld): void | Promise<void>;
  make(world: WhyWorld): void | Promise<void>;
  undo(world: WhyWorld): void | Promise<void>;
  /** Whether the culprit is this fault. */
  isIt(culprit: WhyCulprit, world: WhyWorld): boolean;
  /** Another conversation than that of the client with the server. */
  ask?(world: WhyWorld): WhyRequest;
  /** The model cannot tell that anything is wrong: when all was well has to be said. */
  readonly isUnseen?: true;
  /** Nor can it tell that it is over: this query then gives one node. */
  readonly over?: string;
}

export const in_ = (netns: TestNetns, name: string) => (culprit: WhyCulprit) =>
  culprit.element.name === name && culprit.element.namespace === netns.name;

export const by6 = ({ client }: WhyWorld): WhyRequest => ({ from: client.name, to: 'fd07::2' });

export const faults: readonly Fault[] = [
  {
    name: 'IPv6 address of the server removed',
    make: ({ server }) => server.ip('addr del fd07::2/64 dev eth0'),
    undo: ({ server }) => {
      server.ip('addr add fd07::2/64 dev eth0 nodad');
      server.ip('-6 route replace default via fd07::1');
    },
    isIt: (culprit, { server }) => culprit.kind === 'address.removed' && in_(server, 'eth0')(culprit),
    ask: by6,
  },
  {
    name: 'IPv6 default route removed',
    make: ({ client }) => client.ip('-6 route del default'),
    undo: ({ client }) => client.ip('-6 route add default via fd50::1'),
    isIt: (culprit, { client }) => culprit.kind === 'route.removed' && in_(client, 'eth0')(culprit),
    ask: by6,
  },
  {
    name: 'IPv6 forwarding turned off',
    make: (world) => world.sysctl(world.router, 'net.ipv6.conf.all.forwarding=0'),
    undo: (world) => world.sysctl(world.router, 'net.ipv6.conf.all.forwarding=1'),
    isIt: ({ kind }) => kind === 'forwarding.off',
    ask: by6,
  },
  {
    name: 'address of the server removed',
    make: ({ server }) => server.ip('addr del 10.7.0.2/24 dev eth0'),
    undo: ({ server }) => {
      server.ip('addr add 10.7.0.2/24 dev eth0');
      server.ip('route add default via 10.7.0.1');
    },
    isIt: (culprit, { server }) => culprit.kind === 'address.removed' && in_(server, 'eth0')(culprit),
  },
  {
    name: 'address of the router removed',
    make: ({ router }) => router.ip('addr del 10.50.1.1/24 dev lan'),
    undo: ({ router }) => router.ip('addr add 10.50.1.1/24 dev lan'),
    isIt: (culprit, { router }) => culprit.kind === 'address.removed' && in_(router, 'lan')(culprit),
  },
  {
    name: 'address of the client changed',
    make: ({ client }) => {
      client.ip('addr del 10.50.1.2/24 dev eth0');
      client.ip('addr add 10.51.1.2/24 dev eth0');
    },
    undo: ({ client }) => {
      client.ip('addr del 10.51.1.2/24 dev eth0');
      client.ip('addr add 10.50.1.2/24 dev eth0');
      client.ip('route add default via 10.50.1.1');
    },
    isIt: ({ kind, ...culprit }, { client }) =>
      /^address\.(changed|removed)$/.test(kind) && in_(client, 'eth0')({ kind, ...culprit }),
  },
  {
    name: 'default route of the client removed',
    make: ({ client }) => client.ip('route del default'),
    undo: ({ client }) => client.ip('route add default via 10.50.1.1'),
    isIt: (culprit, { client }) => culprit.kind === 'route.removed' && in_(client, 'eth0')(culprit),
  },
  {
    name: 'default route of the client changed',
    make: ({ client }) => client.ip('route replace default via 10.50.1.77'),
    undo: ({ client }) => client.ip('route replace default via 10.50.1.1'),
    isIt: (culprit, { client }) => culprit.kind === 'route.changed' && in_(client, 'eth0')(culprit),
  },
  {
    name: 'route back removed at the server',
    make: ({ server }) => server.ip('route del default'),
    undo: ({ server }) => server.ip('route add default via 10.7.0.1'),
    isIt: (culprit, { server }) => culprit.kind === 'route.removed' && in_(server, 'eth0')(culprit),
  },
  {
    name: 'longer prefix leads astray',
    make: ({ router }) => router.ip('route add 10.7.0.2/32 via 10.50.1.9 dev lan'),
    undo: ({ router }) => router.ip('route del 10.7.0.2/32 via 10.50.1.9 dev lan'),
    isIt: (culprit, { router }) => culprit.kind === 'route.added' && in_(router, 'lan')(culprit),
  },
  {
    name: 'blackhole route added',
    make: ({ router }) => router.ip('route add blackhole 10.7.0.2/32'),
    undo: ({ router }) => router.ip('route del blackhole 10.7.0.2/32'),
    isIt: (culprit, { router }) => culprit.kind === 'route.added' && culprit.element.name === router.name,
  },
  {
    name: 'policy rule added',
    make: ({ router }) => router.ip('rule add from 10.50.1.2 to 10.7.0.2 priority 500 prohibit'),
    undo: ({ router }) => router.ip('rule del priority 500'),
    isIt: (culprit, { router }) => culprit.kind === 'policy.added' && culprit.element.name === router.name,
  },
  {
    name: 'MTU lowered',
    make: ({ router }) => router.ip('link set eth0 mtu 1200'),
    undo: ({ router }) => router.ip('link set eth0 mtu 1500'),
    isIt: (culprit, { router }) => culprit.kind === 'mtu.lowered' && in_(router, 'eth0')(culprit),
  },
  {
    name: 'port moved to another bridge',
    make: ({ bridge }) => bridge.ip('link set r master br1'),
    undo: ({ bridge }) => bridge.ip('link set r master br0'),
    isIt: (culprit, { bridge }) => culprit.kind.startsWith('port.') && in_(bridge, 'r')(culprit),
  },
  {
    name: 'tag of the switch port changed',
    make: ({ hosts }) => void hosts.ovs('set', 'port', 'pr', 'tag=30'),
    undo: ({ hosts }) => void hosts.ovs('remove', 'port', 'pr', 'tag', '30'),
    isIt: ({ kind, element }) => kind === 'vlan.changed' && element.name === 'pr',
  },
  {
    name: 'OpenFlow rule drops',
    make: (world) => world.ofctl('add-flow', 'priority=900,tcp,nw_dst=10.7.0.2,actions=drop'),
    undo: (world) => world.ofctl('--strict', 'del-flows', 'priority=900,tcp,nw_dst=10.7.0.2'),
    isIt: ({ kind, text }) => kind === 'openflow.added' && text.includes('priority=900'),
  },
  {
    name: 'nftables rule drops',
    make: (world) => world.nft(world.router, 'insert rule ip filter forward ip daddr 10.7.0.2 tcp dport 8080 drop\n'),
    undo: (world) => world.refilter(),
    isIt: ({ kind, text }) => kind.startsWith('filter.') && text.includes('drop'),
  },
  {
    name: 'nftables rule rejects',
    make: (world) => world.nft(world.router, 'insert rule ip filter forward tcp dport 8080 reject\n'),
    undo: (world) => world.refilter(),
    isIt: ({ kind, text }) => kind.startsWith('filter.') && text.includes('reject'),
  },
  {
    name: 'address put into a set of nftables',
    make: (world) => world.nft(world.router, 'add element ip filter blocked { 10.50.1.2 }\n'),
    undo: (world) => world.nft(world.router, 'flush set ip filter blocked\n'),
    isIt: ({ kind, text }) => kind === 'filter.changed' && text.includes('blocked'),
  },
  {
    name: 'rule in a chain that is jumped to',
    make: (world) => world.nft(world.router, 'add rule ip filter guests tcp dport 8080 drop\n'),
    undo: (world) =>
      world.nft(world.router, 'flush chain ip filter guests\nadd rule ip filter guests tcp dport 25 drop\n'),
    isIt: ({ kind, text }) => kind === 'filter.added' && text.includes('guests'),
  },
  {
    name: 'translation removed',
    make: (world) => world.nft(world.router, 'flush chain ip nat prerouting\n'),
    undo: (world) => world.nft(world.router, 'add rule ip nat prerouting ip daddr 10.50.9.9 dnat to 10.7.0.2\n'),
    isIt: ({ kind, text }) => /^(filter|nat)\./.test(kind) && text.includes('dnat'),
    ask: ({ client }) => ({ from: client.name, to: '10.50.9.9', protocol: 'tcp', port: 8080 }),
  },
  {
    name: 'link down at the client',
    make: ({ client }) => client.ip('link set eth0 down'),
    undo: ({ client }) => {
      client.ip('link set eth0 up');
      client.ip('route add default via 10.50.1.1');
    },
    isIt: (culprit, { client }) => culprit.kind === 'link.down' && in_(client, 'eth0')(culprit),
  },
  {
    name: 'link down at the switch',
    make: ({ bridge }) => bridge.ip('link set r down'),
    undo: ({ bridge }) => bridge.ip('link set r up'),
    isIt: (culprit, { bridge }) => culprit.kind === 'link.down' && in_(bridge, 'r')(culprit),
  },
  {
    name: 'port taken out of the bridge',
    make: ({ bridge }) => bridge.ip('link set c nomaster'),
    undo: ({ bridge }) => bridge.ip('link set c master br0'),
    isIt: (culprit, { bridge }) => culprit.kind === 'port.removed' && in_(bridge, 'c')(culprit),
  },
  {
    name: 'port removed from the switch',
    make: ({ hosts }) => void hosts.ovs('del-port', 'br0', 'pl'),
    undo: ({ hosts }) => void hosts.ovs('add-port', 'br0', 'pl'),
    isIt: ({ kind, element }) => kind === 'port.removed' && element.name === 'pl',
  },
  {
    name: 'MAC duplicated',
    make: (world) => {
      const mac = macOf(world.client, 'eth0');
      world.stranger.ip(`link set eth0 address ${mac}`);
    },
    undo: ({ stranger }) => stranger.ip('link set eth0 address 02:00:00:00:09:09'),
    isIt: (culprit, { stranger }) => /^mac\./.test(culprit.kind) && in_(stranger, 'eth0')(culprit),
    isUnseen: true,
    over: "G.V().Has('MAC', '02:00:00:00:09:09')",
  },
  {
    name: 'address of the server duplicated',
    make: ({ stranger }) => stranger.ip('addr add 10.50.1.1/24 dev eth0'),
    undo: ({ stranger }) => stranger.ip('addr del 10.50.1.1/24 dev eth0'),
    isIt: (culprit, { stranger }) => culprit.kind === 'address.duplicated' && in_(stranger, 'eth0')(culprit),
    isUnseen: true,
    over: "G.V().Has('IPV4', '10.50.1.1/24')",
  },
  {
    name: 'neighbour fixed to a wrong MAC',
    make: ({ client }) => client.ip('neigh replace 10.50.1.1 lladdr 02:aa:aa:aa:aa:aa dev eth0 nud permanent'),
    undo: ({ client }) => client.ip('neigh del 10.50.1.1 dev eth0'),
    isIt: (culprit, { client }) => culprit.kind === 'neighbour.fixed' && in_(client, 'eth0')(culprit),
  },
  {
    name: 'forwarding turned off',
    make: (world) => world.sysctl(world.router, 'net.ipv4.ip_forward=0'),
    undo: (world) => world.sysctl(world.router, 'net.ipv4.ip_forward=1'),
    isIt: (culprit) => culprit.kind === 'forwarding.off',
  },
  {
    name: 'process stopped',
    make: (world) => world.stopServing(),
    undo: (world) => world.serve('0.0.0.0'),
    isIt: (culprit, { server }) => culprit.kind === 'service.stopped' && culprit.element.name === server.name,
  },
  {
    name: 'process bound to another address',
    make: async (world) => {
      await world.stopServing();
      await world.serve('10.60.0.2');
    },
    undo: async (world) => {
      await world.stopServing();
      await world.serve('0.0.0.0');
    },
    isIt: (culprit, { server }) => culprit.kind.startsWith('service.') && culprit.element.name === server.name,
  },
  {
    name: 'far end of the tunnel changed',
    make: ({ router }) => router.ip('link set vx0 type vxlan id 42 remote 10.7.0.99'),
    undo: ({ router }) => router.ip('link set vx0 type vxlan id 42 remote 10.7.0.2'),
    isIt: (culprit, { router }) => culprit.kind === 'tunnel.changed' && in_(router, 'vx0')(culprit),
    ask: ({ router }) => ({ from: router.name, to: '10.60.0.2' }),
  },
  {
    name: 'interface moved to another namespace',
    make: (world) => {
      world.client.ip('link set eth0 down');
      world.client.ip(`link set eth0 name moved netns ${world.elsewhere.name}`);
    },
    undo: (world) => {
      world.elsewhere.ip(`link set moved name eth0 netns ${world.client.name}`);
      world.client.ip('addr add 10.50.1.2/24 dev eth0');
      world.client.ip('link set eth0 up');
      world.client.ip('route add default via 10.50.1.1');
    },
    isIt: (culprit, { client }) =>
      /^interface\.(moved|removed)$|^link\.down$/.test(culprit.kind) && in_(client, 'eth0')(culprit),
  },
  {
    name: 'veth deleted',
    make: ({ client }) => client.ip('link del eth0'),
    undo: (world) => {
      world.plug(world.client, 'eth0', 'c');
      world.client.ip('addr add 10.50.1.2/24 dev eth0');
      world.client.ip('route add default via 10.50.1.1');
    },
    isIt: (culprit, { bridge, client }) =>
      culprit.kind === 'interface.removed' && (in_(client, 'eth0')(culprit) || in_(bridge, 'c')(culprit)),
  },
  {
    name: 'namespace deleted',
    make: ({ client }) => client[Symbol.dispose](),
    undo: () => {},
    isIt: (culprit, { client }) => culprit.kind === 'namespace.removed' && culprit.element.name === client.name,
  },
];

export function macOf(netns: TestNetns, name: string): string {
  const shown = execFileSync('ip', ['-n', netns.name, 'link', 'show', name], { encoding: 'utf8' });
  return shown.match(/link\/ether ([0-9a-f:]+)/)?.[1] ?? '';
}
