/** Faults of routes, neighbours, addresses, and of who listens. */
import type { WhyRequest } from '../../src/contract/why.ts';
import { by6, type Fault, in_ } from './why_faults.ts';
import type { WhyWorld } from './why_world.ts';

const byPing = ({ client }: WhyWorld): WhyRequest => ({ from: client.name, to: '10.7.0.2' });

const backToDefault = ({ client }: WhyWorld) => {
  client.ip('route flush table main');
  client.ip('route add 10.50.1.0/24 dev eth0 src 10.50.1.2');
  client.ip('route add default via 10.50.1.1');
};

/** A second link of client and router: answers come by it. */
const secondLink = ({ client, router }: WhyWorld) => {
  router.ip(`link add lan2 type veth peer name eth1 netns ${client.name}`);
  router.ip('addr add 10.52.1.1/24 dev lan2');
  client.ip('addr add 10.52.1.2/24 dev eth1');
  router.ip('link set lan2 up');
  client.ip('link set eth1 up');
};

export const routeFaults: readonly Fault[] = [
  {
    name: 'metric of the default route raised',
    prepare: ({ client }) => {
      client.ip('route del default');
      client.ip('route add default via 10.50.1.1 metric 100');
      client.ip('route add default via 10.50.1.77 metric 200');
    },
    make: ({ client }) => {
      client.ip('route add default via 10.50.1.1 metric 300');
      client.ip('route del default via 10.50.1.1 metric 100');
    },
    undo: backToDefault,
    isIt: (culprit, { client }) => culprit.kind.startsWith('route.') && in_(client, 'eth0')(culprit),
  },
  {
    name: 'default route of a better metric added',
    prepare: ({ client }) => {
      client.ip('route del default');
      client.ip('route add default via 10.50.1.1 metric 100');
    },
    make: ({ client }) => client.ip('route add default via 10.50.1.77 metric 50'),
    undo: backToDefault,
    isIt: (culprit, { client }) => culprit.kind === 'route.added' && in_(client, 'eth0')(culprit),
  },
  {
    name: 'connected route of the router removed',
    make: ({ router }) => router.ip('route del 10.7.0.0/24 dev eth0'),
    undo: ({ router }) => router.ip('route add 10.7.0.0/24 dev eth0 src 10.7.0.1'),
    isIt: (culprit, { router }) => culprit.kind === 'route.removed' && in_(router, 'eth0')(culprit),
  },
  {
    name: 'local route of the server removed',
    make: ({ server }) => server.ip('route del local 10.7.0.2 table local'),
    undo: ({ server }) => server.ip('route add local 10.7.0.2 dev eth0 table local src 10.7.0.2'),
    isIt: (culprit, { server }) => culprit.kind === 'route.removed' && in_(server, 'eth0')(culprit),
  },
  {
    name: 'longer prefix leads answers astray',
    make: ({ server }) => server.ip('route add 10.50.1.0/24 via 10.7.0.99'),
    undo: ({ server }) => server.ip('route del 10.50.1.0/24 via 10.7.0.99'),
    isIt: (culprit, { server }) => culprit.kind === 'route.added' && in_(server, 'eth0')(culprit),
  },
  {
    name: 'all routes flushed',
    make: ({ client }) => client.ip('route flush table main'),
    undo: backToDefault,
    isIt: (culprit, { client }) => culprit.kind === 'route.removed' && in_(client, 'eth0')(culprit),
  },
  {
    name: 'policy rule removed',
    prepare: ({ client }) => {
      client.ip('route add default via 10.50.1.1 table 100');
      client.ip('rule add from all lookup 100 priority 700');
      client.ip('route del default');
    },
    make: ({ client }) => client.ip('rule del priority 700'),
    undo: ({ client }) => {
      client.ip('route flush table 100');
      client.ip('route add default via 10.50.1.1');
    },
    isIt: (culprit, { client }) => culprit.kind === 'policy.removed' && culprit.element.name === client.name,
  },
  {
    name: 'route of another table removed',
    prepare: ({ client }) => {
      client.ip('route add default via 10.50.1.1 table 100');
      client.ip('rule add from all lookup 100 priority 700');
      client.ip('route del default');
    },
    make: ({ client }) => client.ip('route del default table 100'),
    undo: ({ client }) => {
      client.ip('rule del priority 700');
      client.ip('route add default via 10.50.1.1');
    },
    isIt: (culprit, { client }) => culprit.kind === 'route.removed' && in_(client, 'eth0')(culprit),
  },
  {
    name: 'MTU of the route lowered',
    make: ({ client }) => client.ip('route change default via 10.50.1.1 mtu 900'),
    undo: ({ client }) => client.ip('route replace default via 10.50.1.1'),
    isIt: (culprit, { client }) => /^(route|mtu)\./.test(culprit.kind) && in_(client, 'eth0')(culprit),
  },
  {
    name: 'unreachable route at the server',
    make: ({ server }) => server.ip('route add unreachable 10.50.1.2/32'),
    undo: ({ server }) => server.ip('route del unreachable 10.50.1.2/32'),
    isIt: (culprit, { server }) => culprit.kind === 'route.added' && culprit.element.name === server.name,
  },
  {
    name: 'strict reverse path filter turned on',
    prepare: (world) => {
      secondLink(world);
      for (const netns of [world.router, world.client]) world.sysctl(netns, 'net.ipv4.conf.all.rp_filter=0');
      for (const name of ['lan', 'lan2', 'eth0']) world.sysctl(world.router, `net.ipv4.conf.${name}.rp_filter=0`);
      for (const name of ['eth0', 'eth1']) world.sysctl(world.client, `net.ipv4.conf.${name}.rp_filter=0`);
      world.router.ip('route add 10.50.1.2/32 via 10.52.1.2 dev lan2');
    },
    make: (world) => world.sysctl(world.router, 'net.ipv4.conf.lan.rp_filter=1'),
    undo: (world) => {
      world.sysctl(world.router, 'net.ipv4.conf.lan.rp_filter=0');
      world.router.ip('link del lan2');
    },
    isIt: (culprit, { router }) => culprit.kind === 'reverse-path.changed' && in_(router, 'lan')(culprit),
  },
  {
    name: 'route back elsewhere, where it is filtered strictly',
    prepare: (world) => {
      secondLink(world);
      for (const name of ['lan', 'lan2']) world.sysctl(world.router, `net.ipv4.conf.${name}.rp_filter=1`);
      for (const name of ['all', 'eth0', 'eth1']) world.sysctl(world.client, `net.ipv4.conf.${name}.rp_filter=0`);
    },
    make: ({ router }) => router.ip('route add 10.50.1.2/32 via 10.52.1.2 dev lan2'),
    undo: (world) => {
      for (const name of ['lan', 'lan2']) world.sysctl(world.router, `net.ipv4.conf.${name}.rp_filter=0`);
      world.router.ip('link del lan2');
    },
    isIt: (culprit, { router }) => culprit.kind === 'route.added' && in_(router, 'lan2')(culprit),
  },
  {
    name: 'forwarding turned off on one interface',
    make: (world) => world.sysctl(world.router, 'net.ipv4.conf.lan.forwarding=0'),
    undo: (world) => world.sysctl(world.router, 'net.ipv4.conf.lan.forwarding=1'),
    isIt: (culprit, { router }) => culprit.kind === 'forwarding.off' && in_(router, 'lan')(culprit),
  },
  {
    name: 'IPv6 switched off at the server',
    make: (world) => world.sysctl(world.server, 'net.ipv6.conf.eth0.disable_ipv6=1'),
    undo: (world) => {
      world.sysctl(world.server, 'net.ipv6.conf.eth0.disable_ipv6=0');
      world.server.ip('addr add fd07::2/64 dev eth0 nodad');
      world.server.ip('-6 route replace default via fd07::1');
    },
    isIt: (culprit, { server }) => culprit.kind === 'address.removed' && in_(server, 'eth0')(culprit),
    ask: by6,
  },
  {
    name: 'neighbour fixed to a wrong MAC (IPv6)',
    make: ({ client }) => client.ip('neigh replace fd50::1 lladdr 02:aa:aa:aa:aa:aa dev eth0 nud permanent'),
    undo: ({ client }) => client.ip('neigh del fd50::1 dev eth0'),
    isIt: (culprit, { client }) => culprit.kind === 'neighbour.fixed' && in_(client, 'eth0')(culprit),
    ask: by6,
  },
  {
    name: 'neighbour fixed to a wrong MAC on the way back',
    make: ({ router }) => router.ip('neigh replace 10.50.1.2 lladdr 02:aa:aa:aa:aa:aa dev lan nud permanent'),
    undo: ({ router }) => router.ip('neigh del 10.50.1.2 dev lan'),
    isIt: (culprit, { router }) => culprit.kind === 'neighbour.fixed' && in_(router, 'lan')(culprit),
  },
  {
    name: "neighbour fixed to a stranger's MAC",
    make: ({ client }) => client.ip('neigh replace 10.50.1.1 lladdr 02:00:00:00:09:09 dev eth0 nud permanent'),
    undo: ({ client }) => client.ip('neigh del 10.50.1.1 dev eth0'),
    isIt: (culprit, { client }) => culprit.kind === 'neighbour.fixed' && in_(client, 'eth0')(culprit),
  },
  {
    name: 'ARP turned off at the client',
    make: ({ client }) => client.ip('link set eth0 arp off'),
    undo: ({ client }) => client.ip('link set eth0 arp on'),
    isIt: (culprit, { client }) => in_(client, 'eth0')(culprit) && culprit.text.includes('ARP'),
  },
  {
    name: 'prefix of the client lengthened',
    make: ({ client }) => {
      client.ip('addr del 10.50.1.2/24 dev eth0');
      client.ip('addr add 10.50.1.2/32 dev eth0');
    },
    undo: ({ client }) => {
      client.ip('addr del 10.50.1.2/32 dev eth0');
      client.ip('addr add 10.50.1.2/24 dev eth0');
      client.ip('route add default via 10.50.1.1');
    },
    isIt: (culprit, { client }) => culprit.kind.startsWith('address.') && in_(client, 'eth0')(culprit),
  },
  {
    name: 'lease of an address ended',
    prepare: ({ client }) => client.ip('addr change 10.50.1.2/24 dev eth0 valid_lft 4 preferred_lft 4'),
    make: () => new Promise((resolve) => setTimeout(resolve, 4_500)),
    undo: ({ client }) => {
      client.ip('addr add 10.50.1.2/24 dev eth0');
      client.ip('route replace default via 10.50.1.1');
    },
    isIt: (culprit, { client }) => culprit.kind === 'address.removed' && in_(client, 'eth0')(culprit),
  },
  {
    name: 'MAC of the router changed',
    prepare: (world) => world.inside(world.client, ...'ping -n -c 1 -W 1 10.7.0.2'.split(' ')),
    make: ({ client, router }) => {
      client.ip('neigh replace 10.50.1.1 lladdr 02:00:00:00:0a:01 dev eth0 nud permanent');
      router.ip('link set lan address 02:00:00:00:0a:02');
    },
    undo: ({ client }) => client.ip('neigh del 10.50.1.1 dev eth0'),
    isIt: (culprit, { client, router }) =>
      (culprit.kind === 'neighbour.fixed' && in_(client, 'eth0')(culprit)) ||
      (culprit.kind === 'mac.changed' && in_(router, 'lan')(culprit)),
  },
  {
    name: 'loopback set down',
    prepare: ({ client }) => client.ip('link set lo up'),
    make: ({ client }) => client.ip('link set lo down'),
    undo: () => {},
    isIt: (culprit, { client }) => culprit.kind === 'link.down' && in_(client, 'lo')(culprit),
    ask: ({ client }) => ({ from: client.name, to: '10.50.1.2', protocol: 'icmp' }),
  },
  {
    name: 'bound to loopback alone',
    prepare: ({ server }) => server.ip('link set lo up'),
    make: async (world) => {
      await world.stopServing();
      await world.serve('127.0.0.1');
    },
    undo: async (world) => {
      await world.stopServing();
      await world.serve('0.0.0.0');
    },
    isIt: (culprit, { server }) => culprit.kind.startsWith('service.') && culprit.element.name === server.name,
  },
  {
    name: 'listens for IPv6 alone',
    make: async (world) => {
      await world.stopServing();
      await world.serve('fd07::2');
    },
    undo: async (world) => {
      await world.stopServing();
      await world.serve('0.0.0.0');
    },
    isIt: (culprit, { server }) => culprit.kind.startsWith('service.') && culprit.element.name === server.name,
  },
  {
    name: 'listens for IPv6 alone, at all addresses',
    make: async (world) => {
      await world.stopServing();
      await world.serve('::', 'ipv6Only:true');
    },
    undo: async (world) => {
      await world.stopServing();
      await world.serve('0.0.0.0');
    },
    isIt: (culprit, { server }) => culprit.kind.startsWith('service.') && culprit.element.name === server.name,
  },
  {
    name: 'listens for IPv4 alone, asked by IPv6',
    prepare: async (world) => {
      await world.stopServing();
      await world.serve('::');
    },
    make: async (world) => {
      await world.stopServing();
      await world.serve('0.0.0.0');
    },
    undo: () => {},
    isIt: (culprit, { server }) => culprit.kind.startsWith('service.') && culprit.element.name === server.name,
    ask: (world) => ({ ...by6(world), protocol: 'tcp', port: 8080 }),
  },
  {
    name: 'listens at another port',
    make: async (world) => {
      await world.stopServing();
      await world.serve('0.0.0.0', 'port:8081');
    },
    undo: async (world) => {
      await world.stopServing();
      await world.serve('0.0.0.0');
    },
    isIt: (culprit, { server }) => culprit.kind.startsWith('service.') && culprit.element.name === server.name,
  },
  {
    name: 'link went down and up again, its route lost',
    make: ({ client }) => {
      client.ip('link set eth0 down');
      client.ip('link set eth0 up');
    },
    undo: ({ client }) => client.ip('route add default via 10.50.1.1'),
    isIt: (culprit, { client }) => /^(link\.down|route\.removed)$/.test(culprit.kind) && in_(client, 'eth0')(culprit),
  },
  {
    name: 'link flaps, and stays down',
    make: async ({ bridge }) => {
      for (let i = 0; i < 4; i++) {
        bridge.ip('link set r down');
        await new Promise((resolve) => setTimeout(resolve, 150));
        if (i === 3) return;
        bridge.ip('link set r up');
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    },
    undo: ({ bridge }) => bridge.ip('link set r up'),
    isIt: (culprit, { bridge }) => culprit.kind === 'link.down' && in_(bridge, 'r')(culprit),
  },
  {
    name: 'link flaps, then a rule drops',
    make: async (world) => {
      for (let i = 0; i < 3; i++) {
        world.bridge.ip('link set r down');
        await new Promise((resolve) => setTimeout(resolve, 150));
        world.bridge.ip('link set r up');
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      world.nft(world.router, 'insert rule ip filter forward tcp dport 8080 drop\n');
    },
    undo: (world) => world.refilter(),
    isIt: ({ kind, text }) => kind === 'filter.added' && text.includes('drop'),
  },
  {
    name: 'harmless and harmful route in one moment',
    make: ({ client }) => {
      client.ip('route add 10.99.0.0/16 via 10.50.1.1');
      client.ip('route del default');
      client.ip('route add 10.98.0.0/16 via 10.50.1.1');
    },
    undo: (world) => backToDefault(world),
    isIt: ({ kind, text }) => kind === 'route.removed' && text.includes('default'),
  },
  {
    name: 'two faults within a moment',
    make: (world) => {
      world.client.ip('link set eth0 mtu 1400');
      world.server.ip('route del default');
    },
    undo: ({ client, server }) => {
      client.ip('link set eth0 mtu 1500');
      server.ip('route add default via 10.7.0.1');
    },
    isIt: (culprit, { server }) => culprit.kind === 'route.removed' && in_(server, 'eth0')(culprit),
  },
  {
    name: 'fault of before, hidden by a later one',
    make: async (world) => {
      world.server.ip('route del default');
      await new Promise((resolve) => setTimeout(resolve, 600));
      world.nft(world.router, 'insert rule ip filter forward tcp dport 8080 drop\n');
    },
    undo: (world) => {
      world.refilter();
      world.server.ip('route add default via 10.7.0.1');
    },
    isIt: (culprit, { server }) =>
      (culprit.kind === 'route.removed' && in_(server, 'eth0')(culprit)) ||
      (culprit.kind === 'filter.added' && culprit.text.includes('drop')),
  },
  {
    name: 'way back broken while the way there changes',
    make: (world) => {
      world.router.ip('neigh replace 10.7.0.2 lladdr 02:bb:bb:bb:bb:bb dev eth0 nud reachable');
      world.router.ip('route add 10.7.0.2/32 dev eth0');
      world.server.ip('route replace default via 10.7.0.99');
      world.router.ip('neigh flush dev eth0');
    },
    undo: ({ router, server }) => {
      router.ip('route del 10.7.0.2/32 dev eth0');
      server.ip('route replace default via 10.7.0.1');
    },
    isIt: (culprit, { server }) => culprit.kind === 'route.changed' && in_(server, 'eth0')(culprit),
  },
  {
    name: 'pings ignored by the server',
    make: (world) => world.sysctl(world.server, 'net.ipv4.icmp_echo_ignore_all=1'),
    undo: (world) => world.sysctl(world.server, 'net.ipv4.icmp_echo_ignore_all=0'),
    isIt: () => false,
    ask: byPing,
    isUnseen: true,
  },
];
