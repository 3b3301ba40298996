/**
 * 10,000 rules of OpenFlow on a real Open vSwitch in namespaces of its own, as root: how soon they are in the graph, and
 * what it costs to read their counters every 5 s, beside what one `ovs-ofctl dump-flows` costs in the same run.
 * Run: node bench/openflow.ts   Goals: first picture ≤ 2 s, refresh ≤ 5 % of one core.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openflow } from '../src/probes/openflow/index.ts';
import { SwitchedHosts } from '../test/kernel/switched.ts';
import { runProbe, self } from '../test/probes/context.ts';

const RULES = 10_000;
const IDLE_S = 30;

const hosts = await SwitchedHosts.start();
try {
  const folder = dirname(hosts.database.slice('unix:'.length));
  const bridge = `unix:${folder}/br0.mgmt`;
  const file = join(folder, 'rules.txt');
  const rule = (i: number) =>
    `table=${i % 20},priority=${100 + (i % 7)},tcp,in_port=${i % 40},nw_src=10.${i >> 8}.${i & 255}.0/24,tp_dst=${i % 999},` +
    `actions=load:0x${i.toString(16)}->NXM_NX_REG0[],ct(commit,zone=${i % 100}),resubmit(,${(i % 20) + 1})`;
  writeFileSync(file, Array.from({ length: RULES }, (_, i) => rule(i)).join('\n'));
  spawnSync('ovs-ofctl', ['del-flows', bridge]);
  spawnSync('ovs-ofctl', ['add-flows', bridge, file], { stdio: 'inherit' });

  const begun = performance.now();
  const before = process.cpuUsage();
  const running = runProbe(openflow, { options: { refreshMs: 5_000 }, time: Date.now });
  const metadata = { Type: 'ovsbridge', Name: 'br0', Ovs: { Database: hosts.database } };
  running.graph.apply([{ kind: 'node', id: 'b', metadata }], { host: self.name, origin: 'agent.h', time: Date.now() });
  while (running.graph.now().nodeCount < RULES + 2) await pause(5);
  say('10,000 rules in the graph', `${((performance.now() - begun) / 1000).toFixed(2)} s`, '≤ 2 s');
  say('  of it our own work', `${(cpuMs(before) / 1000).toFixed(2)} s`, '');

  await pause(6_000);
  const idle = process.cpuUsage();
  await pause(IDLE_S * 1000);
  const share = cpuMs(idle) / (IDLE_S * 10);
  say('refresh every 5 s, nothing counted', `${share.toFixed(2)} % of a core`, '≤ 5 %');
  say('  one refresh', `${(share * 50).toFixed(0)} ms`, '');

  // The floor: what the tool of Open vSwitch takes to read and print the same once.
  const floors = Array.from({ length: 5 }, () => floorMs(bridge)).sort((a, b) => a - b);
  const floor = floors[2] as number;
  say('one ovs-ofctl dump-flows', `${floor.toFixed(0)} ms`, '');
  say('  ours to that', ((share * 50) / floor).toFixed(2), '');
  await running.stop();
} finally {
  await hosts[Symbol.asyncDispose]();
}
process.exit();

function floorMs(bridge: string): number {
  const script = 'ovs-ofctl -O OpenFlow15 dump-flows "$0" >/dev/null; times';
  const { stdout } = spawnSync('bash', ['-c', script, bridge], { encoding: 'utf8' });
  // The second line is that of the children: user, system.
  const [, children = ''] = stdout.trim().split('\n');
  const times = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => Number(m) * 60 + Number(s));
  return times.reduce((sum, one) => sum + one, 0) * 1000;
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function say(what: string, value: string, goal: string): void {
  console.log(`${what.padEnd(40)} ${value.padStart(18)}  ${goal}`);
}
