/** The netlink probe on real namespaces. Needs root: namespaces and veths are made and taken away again. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { eventually } from '../eventually.ts';
import { isRoot, lab } from './netlinkrun.ts';

const withRoot = isRoot ? test : test.skip;

withRoot(
  'an interface is in the graph soon after `ip link add` returned, with all that Skydive says of it',
  async () => {
    await using net = lab();
    const a = net.netns();
    await net.start();
    net.ip(a, 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    const v0 = await net.until(() => net.find(a, 'v0')?.metadata.PeerIfIndex !== undefined && net.find(a, 'v0'));
    const v1 = await net.until(() => net.find(a, 'v1')?.metadata.PeerIfIndex !== undefined && net.find(a, 'v1'));
    expect(v0.metadata).toMatchObject({
      Type: 'veth',
      Driver: 'veth',
      EncapType: 'ether',
      MTU: 1500,
      State: 'DOWN',
      Speed: 10000,
      LinkFlags: ['BROADCAST', 'MULTICAST'],
      PeerIfIndex: v1.metadata.IfIndex,
      ParentIndex: v1.metadata.IfIndex,
    });
    expect(v1.metadata.PeerIfIndex).toBe(v0.metadata.IfIndex);
    const [edge, ...others] = net.between(v0, v1);
    expect(others).toEqual([]);
    expect(edge?.metadata).toEqual({ RelationType: 'layer2', Type: 'veth' });
  },
);

withRoot('a loopback that comes up says so', async () => {
  await using net = lab();
  const a = net.netns();
  await net.start();
  expect(net.find(a, 'lo')?.metadata.State).toBe('DOWN');
  net.ip(a, 'link', 'set', 'lo', 'up');
  const lo = await net.until(() => net.find(a, 'lo')?.metadata.State === 'UNKNOWN' && net.find(a, 'lo'));
  expect(lo.metadata.LinkFlags).toEqual(['UP', 'LOOPBACK']);
  expect(lo.metadata.Type).toBe('device');
});

withRoot('a rename is a change of the same node', async () => {
  await using net = lab();
  const a = net.netns();
  net.ip(a, 'link', 'add', 'old', 'type', 'bridge');
  await net.start();
  const before = net.find(a, 'old');
  net.ip(a, 'link', 'set', 'old', 'name', 'new');
  const after = await net.until(() => net.find(a, 'new'));
  expect(after.id).toBe(before?.id);
  expect(after.revision).toBeGreaterThan(before?.revision ?? 0);
  expect(after.metadata.TID).not.toBe(before?.metadata.TID);
});

withRoot('a MAC that changes is a change of the same node', async () => {
  await using net = lab();
  const a = net.netns();
  net.ip(a, 'link', 'add', 'bridge0', 'type', 'bridge');
  await net.start();
  const before = net.find(a, 'bridge0');
  net.ip(a, 'link', 'set', 'bridge0', 'address', '02:00:00:00:00:42');
  const after = await net.until(
    () => net.find(a, 'bridge0')?.metadata.MAC === '02:00:00:00:00:42' && net.find(a, 'bridge0'),
  );
  expect(after.id).toBe(before?.id);
  expect(after.createdAt).toBe(before?.createdAt);
});

withRoot('an interface that moves to another namespace is gone here and new there', async () => {
  await using net = lab();
  const [a, b] = [net.netns(), net.netns()];
  net.ip(a, 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
  await net.start();
  const before = net.find(a, 'v1');
  net.ip(a, 'link', 'set', 'v1', 'netns', b);
  const after = await net.until(() => net.find(b, 'v1'));
  await net.until(() => net.find(a, 'v1') === undefined);
  expect(after.id).not.toBe(before?.id);
  const edges = await net.until(() => {
    const found = net.between(net.find(a, 'v0'), net.find(b, 'v1'));
    return found.length > 0 && found;
  });
  expect(edges).toHaveLength(1);
  await net.until(() => net.find(a, 'v0')?.metadata.LinkNetNsName === b);
});

withRoot('an interface recreated under the same ifindex is a second life of the same id', async () => {
  await using net = lab();
  const a = net.netns();
  net.ip(a, 'link', 'add', 'bridge0', 'index', '77', 'type', 'bridge');
  await net.start();
  const before = net.find(a, 'bridge0');
  execFileSync('ip', ['-n', a, '-batch', '-'], { input: 'link del bridge0\nlink add bridge1 index 77 type bridge\n' });
  const after = await net.until(() => net.find(a, 'bridge1'));
  expect(after.id).toBe(before?.id);
  const lives = net.graph.history([after.id]);
  expect(lives.find(({ metadata }) => metadata.Name === 'bridge0')?.deletedAt).toBeDefined();
  expect(lives.find(({ metadata }) => metadata.Name === 'bridge1')?.revision).toBe(1);
});

withRoot(
  'veths with equal ifindexes in different namespaces are linked, and each names the namespace of the other',
  async () => {
    await using net = lab();
    const [a, b] = [net.netns(), net.netns()];
    net.ip(a, 'link', 'add', 'left', 'index', '50', 'type', 'veth', 'peer', 'name', 'right', 'index', '50', 'netns', b);
    await net.start();
    const left = net.find(a, 'left');
    const right = net.find(b, 'right');
    expect([left?.metadata.IfIndex, right?.metadata.IfIndex]).toEqual([50, 50]);
    expect([left?.metadata.LinkNetNsName, right?.metadata.LinkNetNsName]).toEqual([b, a]);
    expect([left?.metadata.PeerIfIndex, right?.metadata.PeerIfIndex]).toEqual([50, 50]);
    expect(net.between(left, right)).toHaveLength(1);
  },
);

withRoot(
  'veths are linked across namespaces also when one end moves later, and when a namespace is listed later',
  async () => {
    await using net = lab();
    const a = net.netns();
    const b = net.netns(false);
    await net.start();
    net.ip(a, 'link', 'add', 'left', 'type', 'veth', 'peer', 'name', 'right', 'netns', b);
    const left = await net.until(() => net.find(a, 'left')?.metadata.LinkNetNsID !== undefined && net.find(a, 'left'));
    expect(left.metadata.LinkNetNsName).toBeUndefined();
    net.list(b);
    await net.until(() => net.between(net.find(a, 'left'), net.find(b, 'right')).length === 1);
    await net.until(() => net.find(a, 'left')?.metadata.LinkNetNsName === b);
    await net.until(() => net.find(b, 'right')?.metadata.LinkNetNsName === a);
  },
);

withRoot('ports of a bridge are its children, and are not any more when they leave', async () => {
  await using net = lab();
  const a = net.netns();
  net.ip(a, 'link', 'add', 'bridge0', 'type', 'bridge');
  net.ip(a, 'tuntap', 'add', 'mode', 'tap', 'dev', 'port');
  await net.start();
  expect(net.find(a, 'port')?.metadata.Type).toBe('tap');
  net.ip(a, 'link', 'set', 'port', 'master', 'bridge0');
  const [edge] = await net.until(() => {
    const edges = net.between(net.find(a, 'bridge0'), net.find(a, 'port'));
    return edges.length > 0 && edges;
  });
  expect(edge?.parent).toBe(net.find(a, 'bridge0')?.id);
  expect(edge?.metadata).toEqual({ RelationType: 'layer2' });
  expect(net.find(a, 'port')?.metadata.BridgePort).toMatchObject({ State: 'DISABLED', Learning: true });
  net.ip(a, 'link', 'set', 'port', 'nomaster');
  await net.until(() => net.between(net.find(a, 'bridge0'), net.find(a, 'port')).length === 0);
  await net.until(() => net.find(a, 'port')?.metadata.BridgePort === undefined);
  expect(net.find(a, 'port')?.metadata.MasterIndex).toBeUndefined();
});

withRoot('a port survives its bridge, and the edge goes', async () => {
  await using net = lab();
  const a = net.netns();
  net.ip(a, 'link', 'add', 'bridge0', 'type', 'bridge');
  net.ip(a, 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
  net.ip(a, 'link', 'set', 'v0', 'master', 'bridge0');
  await net.start();
  const port = net.find(a, 'v0');
  expect(net.between(net.find(a, 'bridge0'), port)).toHaveLength(1);
  net.ip(a, 'link', 'del', 'bridge0');
  await net.until(() => net.find(a, 'bridge0') === undefined);
  await net.until(() => net.find(a, 'v0')?.metadata.MasterIndex === undefined);
  expect(net.find(a, 'v0')?.createdAt).toBe(port?.createdAt);
});

withRoot('a vxlan says where it goes and runs on a device', async () => {
  await using net = lab();
  const a = net.netns();
  net.ip(a, 'link', 'add', 'bridge0', 'type', 'bridge');
  net.ip(
    a,
    'link',
    'add',
    'vx',
    'type',
    'vxlan',
    'id',
    '42',
    'remote',
    '192.0.2.9',
    'dev',
    'bridge0',
    'dstport',
    '4789',
  );
  await net.start();
  const vx = net.find(a, 'vx');
  expect(vx?.metadata).toMatchObject({ Type: 'vxlan', Vxlan: { VNI: 42, Remote: '192.0.2.9', Port: 4789 } });
  expect(vx?.metadata.FDB).toMatchObject([{ MAC: '00:00:00:00:00:00', IP: '192.0.2.9' }]);
  expect(net.between(net.find(a, 'bridge0'), vx)[0]?.metadata).toEqual({ RelationType: 'layer2', Type: 'vxlan' });
});

withRoot('macvlan and macvtap run on a device', async () => {
  await using net = lab();
  const a = net.netns();
  net.ip(a, 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
  await net.start();
  net.ip(a, 'link', 'add', 'mv', 'link', 'v0', 'type', 'macvlan', 'mode', 'bridge');
  net.ip(a, 'link', 'add', 'mt', 'link', 'v0', 'type', 'macvtap');
  for (const name of ['mv', 'mt']) {
    const [edge] = await net.until(() => {
      const edges = net.between(net.find(a, 'v0'), net.find(a, name));
      return edges.length > 0 && edges;
    });
    expect(edge?.parent).toBe(net.find(a, 'v0')?.id);
  }
  expect(net.find(a, 'mv')?.metadata).toMatchObject({ Type: 'macvlan', Mode: 'bridge' });
});

withRoot('a second address keeps the first, and a removed one goes alone', async () => {
  await using net = lab();
  const a = net.netns();
  net.ip(a, 'link', 'add', 'bridge0', 'type', 'bridge');
  await net.start();
  net.ip(a, 'addr', 'add', '10.1.0.1/24', 'dev', 'bridge0');
  net.ip(a, 'addr', 'add', '10.1.0.2/24', 'dev', 'bridge0');
  net.ip(a, 'addr', 'add', 'fd00::1/64', 'dev', 'bridge0');
  await net.until(() => (net.find(a, 'bridge0')?.metadata.IPV6 as string[] | undefined)?.length === 1);
  expect(net.find(a, 'bridge0')?.metadata.IPV4).toEqual(['10.1.0.1/24', '10.1.0.2/24']);
  net.ip(a, 'addr', 'del', '10.1.0.2/24', 'dev', 'bridge0');
  await net.until(() => (net.find(a, 'bridge0')?.metadata.IPV4 as string[] | undefined)?.length === 1);
  expect(net.find(a, 'bridge0')?.metadata.IPV4).toEqual(['10.1.0.1/24']);
});

withRoot(
  'routes of every table are shown, and go when the link goes down although the kernel is silent of it',
  async () => {
    await using net = lab();
    const a = net.netns();
    net.ip(a, 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    net.ip(a, 'link', 'set', 'v0', 'up');
    net.ip(a, 'link', 'set', 'v1', 'up');
    net.ip(a, 'addr', 'add', '10.1.0.1/24', 'dev', 'v0');
    await net.start();
    const tables = () => (net.find(a, 'v0')?.metadata.RoutingTables ?? []) as { ID: number; Routes: unknown[] }[];
    expect(tables().map((table) => table.ID)).toEqual([254, 255]);
    net.ip(a, 'route', 'add', '10.9.0.0/16', 'via', '10.1.0.7', 'table', '2', 'metric', '5');
    await net.until(() => tables().length === 3);
    expect(tables()[0]).toEqual({
      ID: 2,
      Src: null,
      Routes: [
        {
          Protocol: 3,
          Prefix: '10.9.0.0/16',
          NextHops: [{ Priority: 5, IP: '10.1.0.7', IfIndex: expect.any(Number) }],
        },
      ],
    });
    net.ip(a, 'route', 'replace', '10.9.0.0/16', 'via', '10.1.0.8', 'table', '2', 'metric', '5');
    await net.until(() => JSON.stringify(tables()[0]).includes('10.1.0.8'));
    expect(tables()[0]?.Routes).toHaveLength(1);
    net.ip(a, 'link', 'set', 'v0', 'down');
    await net.until(() => tables().every((table) => table.ID !== 2));
  },
);

withRoot('neighbours are shown with their MAC', async () => {
  await using net = lab();
  const a = net.netns();
  net.ip(a, 'link', 'add', 'bridge0', 'type', 'bridge');
  net.ip(a, 'link', 'set', 'bridge0', 'up');
  net.ip(a, 'addr', 'add', '192.168.33.33/24', 'dev', 'bridge0');
  await net.start();
  net.ip(a, 'neigh', 'add', '192.168.33.252', 'dev', 'bridge0', 'lladdr', 'a6:d1:a0:51:03:49');
  const br = await net.until(() => net.find(a, 'bridge0')?.metadata.Neighbors !== undefined && net.find(a, 'bridge0'));
  expect(br.metadata.Neighbors).toEqual([
    { MAC: 'a6:d1:a0:51:03:49', IP: '192.168.33.252', State: ['NUD_PERMANENT'], IfIndex: br.metadata.IfIndex },
  ]);
  net.ip(a, 'neigh', 'del', '192.168.33.252', 'dev', 'bridge0');
  await net.until(() => net.find(a, 'bridge0')?.metadata.Neighbors === undefined);
});

withRoot('features are known by the names ethtool uses, and a change of them is told', async () => {
  await using net = lab();
  const a = net.netns();
  net.ip(a, 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
  await net.start();
  const features = () => net.find(a, 'v0')?.metadata.Features as Record<string, boolean>;
  expect(features()).toMatchObject({ highdma: true, 'tx-checksum-ip-generic': true });
  execFileSync('ip', ['netns', 'exec', a, 'ethtool', '-K', 'v0', 'tx', 'off']);
  await net.until(() => features()['tx-checksum-ip-generic'] === false);
});

withRoot('rules and blackholes are on the node of the namespace', async () => {
  await using net = lab();
  const a = net.netns();
  await net.start();
  const owner = () => [...net.graph.now().nodes(`node-${a}`)][0];
  expect(owner()?.metadata.RoutingRules).toHaveLength(5);
  net.ip(a, 'rule', 'add', 'from', '10.0.0.0/8', 'lookup', '7', 'priority', '100');
  net.ip(a, 'route', 'add', 'blackhole', '10.66.0.0/16');
  await net.until(() => owner()?.metadata.RoutingTables !== undefined);
  expect(owner()?.metadata.RoutingRules).toContainEqual({
    Family: 'ipv4',
    Priority: 100,
    Action: 'lookup',
    Src: '10.0.0.0/8',
    Table: 7,
  });
  expect(owner()?.metadata.RoutingTables).toMatchObject([
    { ID: 254, Routes: [{ Prefix: '10.66.0.0/16', Type: 'blackhole' }] },
  ]);
  net.ip(a, 'route', 'del', 'blackhole', '10.66.0.0/16');
  await net.until(() => owner()?.metadata.RoutingTables === undefined);
});

withRoot('told twice, by a second run, changes nothing; what went between the runs goes', async () => {
  await using net = lab();
  const [a, b] = [net.netns(), net.netns()];
  net.ip(a, 'link', 'add', 'left', 'type', 'veth', 'peer', 'name', 'right', 'netns', b);
  net.ip(a, 'link', 'add', 'bridge0', 'type', 'bridge');
  net.ip(a, 'link', 'set', 'left', 'master', 'bridge0');
  await net.start();
  await net.stop();
  // As long as the kernel itself is not done with them there is news between two runs.
  await eventually(async () => {
    const { revision } = net.graph;
    await net.start();
    await net.stop();
    expect(net.graph.revision).toBe(revision);
  });
  net.ip(a, 'link', 'set', 'left', 'nomaster');
  net.ip(b, 'link', 'add', 'other', 'type', 'bridge');
  net.ip(a, 'link', 'del', 'bridge0');
  await net.start();
  expect(net.find(a, 'bridge0')).toBeUndefined();
  expect(net.find(a, 'left')).toBeDefined();
  expect(net.find(b, 'other')).toBeDefined();
});

withRoot('a namespace that is deleted is let go at once, with all that was in it', async () => {
  await using net = lab();
  const [a, b] = [net.netns(), net.netns()];
  net.ip(a, 'link', 'add', 'left', 'type', 'veth', 'peer', 'name', 'right', 'netns', b);
  await net.start();
  execFileSync('ip', ['netns', 'del', b]);
  net.unlist(b);
  await net.until(() => net.find(b, 'right') === undefined);
  // Nothing of ours keeps it alive: the kernel takes the other end away too.
  await net.until(() => net.find(a, 'left') === undefined);
  expect(net.find(a, 'lo')).toBeDefined();
});

withRoot('a namespace deleted while it is being read throws nothing', async () => {
  await using net = lab();
  const a = net.netns();
  await net.start();
  for (let round = 0; round < 10; round++) {
    const b = net.netns(false);
    net.ip(b, 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    net.list(b);
    if (round % 2 === 0) await new Promise((resolve) => setTimeout(resolve, round / 2));
    execFileSync('ip', ['netns', 'del', b]);
    net.unlist(b);
    expect(net.find(b, 'v0')).toBeUndefined();
  }
  net.ip(a, 'link', 'add', 'still', 'type', 'bridge');
  await net.until(() => net.find(a, 'still'));
});

withRoot('counters are a series, not versions', async () => {
  await using net = lab();
  const a = net.netns();
  net.ip(a, 'link', 'set', 'lo', 'up');
  await net.start({ metricsUpdateMs: 100 });
  const lo = net.find(a, 'lo');
  execFileSync('ip', ['netns', 'exec', a, 'ping', '-q', '-c', '3', '-i', '0.01', '127.0.0.1']);
  const packets = () => net.graph.now().counters(lo?.id ?? '', 'Metric')?.total.RxPackets ?? 0;
  await net.until(() => packets() >= 6);
  expect(net.find(a, 'lo')?.revision).toBe(lo?.revision);
});

withRoot('traffic control filters and the queueing discipline are shown as they come and go', async () => {
  await using net = lab();
  const a = net.netns();
  net.ip(a, 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
  net.ip(a, 'link', 'set', 'v0', 'up');
  const tc = (...args: string[]) => execFileSync('ip', ['netns', 'exec', a, 'tc', ...args]);
  const v0 = () => net.find(a, 'v0')?.metadata;
  tc('qdisc', 'add', 'dev', 'v0', 'clsact');
  tc(
    'filter',
    'add',
    'dev',
    'v0',
    'ingress',
    'prio',
    '5',
    'protocol',
    'ip',
    'u32',
    'match',
    'u32',
    '0',
    '0',
    'flowid',
    '1:1',
  );
  await net.start();
  expect(v0()?.QueueDiscipline).toBe('noqueue');
  const before = v0()?.TC as unknown[];
  expect(before).toContainEqual(
    expect.objectContaining({ Hook: 'ingress', Kind: 'u32', Priority: 5, Protocol: '0x0800' }),
  );
  tc('filter', 'add', 'dev', 'v0', 'egress', 'prio', '7', 'bpf', 'bytecode', '1,6 0 0 4294967295,');
  await net.until(() => ((v0()?.TC ?? []) as { Hook: string }[]).some(({ Hook }) => Hook === 'egress'));
  tc('qdisc', 'replace', 'dev', 'v0', 'root', 'tbf', 'rate', '1mbit', 'burst', '32kbit', 'latency', '400ms');
  await net.until(() => v0()?.QueueDiscipline === 'tbf');
  tc('qdisc', 'del', 'dev', 'v0', 'clsact');
  await net.until(() => v0()?.TC === undefined);
  tc('qdisc', 'del', 'dev', 'v0', 'root');
  await net.until(() => v0()?.QueueDiscipline === 'noqueue');
});

withRoot('namespaces that come and go leave no file open', async () => {
  await using net = lab();
  const a = net.netns(false);
  await net.start();
  const open = () => readdirSync('/proc/self/fd').length;
  const before = open();
  for (let round = 0; round < 50; round++) {
    net.list(a);
    if (round % 3 > 0) await net.until(() => net.find(a, 'lo'));
    net.unlist(a);
  }
  await eventually(() => expect(open()).toBeLessThanOrEqual(before + 2));
  expect(net.find(a, 'lo')).toBeUndefined();
});
