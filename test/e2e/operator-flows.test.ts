/** What an operator reads back after an outage: of connections that failed, and of those from before a crash. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { WireFlow } from '../../src/contract/flow.ts';
import { skein } from '../cli/terminal.ts';
import { eventually } from '../eventually.ts';
import { TestNetns } from '../kernel/native_netns.ts';
import { inFolder, type Running, skeinUp } from './running.ts';

const run = promisify(execFile);

test('a refused connection is one flow at each place, with its MACs, and is the same after a crash', () =>
  inFolder((data) =>
    inPair(async ({ left, devices }) => {
      const first = await skeinUp(data, '--flow-update', '1s');
      await captured(first, devices);
      await refused(left);
      const before = await eventually(async () => {
        const flows = await flowsOf(first);
        expect(flows).toHaveLength(2);
        for (const { Link, Metric, FinishType } of flows) {
          expect([Metric?.ABPackets, Metric?.BAPackets, FinishType]).toEqual([1, 1, 3]);
          expect([Link?.A, Link?.B]).toEqual(['02:00:00:00:77:01', '02:00:00:00:77:02']);
        }
        return flows;
      });
      // The archive has them as soon as they are told.
      await eventually(async () => expect(await keptBy(first)).toBeGreaterThanOrEqual(2));
      await first.end('SIGKILL');

      await using second = await skeinUp(data);
      const after = await eventually(async () => {
        const flows = await flowsOf(second, '--since', '-5m');
        expect(flows).toHaveLength(2);
        return flows;
      });
      const told = (flows: readonly WireFlow[]) =>
        flows.map(({ UUID, TrackingID, Link, Metric }) => ({ UUID, TrackingID, Link, Metric }));
      expect(told(after)).toEqual(told(before));
      const [tid, other] = before.map(({ NodeTID }) => NodeTID);
      const of = (node: unknown, field: unknown) =>
        second.query(`G.Between('-5m', NOW).V().Has('TID', '${node}').Flows().Has('NodeTID', '${field}').Count()`);
      expect(await of(tid, other)).toBe(0);
      expect(await of(tid, tid)).toBeGreaterThan(0);
    }),
  ));

/** Sorted by UUID. */
async function flowsOf({ url }: Running, ...words: string[]): Promise<WireFlow[]> {
  const asked = ['flows', '--to-port', '81', '-o', 'json', '-q', ...words, '--server', url];
  const { out } = await skein(asked, { now: Date.now() });
  const { flows } = JSON.parse(out) as { flows: WireFlow[] };
  return flows.sort((a, b) => (a.UUID < b.UUID ? -1 : 1));
}

async function keptBy({ url }: Running): Promise<number> {
  const status = (await (await fetch(`${url}/api/status`)).json()) as { Flows: { Archive: { Flows: number } } };
  return status.Flows.Archive.Flows;
}

async function captured({ url }: Running, devices: RegExp): Promise<void> {
  const query = `G.V().Has('Name', Regex('${devices.source}'))`;
  const started = await skein(['capture', 'start', '--gremlin', query, '--type', 'ebpf', '--server', url]);
  expect(started).toMatchObject({ exitCode: 0 });
  await eventually(async () => {
    const { out } = await skein(['capture', 'list', '-o', 'json', '--server', url]);
    expect(JSON.parse(out).captures).toMatchObject([{ nodes: 2, state: 'active' }]);
  });
}

async function refused(from: TestNetns): Promise<void> {
  const connect = ['curl', '-s', '--max-time', '5', 'http://10.97.7.2:81/'];
  await expect(run('ip', ['netns', 'exec', from.name, ...connect])).rejects.toMatchObject({ code: 7 });
}

async function inPair(work: (pair: { left: TestNetns; devices: RegExp }) => Promise<void>): Promise<void> {
  const tag = `sk${process.pid % 100_000}`;
  using left = new TestNetns();
  using right = new TestNetns();
  left.ip(`link add ${tag}p address 02:00:00:00:77:01 type veth peer name ${tag}q netns ${right.name}`);
  right.ip(`link set ${tag}q address 02:00:00:00:77:02`);
  for (const [netns, device, address] of [
    [left, 'p', '10.97.7.1'],
    [right, 'q', '10.97.7.2'],
  ] as const) {
    netns.ip(`addr add ${address}/24 dev ${tag}${device}`);
    netns.ip(`link set ${tag}${device} up`);
  }
  await work({ left, devices: new RegExp(`^${tag}[pq]$`) });
}
