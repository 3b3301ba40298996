/** `skein why` against faults made on purpose in one running network, with harmless changes going on beside them. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WhyReply } from '../../src/contract/why.ts';
import { inFolder, type Running, skeinUp } from '../e2e/running.ts';
import { faults } from './why_faults.ts';
import { filterFaults } from './why_faults_filters.ts';
import { linkFaults } from './why_faults_links.ts';
import { routeFaults } from './why_faults_routes.ts';
import { ask, type Found, found, table, until } from './why_found.ts';
import { WhyWorld } from './why_world.ts';

/** Of those that bench/why-faults.ts makes: one for each part that is looked at nowhere else here. */
const MORE = new Set([
  'output filter at the client',
  'chain of the family bridge drops',
  'chain of the family netdev drops',
  'MTU of the route lowered',
  'forwarding turned off on one interface',
  'ARP turned off at the client',
  'fixed forwarding entry leads to a wrong port',
  'all flows of the switch deleted',
]);
const more = [...filterFaults, ...routeFaults, ...linkFaults].filter(({ name }) => MORE.has(name));

/** Whatever else the machine does meanwhile: how long an answer takes is measured in bench/why.ts. */
const ANSWER_MS = 10_000;

/** A conversation that stopped is named by its TrackingID, or by the check that failed for it. */
async function stopped(skein: Running, world: WhyWorld): Promise<void> {
  const { client, server } = world;
  const capture = await skein.post('/api/capture', { GremlinQuery: "G.V().Has('Name', 'eth0', 'Type', 'veth')" });
  expect(capture.ok).toBe(true);
  const pings = world.hosts.spawn(client, 'ping', '-n', '-i', '0.1', '-c', '600', '10.7.0.2');
  try {
    const flows = "G.Flows().Has('Network.A', '10.50.1.2', 'Network.B', '10.7.0.2')";
    let ids: unknown[] = [];
    const isSeen = async () => {
      ids = (await skein.query(`${flows}.Values('TrackingID').Dedup()`)) as unknown[];
      return ids.length > 0;
    };
    expect(await until(isSeen, 20_000)).toBe(true);
    const startedAt = Date.now();
    server.ip('addr del 10.7.0.2/24 dev eth0');
    const isFirst = ({ culprits: [first] }: WhyReply) =>
      first?.kind === 'address.removed' && first.element.name === 'eth0' && first.element.namespace === server.name;
    expect(await until(async () => isFirst(await ask(skein, { tracking: String(ids[0]) })), 10_000)).toBe(true);
    const check = { kind: 'result', id: 'c1', status: 'failed', startedAt, tookMs: Date.now() - startedAt };
    const file = join(tmpdir(), `skein-why-${process.pid}.json`);
    const traffic = { from: client.name, to: '10.7.0.2', packet: 'tcp 8080' };
    const evidence = { changes: { lastGreenAt: startedAt } };
    writeFileSync(file, `${JSON.stringify({ ...check, traffic, evidence })}\n`);
    try {
      const words = ['why', '--check', file, '--id', 'c1', '-o', 'json', '--server', skein.url];
      const reply = JSON.parse(execFileSync('bin/skein', words, { encoding: 'utf8' })) as WhyReply;
      expect({ isFirst: isFirst(reply), reply }).toEqual({ isFirst: true, reply });
    } finally {
      rmSync(file);
    }
  } finally {
    pings.kill();
    const [, uuid] = /"UUID":\s*"([^"]+)"/.exec(await capture.text()) ?? [];
    await fetch(`${skein.url}/api/capture/${uuid}`, { method: 'DELETE' });
    server.ip('addr add 10.7.0.2/24 dev eth0');
    server.ip('route add default via 10.7.0.1');
  }
}

test(
  'of faults made on purpose the culprit is first, or nearly so, whatever harmless changes go on beside it',
  () =>
    inFolder(async (data) => {
      await using world = await WhyWorld.start();
      await world.ready();
      await using skein = await skeinUp(data, '--probes-ovs-databases', world.hosts.database);
      await stopped(skein, world);
      const rows: Found[] = [];
      for (const fault of [...more, ...faults]) rows.push(await found(skein, world, fault));
      process.stdout.write(`${table(rows)}\n`);
      const within = (most: number) => rows.filter(({ rank }) => rank !== undefined && rank <= most).length;
      expect(rows.length).toBeGreaterThanOrEqual(20 + MORE.size);
      expect(within(1)).toBeGreaterThanOrEqual(Math.ceil((rows.length * 17) / 20));
      expect(within(3)).toBeGreaterThanOrEqual(Math.ceil((rows.length * 19) / 20));
      expect(rows.filter(({ ms }) => ms > ANSWER_MS)).toEqual([]);
    }),
  180_000,
);
