/** Rules as the switch pushes them, in each version of OpenFlow, and over TLS. Needs root. */
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import type { GraphNode } from '../../src/graph/element.ts';
import { openflow } from '../../src/probes/openflow/index.ts';
import { eventually } from '../eventually.ts';
import { type Running, runProbe, self } from '../probes/context.ts';
import { SwitchedHosts } from './switched.ts';

let hosts: SwitchedHosts;
let running: Running;

beforeAll(async () => {
  hosts = await SwitchedHosts.start();
}, 120_000);
afterAll(() => hosts[Symbol.asyncDispose]());
afterEach(async () => {
  await running.stop();
  ofctl('del-flows');
});

/** Nothing is read again by itself: what comes in time was pushed. */
async function run(options: Record<string, unknown>): Promise<void> {
  running = runProbe(openflow, { options: { refreshMs: 600_000, ...options }, time: Date.now });
  const metadata = { Type: 'ovsbridge', Name: 'br0', Ovs: { Database: hosts.database } };
  running.graph.apply(
    [
      { kind: 'node', id: 'b', metadata },
      { kind: 'edge', parent: self.id, child: 'b', metadata: { RelationType: 'ownership' } },
    ],
    { host: self.name, origin: 'agent.h', time: Date.now() },
  );
  ofctl('add-flow', 'priority=1,actions=drop');
  await eventually(() => expect(rule(1)).toBeDefined());
}

const socket = () => `unix:${dirname(hosts.database.slice('unix:'.length))}/br0.mgmt`;

function ofctl(command: string, ...args: readonly string[]): void {
  const options = args.filter((one) => one.startsWith('--'));
  const rest = args.filter((one) => !one.startsWith('--'));
  const all = ['-O', 'OpenFlow10,OpenFlow15', ...options, command, socket(), ...rest];
  execFileSync('ovs-ofctl', all, { stdio: 'pipe', timeout: 20_000 });
}

/** All at once. */
function ofctlFrom(lines: string): void {
  execFileSync('ovs-ofctl', ['add-flows', socket(), '-'], { input: lines, timeout: 20_000 });
}

function rule(priority: number): GraphNode | undefined {
  const rules = [...running.graph.now().nodes()].filter(({ metadata }) => metadata.Type === 'ofrule');
  return rules.find(({ metadata }) => metadata.Priority === priority);
}

test.each([0, 1, 2, 3, 4, 5])(
  'of OpenFlow 1.%i a rule is pushed when it comes, is changed and goes',
  async (minor) => {
    await run({ versions: [`OpenFlow1${minor}`] });
    expect(running.counters.withoutMonitor).toBeUndefined();
    ofctl('add-flow', 'priority=7,ip,in_port=1,actions=resubmit(,1)');
    await eventually(() => expect(rule(7)?.metadata.ActionsText).toBe('resubmit(,1)'));
    const { id } = rule(7) as GraphNode;
    ofctl('mod-flows', 'ip,in_port=1,actions=output:2');
    await eventually(() => expect(rule(7)?.metadata.ActionsText).toBe('output:2'));
    expect(rule(7)?.id).toBe(id);
    ofctl('del-flows', '--strict', 'priority=7,ip,in_port=1');
    await eventually(() => expect(rule(7)).toBeUndefined());
  },
  120_000,
);

test.each([1, 2, 3, 4, 5])(
  'of OpenFlow 1.%i instructions are those of the statistics',
  async (minor) => {
    await run({ versions: [`OpenFlow1${minor}`] });
    ofctl('add-flow', 'priority=8,actions=write_metadata:5/0xff,goto_table:3');
    await eventually(() => expect(rule(8)?.metadata.ActionsText).toBe('write_metadata:0x5/0xff,goto_table:3'));
    expect(rule(8)?.metadata).toMatchObject({ GotoTable: 3, WriteMetadata: { Value: 5, Mask: 255 } });
  },
  120_000,
);

test.each([4, 5])(
  'of OpenFlow 1.%i flags and importance are there from the first version on',
  async (minor) => {
    await run({ versions: [`OpenFlow1${minor}`] });
    ofctl('add-flow', 'priority=9,importance=200,send_flow_rem,reset_counts,actions=drop');
    await eventually(() => expect(rule(9)).toBeDefined());
    const Flags = { SendFlowRem: true, ResetCounts: true };
    expect(rule(9)).toMatchObject({ revision: 1, metadata: { Importance: 200, Flags } });
    ofctl('mod-flows', 'actions=output:2');
    await eventually(() => expect(rule(9)?.metadata.ActionsText).toBe('output:2'));
    expect(rule(9)).toMatchObject({ revision: 2, metadata: { Importance: 200, Flags } });
  },
  120_000,
);

test('a rule that was there for a moment alone is told of all the same', async () => {
  await run({ versions: ['OpenFlow14'] });
  const seen: string[] = [];
  running.graph.subscribe(({ events }) => {
    for (const { kind, element } of events)
      if (element.kind === 'node' && element.metadata.Priority === 9) seen.push(kind);
  });
  ofctlFrom('add priority=9,in_port=1,actions=drop\ndelete_strict priority=9,in_port=1\n');
  await eventually(() => expect(seen).toHaveLength(2));
  expect(rule(9)).toBeUndefined();
}, 120_000);
