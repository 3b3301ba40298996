/** Faults of packet filters and translation, where more than one rule stands on the way. */
import type { WhyRequest } from '../../src/contract/why.ts';
import { by6, type Fault } from './why_faults.ts';
import type { WhyWorld } from './why_world.ts';

const byPing = ({ client }: WhyWorld): WhyRequest => ({ from: client.name, to: '10.7.0.2' });

const GUARD = `table inet guard {
  chain input { type filter hook input priority 0; policy drop;
    ct state established,related accept
    tcp dport 8080 accept
    meta l4proto { icmp, ipv6-icmp } accept
  }
}
`;
const unguard = (world: WhyWorld) => world.nft(world.server, 'delete table inet guard\n');
const guard = (world: WhyWorld) => world.nft(world.server, GUARD);

export const filterFaults: readonly Fault[] = [
  {
    name: 'policy of a chain set to drop',
    make: (world) => world.nft(world.router, 'add chain ip filter forward { policy drop; }\n'),
    undo: (world) => world.nft(world.router, 'add chain ip filter forward { policy accept; }\n'),
    isIt: ({ kind, text }) => kind === 'filter.changed' && text.includes('forward'),
    ask: byPing,
  },
  {
    name: 'ICMP dropped',
    make: (world) => world.nft(world.router, 'insert rule ip filter forward meta l4proto icmp drop\n'),
    undo: (world) => world.refilter(),
    isIt: ({ kind, text }) => kind === 'filter.added' && text.includes('icmp'),
    ask: byPing,
  },
  {
    name: 'only echo replies dropped',
    make: (world) => world.nft(world.router, 'insert rule ip filter forward icmp type echo-reply drop\n'),
    undo: (world) => world.refilter(),
    isIt: ({ kind, text }) => kind === 'filter.added' && text.includes('echo-reply'),
    ask: byPing,
  },
  {
    name: 'TCP dropped beside a rule that drops ICMP',
    make: (world) =>
      world.nft(
        world.router,
        'insert rule ip filter forward meta l4proto icmp drop\ninsert rule ip filter forward meta l4proto tcp drop\ninsert rule ip filter forward tcp dport 9090 drop\n',
      ),
    undo: (world) => world.refilter(),
    isIt: ({ kind, text }) => kind === 'filter.added' && text.includes('l4proto tcp drop'),
  },
  {
    name: 'output filter at the client',
    make: (world) =>
      world.nft(
        world.client,
        'table ip out { chain output { type filter hook output priority 0; tcp dport 8080 drop;\n}\n}\n',
      ),
    undo: (world) => world.nft(world.client, 'delete table ip out\n'),
    isIt: ({ kind, text }) => kind === 'filter.added' && text.includes('"tcp dport 8080 drop" of chain output'),
  },
  {
    name: 'output policy drop at the client',
    make: (world) =>
      world.nft(
        world.client,
        'table ip out { chain output { type filter hook output priority 0; policy drop; udp dport 53 accept;\n}\n}\n',
      ),
    undo: (world) => world.nft(world.client, 'delete table ip out\n'),
    isIt: ({ kind, element }, { client }) => kind.startsWith('filter.') && element.namespace === client.name,
  },
  {
    name: 'input filter at the server',
    make: (world) =>
      world.nft(
        world.server,
        'table inet in { chain input { type filter hook input priority 0; tcp dport 8080 drop;\n}\n}\n',
      ),
    undo: (world) => world.nft(world.server, 'delete table inet in\n'),
    isIt: ({ kind, element }, { server }) => kind.startsWith('filter.') && element.namespace === server.name,
  },
  {
    name: 'rule with the accept removed',
    prepare: guard,
    make: (world) =>
      world.nft(
        world.server,
        'flush chain inet guard input\nadd rule inet guard input ct state established,related accept\nadd rule inet guard input meta l4proto { icmp, ipv6-icmp } accept\n',
      ),
    undo: unguard,
    isIt: ({ kind, text }) => kind === 'filter.removed' && text.includes('8080'),
  },
  {
    name: 'table with the accept flushed',
    prepare: guard,
    make: (world) => world.nft(world.server, 'flush table inet guard\n'),
    undo: unguard,
    isIt: ({ kind, text }) => kind === 'filter.removed' && text.includes('8080'),
  },
  {
    name: 'policy of the input chain set to drop',
    prepare: (world) => world.nft(world.server, GUARD.replace('policy drop', 'policy accept').replace('8080', '9090')),
    make: (world) => world.nft(world.server, 'add chain inet guard input { policy drop; }\n'),
    undo: unguard,
    isIt: ({ kind, text }) => kind === 'filter.changed' && text.includes('chain input'),
  },
  {
    name: 'drop inserted before, another added after',
    prepare: guard,
    make: (world) => {
      world.nft(world.server, 'add rule inet guard input ip saddr 10.50.1.2 counter drop\n');
      world.nft(world.server, 'insert rule inet guard input ip saddr 10.50.1.0/24 counter drop\n');
      world.nft(world.server, 'add rule inet guard input tcp dport 8080 counter drop\n');
    },
    undo: unguard,
    isIt: ({ kind, text }) => kind === 'filter.added' && text.includes('10.50.1.0/24'),
  },
  {
    name: 'answers no longer let in (conntrack state)',
    prepare: (world) => world.nft(world.client, GUARD.replaceAll('8080', '22')),
    make: (world) =>
      world.nft(
        world.client,
        'flush chain inet guard input\nadd rule inet guard input ct state related accept\nadd rule inet guard input tcp dport 22 accept\n',
      ),
    undo: (world) => world.nft(world.client, 'delete table inet guard\n'),
    isIt: ({ kind, element }, { client }) => kind.startsWith('filter.') && element.namespace === client.name,
  },
  {
    name: 'new connections no longer let through',
    make: (world) => world.nft(world.router, 'insert rule ip filter forward ct state new drop\n'),
    undo: (world) => world.refilter(),
    isIt: ({ kind, text }) => kind === 'filter.added' && text.includes('ct state new'),
  },
  {
    name: 'source translated to a wrong address',
    prepare: (world) =>
      world.nft(
        world.router,
        'table ip post { chain postrouting { type nat hook postrouting priority 100; ip daddr 10.7.0.2 snat to 10.7.0.1;\n}\n}\n',
      ),
    make: (world) =>
      world.nft(
        world.router,
        'flush chain ip post postrouting\nadd rule ip post postrouting ip daddr 10.7.0.2 snat to 10.7.0.77\n',
      ),
    undo: (world) => world.nft(world.router, 'delete table ip post\n'),
    isIt: ({ kind, text }) => /^(nat|filter)\./.test(kind) && text.includes('10.7.0.77'),
  },
  {
    name: 'masquerading removed',
    prepare: (world) => {
      world.nft(
        world.router,
        'table ip post { chain postrouting { type nat hook postrouting priority 100; oifname "eth0" masquerade;\n}\n}\n',
      );
      world.server.ip('route del default');
    },
    make: (world) => world.nft(world.router, 'delete table ip post\n'),
    undo: ({ server }) => server.ip('route add default via 10.7.0.1'),
    isIt: ({ kind, text }) => /^(nat|filter)\./.test(kind) && text.includes('masquerade'),
  },
  {
    name: 'translation to a wrong port',
    prepare: (world) =>
      world.nft(
        world.router,
        'flush chain ip nat prerouting\nadd rule ip nat prerouting ip daddr 10.50.9.9 tcp dport 80 dnat to 10.7.0.2:8080\n',
      ),
    make: (world) =>
      world.nft(
        world.router,
        'flush chain ip nat prerouting\nadd rule ip nat prerouting ip daddr 10.50.9.9 tcp dport 80 dnat to 10.7.0.2:8081\n',
      ),
    undo: (world) =>
      world.nft(
        world.router,
        'flush chain ip nat prerouting\nadd rule ip nat prerouting ip daddr 10.50.9.9 dnat to 10.7.0.2\n',
      ),
    isIt: ({ kind, text }) => /^(nat|filter)\./.test(kind) && /808[01]/.test(text),
    ask: ({ client }) => ({ from: client.name, to: '10.50.9.9', protocol: 'tcp', port: 80 }),
  },
  {
    name: 'IPv6 dropped by a chain of inet',
    make: (world) =>
      world.nft(
        world.router,
        'table inet six { chain forward { type filter hook forward priority 5; meta nfproto ipv6 drop;\n}\n}\n',
      ),
    undo: (world) => world.nft(world.router, 'delete table inet six\n'),
    isIt: ({ kind, element }, { router }) => kind.startsWith('filter.') && element.namespace === router.name,
    ask: by6,
  },
  {
    name: 'neighbour discovery dropped (IPv6)',
    make: (world) =>
      world.nft(
        world.router,
        'table ip6 nd { chain input { type filter hook input priority 0; icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } drop;\n}\n}\n',
      ),
    undo: (world) => world.nft(world.router, 'delete table ip6 nd\n'),
    isIt: ({ kind, element }, { router }) => kind.startsWith('filter.') && element.namespace === router.name,
    ask: by6,
    isUnseen: true,
  },
  {
    name: 'chain of the family bridge drops',
    make: (world) =>
      world.nft(
        world.bridge,
        'table bridge l2 { chain forward { type filter hook forward priority 0; ether type ip drop;\n}\n}\n',
      ),
    undo: (world) => world.nft(world.bridge, 'delete table bridge l2\n'),
    isIt: ({ kind, element }, { bridge }) => kind.startsWith('filter.') && element.namespace === bridge.name,
  },
  {
    name: 'chain of the family bridge, other port dropped first',
    prepare: (world) =>
      world.nft(
        world.bridge,
        'table bridge l2 { chain forward { type filter hook forward priority 0; policy accept; tcp dport 25 drop;\n}\n}\n',
      ),
    make: (world) => {
      world.nft(world.bridge, 'add rule bridge l2 forward iifname "x" drop\n');
      world.nft(world.bridge, 'add rule bridge l2 forward tcp dport 8080 drop\n');
      world.nft(world.bridge, 'add rule bridge l2 forward udp dport 53 drop\n');
    },
    undo: (world) => world.nft(world.bridge, 'delete table bridge l2\n'),
    isIt: ({ kind, text }) => kind.startsWith('filter.') && text.includes('8080'),
  },
  {
    name: 'chain of the family netdev drops',
    make: (world) =>
      world.nft(
        world.server,
        'table netdev early { chain in { type filter hook ingress device "eth0" priority 0; tcp dport 8080 drop;\n}\n}\n',
      ),
    undo: (world) => world.nft(world.server, 'delete table netdev early\n'),
    isIt: ({ kind, element }, { server }) => kind.startsWith('filter.') && element.namespace === server.name,
  },
  {
    name: 'old ip_tables drop',
    make: (world) => world.inside(world.router, ...'iptables-legacy -I FORWARD -p tcp --dport 8080 -j DROP'.split(' ')),
    undo: (world) => world.inside(world.router, ...'iptables-legacy -F FORWARD'.split(' ')),
    isIt: ({ element }, { router }) => element.name === router.name || element.namespace === router.name,
    isUnseen: true,
  },
  {
    name: 'ARP dropped (family arp)',
    make: (world) => {
      world.nft(world.client, 'table arp a { chain input { type filter hook input priority 0; policy drop;\n}\n}\n');
      world.client.ip('neigh flush dev eth0');
    },
    undo: (world) => world.nft(world.client, 'delete table arp a\n'),
    isIt: ({ kind, element }, { client }) => kind.startsWith('filter.') && element.namespace === client.name,
    isUnseen: true,
  },
];
