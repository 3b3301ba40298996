/** `skein path` over two switches, each in a namespace as on a host of its own, with a VXLAN between them and rules of OpenFlow. */
import { execFileSync, spawnSync } from 'node:child_process';
import type { PathReply, PathRequest, PathTravel } from '../../src/contract/path.ts';
import { inFolder, type Running, skeinUp } from '../e2e/running.ts';
import { eventually } from '../eventually.ts';
import { SwitchedHosts } from './switched.ts';

async function path(skein: Running, asked: PathRequest, isSo: (way: PathTravel) => boolean): Promise<PathReply> {
  const end = Date.now() + 20_000;
  for (;;) {
    const response = await skein.post('/api/path', asked);
    const text = await response.text();
    const reply = response.status === 200 ? (JSON.parse(text) as PathReply) : undefined;
    if (reply && isSo(reply.there)) return reply;
    if (Date.now() > end) throw new Error(text);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function pings(hosts: SwitchedHosts, to: string): boolean {
  const words = ['netns', 'exec', hosts.left.name, 'ping', '-n', '-c', '1', '-W', '2', to];
  return spawnSync('ip', words, { stdio: 'ignore' }).status === 0;
}

function folderOf({ database }: SwitchedHosts): string {
  return database.replace(/^unix:/, '').replace(/\/db\.sock$/, '');
}

function ofctl(hosts: SwitchedHosts, ...words: string[]): void {
  const [command = '', bridge = '', ...rest] = words;
  execFileSync('ovs-ofctl', [command, `unix:${folderOf(hosts)}/${bridge}.mgmt`, ...rest], { stdio: 'pipe' });
}

/** What the switch itself says it would do. */
function trace(hosts: SwitchedHosts, bridge: string, flow: string): string {
  return execFileSync('ovs-appctl', ['-t', `${folderOf(hosts)}/vs.ctl`, 'ofproto/trace', bridge, flow], {
    encoding: 'utf8',
  });
}

async function underlay(hosts: SwitchedHosts, own: string, other: string): Promise<void> {
  hosts.ovs('add-br', 'br-phy', '--', 'set', 'bridge', 'br-phy', 'datapath_type=netdev');
  hosts.ovs('add-port', 'br-phy', 'under');
  await eventually(() => hosts.middle.ip('link set br-phy up'));
  hosts.middle.ip(`addr add ${own}/24 dev br-phy`);
  const tunnel = ['--', 'set', 'interface', 'vx0', 'type=vxlan', `options:remote_ip=${other}`, 'options:key=7'];
  hosts.ovs('add-port', 'br0', 'vx0', ...tunnel, 'ofport_request=10');
}

test(
  'from a namespace through veth, port, rule and tunnel to the other switch, as the switch has it; and where a rule stops it',
  () =>
    inFolder(async (data) => {
      await using near = await SwitchedHosts.start();
      await using far = await SwitchedHosts.start();
      near.middle.ip(`link add under type veth peer name under netns ${far.middle.name}`);
      near.middle.ip('link set under up');
      far.middle.ip('link set under up');
      // One of each pair of hosts is left out.
      near.right.ip('link set eth0 down');
      far.left.ip('link set eth0 down');
      await underlay(near, '192.0.2.1', '192.0.2.2');
      await underlay(far, '192.0.2.2', '192.0.2.1');
      const pl = near.ovs('get', 'interface', 'pl', 'ofport').trim();
      for (const rule of [
        'table=0,priority=100,arp,actions=NORMAL',
        `table=0,priority=50,ip,in_port=${pl},nw_dst=10.7.0.0/24,actions=load:0x5->NXM_NX_REG0[],resubmit(,3)`,
        'table=3,priority=20,reg0=0x5,icmp,actions=output:10',
        `table=0,priority=50,ip,in_port=10,actions=output:${pl}`,
        'table=0,priority=0,actions=drop',
      ])
        ofctl(near, 'add-flow', 'br0', rule);
      await using skein = await skeinUp(data, '--probes-ovs-databases', `${near.database},${far.database}`);
      // The first may be lost while the way is found.
      await eventually(() => expect(pings(near, '10.7.0.2')).toBe(true));
      const asked = { from: near.left.name, to: `${far.right.name}/eth0` };
      const found = await path(skein, asked, ({ reaches }) => reaches === 'yes');
      const rules = found.there.hops.flatMap(({ how: { rule }, depth }) =>
        rule && depth === 0 ? [`${rule.table}/${rule.priority}`] : [],
      );
      expect(rules).toEqual(['0/50', '3/20', '0/0']);
      expect(found.there.hops.find(({ how }) => how.tunnel)?.how.tunnel).toMatchObject({
        type: 'vxlan',
        key: 7,
        remote: '192.0.2.2',
        overhead: 50,
      });
      expect(found.there.mtu).toBe(1450);
      expect(found.there.assumed).toEqual([]);
      const names = found.there.hops.map(({ node }) => node.name);
      expect(names.slice(0, 4)).toEqual([near.left.name, near.left.name, 'eth0', 'pl']);
      expect(names.slice(-3)).toEqual(['pr', 'eth0', far.right.name]);
      const flow = `in_port=${pl},icmp,nw_src=10.7.0.1,nw_dst=10.7.0.2,icmp_type=8`;
      expect(trace(near, 'br0', flow)).toMatch(/priority 50[\s\S]*priority 20[\s\S]*output:10/);

      // TCP has no rule of its own in table 3.
      const dropped = await path(skein, { ...asked, protocol: 'tcp', port: 80 }, ({ reaches }) => reaches === 'no');
      expect(dropped.there).toMatchObject({ code: 'miss' });
      expect(dropped.there.reason).toMatch(/no rule of table 3 matches/);
      expect(trace(near, 'br0', `in_port=${pl},tcp,nw_src=10.7.0.1,nw_dst=10.7.0.2,tp_dst=80`)).toMatch(
        /Datapath actions: drop/,
      );

      const before = Date.now();
      await new Promise((resolve) => setTimeout(resolve, 50));
      far.ovs('set', 'port', 'pr', 'tag=30');
      expect(pings(near, '10.7.0.2')).toBe(false);
      const tagged = await path(skein, asked, ({ reaches }) => reaches === 'no');
      expect(tagged.there).toMatchObject({ code: 'vlan' });
      const past = await path(skein, { ...asked, at: before }, ({ reaches }) => reaches === 'yes');
      expect(past.there.hops.map(({ node }) => node.name)).toEqual(names);
    }),
  120_000,
);
