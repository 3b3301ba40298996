/** Faults of links, bridges, switches and tunnels. */
import { execFileSync } from 'node:child_process';
import { by6, type Fault, in_, macOf } from './why_faults.ts';
import type { WhyWorld } from './why_world.ts';

function execQuietly(work: () => void): undefined {
  try {
    work();
  } catch {
    // What is not there cannot be undone.
  }
  return undefined;
}

const backOnSwitch = ({ hosts }: WhyWorld) => {
  hosts.ovs('--may-exist', 'add-br', 'br0', '--', 'set', 'bridge', 'br0', 'datapath_type=netdev');
  hosts.ovs('--may-exist', 'add-port', 'br0', 'pl', '--', '--may-exist', 'add-port', 'br0', 'pr');
};

function portOf({ hosts }: WhyWorld, port: string, how: string): void {
  const folder = hosts.database.replace(/^unix:/, '').replace(/\/db\.sock$/, '');
  execFileSync('ovs-ofctl', ['mod-port', `unix:${folder}/br0.mgmt`, port, how], { stdio: 'pipe' });
}

function tunnelAnew({ router, server }: WhyWorld): void {
  server.ip('link add vx0 type vxlan id 42 local 10.7.0.2 remote 10.7.0.1 dstport 4789');
  server.ip('addr add 10.60.0.2/24 dev vx0');
  server.ip('link set vx0 up');
  router.ip('neigh flush dev vx0');
}

const overTunnel = ({ router }: WhyWorld) => ({ from: router.name, to: '10.60.0.2' });

const flowsFrom = (world: WhyWorld) => {
  world.ofctl('add-flow', 'table=0,priority=50,in_port=pl,actions=output:pr');
  world.ofctl('add-flow', 'table=0,priority=50,in_port=pr,actions=output:pl');
  world.ofctl('--strict', 'del-flows', 'priority=0');
};
const flowsBack = (world: WhyWorld) => {
  world.ofctl('add-flow', 'priority=0,actions=NORMAL');
  world.ofctl('--strict', 'del-flows', 'priority=50,in_port=pl');
  world.ofctl('--strict', 'del-flows', 'priority=50,in_port=pr');
};

export const linkFaults: readonly Fault[] = [
  {
    name: 'port of the bridge disabled (state)',
    make: (world) => world.inside(world.bridge, ...'bridge link set dev r state 0'.split(' ')),
    undo: (world) => world.inside(world.bridge, ...'bridge link set dev r state 3'.split(' ')),
    isIt: (culprit, { bridge }) => culprit.kind === 'bridge.changed' && in_(bridge, 'r')(culprit),
  },
  {
    name: 'port of the bridge isolated',
    prepare: ({ bridge }) => bridge.ip('link set dev c type bridge_slave isolated on'),
    make: ({ bridge }) => bridge.ip('link set dev r type bridge_slave isolated on'),
    undo: ({ bridge }) => {
      for (const port of ['c', 'r']) bridge.ip(`link set dev ${port} type bridge_slave isolated off`);
    },
    isIt: (culprit, { bridge }) => culprit.kind === 'bridge.changed' && in_(bridge, 'r')(culprit),
  },
  {
    name: 'learning and flooding turned off at a port',
    prepare: (world) => world.bridge.ip('link set dev br0 type bridge ageing_time 100'),
    make: ({ bridge }) => bridge.ip('link set dev r type bridge_slave learning off flood off'),
    undo: ({ bridge }) => {
      bridge.ip('link set dev r type bridge_slave learning on flood on');
      bridge.ip('link set dev br0 type bridge ageing_time 30000');
    },
    isIt: (culprit, { bridge }) => culprit.kind === 'bridge.changed' && in_(bridge, 'r')(culprit),
  },
  {
    name: 'fixed forwarding entry leads to a wrong port',
    make: (world) =>
      world.inside(
        world.bridge,
        ...`bridge fdb replace ${macOf(world.router, 'lan')} dev x master sticky static`.split(' '),
      ),
    undo: (world) =>
      world.inside(world.bridge, ...`bridge fdb del ${macOf(world.router, 'lan')} dev x master`.split(' ')),
    isIt: (culprit, { bridge }) => /^fdb\./.test(culprit.kind) && in_(bridge, 'x')(culprit),
  },
  {
    name: 'fixed forwarding entry leads answers astray',
    make: (world) =>
      world.inside(
        world.bridge,
        ...`bridge fdb replace ${macOf(world.client, 'eth0')} dev x master sticky static`.split(' '),
      ),
    undo: (world) =>
      world.inside(world.bridge, ...`bridge fdb del ${macOf(world.client, 'eth0')} dev x master`.split(' ')),
    isIt: (culprit, { bridge }) => /^fdb\./.test(culprit.kind) && in_(bridge, 'x')(culprit),
  },
  {
    name: 'bridge set down',
    make: ({ bridge }) => bridge.ip('link set br0 down'),
    undo: ({ bridge }) => bridge.ip('link set br0 up'),
    isIt: (culprit, { bridge }) => culprit.kind === 'link.down' && in_(bridge, 'br0')(culprit),
  },
  {
    name: 'bridge deleted',
    make: ({ bridge }) => bridge.ip('link del br0'),
    undo: ({ bridge }) => {
      bridge.ip('link add br0 type bridge mcast_snooping 0');
      bridge.ip('link set br0 up');
      for (const port of ['c', 'r', 'x']) bridge.ip(`link set ${port} master br0`);
    },
    isIt: (culprit, { bridge }) => culprit.kind === 'interface.removed' && in_(bridge, 'br0')(culprit),
  },
  {
    name: 'other end of the cable moved to another namespace',
    make: ({ bridge, elsewhere }) => bridge.ip(`link set r netns ${elsewhere.name}`),
    undo: ({ bridge, elsewhere }) => {
      elsewhere.ip(`link set r netns ${bridge.name}`);
      bridge.ip('link set r master br0');
      bridge.ip('link set r up');
    },
    isIt: (culprit, { bridge }) =>
      /^interface\.(moved|removed)$|^port\.removed$/.test(culprit.kind) && in_(bridge, 'r')(culprit),
  },
  {
    name: 'other end of the cable deleted',
    make: ({ router }) => router.ip('link del lan'),
    undo: (world) => {
      world.plug(world.router, 'lan', 'r');
      world.sysctl(world.router, 'net.ipv6.conf.lan.disable_ipv6=0');
      world.router.ip('addr add 10.50.1.1/24 dev lan');
      world.router.ip('addr add fd50::1/64 dev lan nodad');
      world.client.ip('neigh flush dev eth0');
    },
    isIt: (culprit, { bridge, router }) =>
      culprit.kind === 'interface.removed' && (in_(router, 'lan')(culprit) || in_(bridge, 'r')(culprit)),
  },
  {
    name: 'MTU lowered at a port of the bridge',
    make: ({ bridge }) => bridge.ip('link set c mtu 1000'),
    undo: ({ bridge }) => bridge.ip('link set c mtu 1500'),
    isIt: (culprit, { bridge }) => culprit.kind === 'mtu.lowered' && in_(bridge, 'c')(culprit),
  },
  {
    name: 'MTU lowered at a port of the switch',
    make: ({ hosts }) => hosts.middle.ip('link set pr mtu 1200'),
    undo: ({ hosts }) => hosts.middle.ip('link set pr mtu 1500'),
    isIt: ({ kind, element }) => kind === 'mtu.lowered' && element.name === 'pr',
  },
  {
    name: 'MTU lowered at the server, on the way back',
    make: ({ server }) => server.ip('link set eth0 mtu 1300'),
    undo: (world) => {
      world.server.ip('link set eth0 mtu 1500');
      world.sysctl(world.server, 'net.ipv6.conf.eth0.disable_ipv6=0');
    },
    isIt: (culprit, { server }) => culprit.kind === 'mtu.lowered' && in_(server, 'eth0')(culprit),
  },
  {
    name: 'MTU lowered below what IPv6 needs',
    make: ({ router }) => router.ip('link set eth0 mtu 1000'),
    undo: (world) => {
      world.router.ip('link set eth0 mtu 1500');
      world.sysctl(world.router, 'net.ipv6.conf.eth0.disable_ipv6=0');
      world.router.ip('addr add fd07::1/64 dev eth0 nodad');
    },
    isIt: (culprit, { router }) => /^(mtu|address)\./.test(culprit.kind) && in_(router, 'eth0')(culprit),
    ask: by6,
  },
  {
    name: 'interface of the client renamed, where a filter knows it by name',
    prepare: (world) =>
      world.nft(
        world.router,
        'table ip named { chain forward { type filter hook forward priority 10; policy drop; iifname { "lan", "eth0" } accept;\n}\n}\n',
      ),
    make: ({ router }) => {
      router.ip('link set lan down');
      router.ip('link set lan name lan7');
      router.ip('link set lan7 up');
    },
    undo: (world) => {
      world.nft(world.router, 'delete table ip named\n');
      world.router.ip('link set lan7 down');
      world.router.ip('link set lan7 name lan');
      world.router.ip('link set lan up');
      execQuietly(() => world.router.ip('addr add fd50::1/64 dev lan nodad'));
    },
    isIt: ({ kind, element }, { router }) => kind === 'interface.renamed' && element.namespace === router.name,
  },
  {
    name: 'netem loses everything',
    make: (world) => world.inside(world.router, ...'tc qdisc add dev eth0 root netem loss 100%'.split(' ')),
    undo: (world) => world.inside(world.router, ...'tc qdisc del dev eth0 root'.split(' ')),
    isIt: (culprit, { router }) => in_(router, 'eth0')(culprit) && /queue|netem/i.test(culprit.text),
    isUnseen: true,
  },
  {
    name: 'trunks of the switch port set',
    make: ({ hosts }) => void hosts.ovs('set', 'port', 'pr', 'trunks=30', 'vlan_mode=trunk'),
    undo: ({ hosts }) => void hosts.ovs('clear', 'port', 'pr', 'trunks', '--', 'clear', 'port', 'pr', 'vlan_mode'),
    isIt: ({ kind, element }) => kind === 'vlan.changed' && element.name === 'pr',
  },
  {
    name: 'VLAN mode of the switch port set',
    prepare: ({ hosts }) => void hosts.ovs('set', 'port', 'pl', 'tag=7', '--', 'set', 'port', 'pr', 'tag=7'),
    make: ({ hosts }) => void hosts.ovs('set', 'port', 'pr', 'vlan_mode=native-tagged'),
    undo: ({ hosts }) => {
      hosts.ovs(
        'clear',
        'port',
        'pr',
        'vlan_mode',
        '--',
        'clear',
        'port',
        'pr',
        'tag',
        '--',
        'clear',
        'port',
        'pl',
        'tag',
      );
    },
    isIt: ({ kind, element }) => kind === 'vlan.changed' && element.name === 'pr',
  },
  {
    name: 'switch made to fail secure',
    make: ({ hosts }) => void hosts.ovs('set-fail-mode', 'br0', 'secure'),
    undo: (world) => {
      world.hosts.ovs('del-fail-mode', 'br0');
      world.ofctl('add-flow', 'priority=0,actions=NORMAL');
    },
    isIt: ({ kind, text }) => kind === 'openflow.removed' || (kind === 'switch.changed' && /secure/.test(text)),
  },
  {
    name: 'flow of the switch deleted',
    prepare: flowsFrom,
    make: (world) => world.ofctl('--strict', 'del-flows', 'priority=50,in_port=pl'),
    undo: flowsBack,
    isIt: ({ kind, text }) => kind === 'openflow.removed' && /in_port=\d actions=output/.test(text),
  },
  {
    name: 'flow of the switch deleted, on the way back',
    prepare: flowsFrom,
    make: (world) => world.ofctl('--strict', 'del-flows', 'priority=50,in_port=pr'),
    undo: flowsBack,
    isIt: ({ kind, text }) => kind === 'openflow.removed' && /in_port=\d actions=output/.test(text),
  },
  {
    name: 'all flows of the switch deleted',
    make: (world) => world.ofctl('del-flows', 'table=0'),
    undo: (world) => world.ofctl('add-flow', 'priority=0,actions=NORMAL'),
    isIt: ({ kind }) => kind === 'openflow.removed',
  },
  {
    name: 'flow of the switch changed',
    prepare: flowsFrom,
    make: (world) => world.ofctl('mod-flows', 'in_port=pl,actions=drop'),
    undo: flowsBack,
    isIt: ({ kind, text }) => kind.startsWith('openflow.') && /in_port=\d actions=output/.test(text),
  },
  {
    name: 'OpenFlow port set down',
    make: (world) => portOf(world, 'pr', 'down'),
    undo: (world) => portOf(world, 'pr', 'up'),
    isIt: ({ element }) => element.name === 'pr',
  },
  {
    name: 'OpenFlow port forwards no more',
    make: (world) => portOf(world, 'pr', 'no-forward'),
    undo: (world) => portOf(world, 'pr', 'forward'),
    isIt: ({ element }) => element.name === 'pr',
    isUnseen: true,
  },
  {
    name: 'bridge of Open vSwitch deleted',
    make: ({ hosts }) => void hosts.ovs('del-br', 'br0'),
    undo: backOnSwitch,
    isIt: ({ kind, element }) => /^(port|interface)\.removed$/.test(kind) && /^(br0|pl|pr)$/.test(element.name),
  },
  {
    name: 'key of the tunnel changed',
    make: ({ server }) => {
      server.ip('link del vx0');
      server.ip('link add vx0 type vxlan id 43 local 10.7.0.2 remote 10.7.0.1 dstport 4789');
      server.ip('addr add 10.60.0.2/24 dev vx0');
      server.ip('link set vx0 up');
    },
    undo: (world) => {
      world.server.ip('link del vx0');
      tunnelAnew(world);
    },
    isIt: (culprit, { server }) => /^(tunnel|interface)\./.test(culprit.kind) && in_(server, 'vx0')(culprit),
    ask: overTunnel,
  },
  {
    name: 'far end of the tunnel deleted',
    make: ({ server }) => server.ip('link del vx0'),
    undo: tunnelAnew,
    isIt: (culprit, { server }) => culprit.kind === 'interface.removed' && in_(server, 'vx0')(culprit),
    ask: overTunnel,
  },
  {
    name: 'what the tunnel runs over breaks',
    make: (world) => world.ofctl('add-flow', 'priority=900,udp,tp_dst=4789,actions=drop'),
    undo: (world) => world.ofctl('--strict', 'del-flows', 'priority=900,udp,tp_dst=4789'),
    isIt: ({ kind, text }) => kind === 'openflow.added' && text.includes('priority=900'),
    ask: overTunnel,
  },
  {
    name: 'packets of the tunnel filtered at its far end',
    make: (world) =>
      world.nft(
        world.server,
        'table inet in { chain input { type filter hook input priority 0; udp dport 4789 drop;\n}\n}\n',
      ),
    undo: (world) => world.nft(world.server, 'delete table inet in\n'),
    isIt: ({ kind, element }, { server }) => kind.startsWith('filter.') && element.namespace === server.name,
    ask: overTunnel,
  },
  {
    name: 'switch process ended',
    make: ({ hosts }) => hosts.stopSwitch(),
    undo: async (world) => {
      await world.hosts.restartSwitch();
      backOnSwitch(world);
    },
    isIt: ({ element }) => /^(br0|pl|pr|ovs-system)$/.test(element.name),
  },
];
