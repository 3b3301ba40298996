/** What a real switch tells of each match and each action, as data: names and shapes are those of Skydive's native client. Needs root. */
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { Switch } from '../../src/openflow/switch.ts';
import { describeRule } from '../../src/probes/openflow/describe.ts';
import { actionsAsJson } from '../openflow/actions.ts';
import { matchesAsJson } from '../openflow/matches.ts';
import { SwitchedHosts } from './switched.ts';

let hosts: SwitchedHosts;
let socket: string;

beforeAll(async () => {
  hosts = await SwitchedHosts.start();
  socket = `${dirname(hosts.database.slice('unix:'.length))}/br0.mgmt`;
}, 120_000);
afterAll(() => hosts[Symbol.asyncDispose]());
afterEach(() => ofctl('OpenFlow15', 'del-flows'));

function ofctl(versions: string, command: string, ...args: readonly string[]): string {
  return execFileSync('ovs-ofctl', ['-O', versions, command, `unix:${socket}`, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 20_000,
  });
}

/** All rules by their priority, by OpenFlow 1.4. */
async function told(): Promise<Map<number, ReturnType<typeof describeRule>>> {
  const ofSwitch = await Switch.open({
    ...{ address: { kind: 'unix', path: socket }, versions: [5], keys: {} },
    ...{ signal: AbortSignal.timeout(20_000), rulesChanged: () => undefined, groupsChanged: () => undefined },
  });
  const all = new Map<number, ReturnType<typeof describeRule>>();
  await ofSwitch.rules((rules) => {
    for (const rule of rules.map((raw) => raw.read())) all.set(rule.priority, describeRule(rule, 'id', undefined));
  });
  ofSwitch.end();
  return all;
}

/** By the first version that can say it: later ones refuse some of what earlier ones took. */
function add(rules: readonly string[]): void {
  for (const [i, rule] of rules.entries())
    for (const version of ['OpenFlow10', 'OpenFlow14'])
      try {
        ofctl(version, 'add-flow', `priority=${i + 1},${rule}`);
        break;
      } catch (error) {
        if (version === 'OpenFlow14') throw error;
      }
}

test('matches', async () => {
  add(matchesAsJson.map(([match]) => `${match},actions=drop`));
  const rules = await told();
  expect(matchesAsJson.map(([match], i) => [match, rules.get(i + 1)?.Filters])).toEqual(matchesAsJson);
}, 120_000);

test('actions', async () => {
  add(actionsAsJson.map(([actions]) => actions));
  const rules = await told();
  expect(actionsAsJson.map(([actions], i) => [actions, rules.get(i + 1)?.Actions])).toEqual(actionsAsJson);
}, 120_000);
