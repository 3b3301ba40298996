/** The probe of OpenFlow beside a real Open vSwitch, in namespaces of its own. Needs root. */
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import type { GraphNode } from '../../src/graph/element.ts';
import { Switch } from '../../src/openflow/switch.ts';
import { datapathFlows } from '../../src/probes/openflow/datapath.ts';
import { openflow } from '../../src/probes/openflow/index.ts';
import { eventually } from '../eventually.ts';
import { rulesOfAll, rulesOfLater } from '../openflow/rules.ts';
import { expectVocabulary, type Running, runProbe, self } from '../probes/context.ts';
import { SwitchedHosts } from './switched.ts';

let hosts: SwitchedHosts;
let running: Running;

beforeAll(async () => {
  hosts = await SwitchedHosts.start();
}, 120_000);
afterAll(() => hosts[Symbol.asyncDispose]());
beforeEach(async () => {
  running = runProbe(openflow, { options: { refreshMs: 300, goneAfterMs: 30_000 }, time: Date.now });
  hangBridge('b', 'br0');
  await running.ready;
});
afterEach(async () => {
  await running.stop();
  ofctl('OpenFlow15', 'del-flows', 'br0');
  ofctl('OpenFlow15', 'del-groups', 'br0');
  ofctl('OpenFlow15', 'del-meters', 'br0');
});

/** What the probe of Open vSwitch would say. */
function hangBridge(id: string, name: string): void {
  running.graph.apply(
    [
      { kind: 'node', id, metadata: { Type: 'ovsbridge', Name: name, Ovs: { Database: hosts.database } } },
      { kind: 'edge', parent: self.id, child: id, metadata: { RelationType: 'ownership' } },
    ],
    { host: self.name, origin: 'agent.h', time: Date.now() },
  );
}

const folder = () => dirname(hosts.database.slice('unix:'.length));
const socket = (bridge: string) => `${folder()}/${bridge}.mgmt`;

function ofctl(version: string, command: string, bridge: string, ...args: readonly string[]): string {
  return execFileSync('ovs-ofctl', ['--no-names', '-O', version, command, `unix:${socket(bridge)}`, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 20_000,
  });
}

/** Some can be said in a late version alone, though the switch tells of them in all. */
function add(rule: string): void {
  try {
    ofctl('OpenFlow10', 'add-flow', 'br0', rule);
  } catch {
    ofctl('OpenFlow15', 'add-flow', 'br0', rule);
  }
}

function things(type = 'ofrule', bridge = 'b'): GraphNode[] {
  const view = running.graph.now();
  const [node] = view.nodes(bridge);
  const children = node ? [...view.out(node)].flatMap((edge) => [...view.children(edge)]) : [];
  return children.filter(({ metadata }) => metadata.Type === type);
}

const said = () =>
  things()
    .map(({ metadata }) => `${metadata.Priority} ${metadata.Match} → ${metadata.ActionsText}`)
    .sort();

test.each([1, 2, 3, 4, 5, 6])(
  'rules are written as ovs-ofctl writes them, in version %i of the wire',
  async (version) => {
    for (const rule of rulesOfAll) add(rule);
    if (version >= 4) {
      ofctl('OpenFlow15', 'add-group', 'br0', 'group_id=1,type=all,bucket=actions=1');
      ofctl('OpenFlow15', 'add-meter', 'br0', 'meter=1,kbps,band=type=drop,rate=1000');
      for (const rule of rulesOfLater) ofctl('OpenFlow15', 'add-flow', 'br0', rule);
    }
    const ofSwitch = await Switch.open({
      ...{ address: { kind: 'unix', path: socket('br0') }, versions: [version], keys: {} },
      ...{ signal: AbortSignal.timeout(20_000), rulesChanged: () => undefined, groupsChanged: () => undefined },
    });
    const ours = new Map<number, string>();
    await ofSwitch.rules((rules) => {
      for (const rule of rules.map((raw) => raw.read()))
        ours.set(rule.priority, `${rule.match.text} actions=${rule.instructions.text}`);
    });
    ofSwitch.end();
    const lines = ofctl(`OpenFlow1${version - 1}`, 'dump-flows', 'br0').split('\n');
    const theirs = new Map(
      lines.flatMap((line) => {
        const [, priority, match, actions] = / priority=(\d+),?(\S*) actions=(.*)$/.exec(line) ?? [];
        return priority === undefined ? [] : [[Number(priority), `${match} actions=${actions}`] as const];
      }),
    );
    expect(theirs.size).toBeGreaterThanOrEqual(rulesOfAll.length);
    expect(ours).toEqual(theirs);
  },
  120_000,
);

test('a rule comes, is changed, and goes, each told by the switch; other actions are another version of it', async () => {
  ofctl('OpenFlow10', 'add-flow', 'br0', 'priority=7,ip,in_port=1,actions=resubmit(,1)');
  await eventually(() => expect(said()).toContain('7 ip,in_port=1 → resubmit(,1)'));
  const before = things().find(({ metadata }) => metadata.Priority === 7) as GraphNode;
  ofctl('OpenFlow10', 'mod-flows', 'br0', 'ip,in_port=1,actions=resubmit(,2)');
  await eventually(() => expect(said()).toContain('7 ip,in_port=1 → resubmit(,2)'));
  const after = things().find(({ metadata }) => metadata.Priority === 7) as GraphNode;
  expect(after).toMatchObject({ id: before.id, createdAt: before.createdAt });
  expect(after.revision).toBeGreaterThan(before.revision);
  ofctl('OpenFlow10', 'del-flows', 'br0', '--strict', 'priority=7,ip,in_port=1');
  await eventually(() => expect(said().filter((text) => text.startsWith('7 '))).toEqual([]));
  expectVocabulary(openflow, running.graph);
}, 120_000);

test('counters are a series, and make no version', async () => {
  ofctl('OpenFlow10', 'add-flow', 'br0', 'priority=9,actions=NORMAL');
  const rule = () => things().find(({ metadata }) => metadata.Priority === 9) as GraphNode;
  await eventually(() => expect(running.graph.now().counters(rule().id, 'Metric')?.total.RxPackets).toBe(0));
  const { revision } = rule();
  await hosts.traffic();
  await eventually(() =>
    expect(running.graph.now().counters(rule().id, 'Metric')?.total.RxPackets).toBeGreaterThan(20),
  );
  expect(rule().revision).toBe(revision);
}, 120_000);

test('a group comes, is changed, and goes', async () => {
  const group = 'group_id=3,type=select,bucket=bucket_id:0,weight:5,actions=1';
  ofctl('OpenFlow15', 'add-group', 'br0', group);
  await eventually(() =>
    expect(things('ofgroup').map(({ metadata }) => metadata)).toMatchObject([
      { GroupId: 3, GroupType: 'select', Buckets: [{ Weight: 5, BucketId: 0 }] },
    ]),
  );
  const [before] = things('ofgroup');
  ofctl('OpenFlow15', 'mod-group', 'br0', `${group},bucket=bucket_id:1,actions=2`);
  await eventually(() => expect(things('ofgroup')[0]?.metadata.Buckets).toHaveLength(2));
  expect(things('ofgroup')[0]?.id).toBe(before?.id);
  expectVocabulary(openflow, running.graph);
  ofctl('OpenFlow15', 'del-groups', 'br0');
  await eventually(() => expect(things('ofgroup')).toEqual([]));
}, 120_000);

test('another run goes on with what is there, and takes away what is gone meanwhile', async () => {
  ofctl('OpenFlow10', 'add-flow', 'br0', 'priority=5,in_port=1,actions=drop');
  ofctl('OpenFlow10', 'add-flow', 'br0', 'priority=6,in_port=1,actions=drop');
  await eventually(() => expect(said()).toHaveLength(2));
  const [kept] = things().filter(({ metadata }) => metadata.Priority === 5);
  const before = running;
  await before.stop();
  ofctl('OpenFlow10', 'del-flows', 'br0', '--strict', 'priority=6,in_port=1');
  running = runProbe(openflow, { options: { refreshMs: 300 }, time: Date.now, before });
  await running.ready;
  await eventually(() => expect(said()).toEqual(['5 in_port=1 → drop']));
  expect(things()).toEqual([kept]);
}, 120_000);

test('the switch is started anew: its rules are those that it has then, none twice', async () => {
  ofctl('OpenFlow10', 'add-flow', 'br0', 'priority=5,in_port=1,actions=drop');
  await eventually(() => expect(said()).toContain('5 in_port=1 → drop'));
  await hosts.restartSwitch();
  await eventually(() => expect(said()).toEqual(['0  → NORMAL']));
  ofctl('OpenFlow10', 'add-flow', 'br0', 'priority=5,in_port=1,actions=2');
  await eventually(() => expect(said()).toEqual(['0  → NORMAL', '5 in_port=1 → output:2']));
}, 120_000);

test('rules go with their bridge, and a socket that comes late is found', async () => {
  hangBridge('late', 'br9');
  await eventually(() => expect(running.notices.at(-1)).toMatch(/br9: nothing at .*br9.mgmt/));
  hosts.ovs('add-br', 'br9', '--', 'set', 'bridge', 'br9', 'datapath_type=netdev');
  await eventually(() => expect(things('ofrule', 'late')).toHaveLength(1));
  await eventually(() => expect(running.notices.at(-1)).toBeUndefined());
  running.graph.apply([{ kind: 'gone', id: 'late', of: 'node' }], {
    ...{ host: self.name, origin: 'agent.h', time: Date.now() },
  });
  const rules = () => [...running.graph.now().nodes()].filter(({ metadata }) => metadata.Type === 'ofrule');
  await eventually(() => expect(rules()).toHaveLength(things().length));
  hosts.ovs('del-br', 'br9');
}, 120_000);

test('a bridge that speaks no version of ours says so', async () => {
  await running.stop();
  hosts.ovs('set', 'bridge', 'br0', 'protocols=OpenFlow10');
  running = runProbe(openflow, { options: { versions: ['OpenFlow13'] }, time: Date.now, before: running });
  await eventually(() =>
    expect(running.notices.at(-1)).toBe(
      'rules of bridges are not read: br0: no version of OpenFlow in common: we speak 1.3',
    ),
  );
  hosts.ovs('clear', 'bridge', 'br0', 'protocols');
  await eventually(() => expect(running.notices.at(-1)).toBeUndefined());
}, 120_000);

test('flows of the datapath are told on request', async () => {
  ofctl('OpenFlow10', 'add-flow', 'br0', 'priority=9,actions=NORMAL');
  await hosts.traffic();
  const flows = await datapathFlows({ folder: folder(), bridge: 'br0' });
  expect(flows.join('\n')).toMatch(/in_port\(.*actions:/);
  await expect(datapathFlows({ folder: folder(), bridge: 'none' })).rejects.toThrow('no such bridge');
  await expect(datapathFlows({ folder: '/nowhere', bridge: 'br0' })).rejects.toThrow(/needs a control socket/);
}, 120_000);
