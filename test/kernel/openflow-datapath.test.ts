/** `skein get datapath-flows` beside a real Open vSwitch. Needs root. */
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { bridgeFlows } from '../../src/probes/openflow/bridges.ts';
import { type TestServer, testServer } from '../api/server.ts';
import { skein } from '../cli/terminal.ts';
import { SwitchedHosts } from './switched.ts';

let hosts: SwitchedHosts;
let server: TestServer;

beforeAll(async () => {
  hosts = await SwitchedHosts.start();
  server = await testServer({
    datapathFlows: (bridge, signal) => bridgeFlows({ view: server.graph.now(), host: 'test-host', bridge, signal }),
  });
  const bridge = (id: string, Name: string, Database: string, host = 'test-host') =>
    server.graph.apply([{ kind: 'node', id, metadata: { Type: 'ovsbridge', Name, Ovs: { Database } } }], {
      ...{ host, origin: `agent.${host}`, time: Date.now() },
    });
  bridge('a', 'br0', hosts.database);
  bridge('b', 'far', 'ssl:10.0.0.1:6640');
  bridge('c', 'other', hosts.database, 'other-host');
  bridge('d', 'none', 'unix:/nowhere/db.sock');
}, 120_000);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await hosts[Symbol.asyncDispose]();
});

const run = (...words: readonly string[]) => skein(['get', 'datapath-flows', ...words, '--server', server.url]);

test('flows of a bridge are listed with what they match, count and do', async () => {
  const socket = `unix:${dirname(hosts.database.slice('unix:'.length))}/br0.mgmt`;
  execFileSync('ovs-ofctl', ['add-flow', socket, 'priority=9,actions=NORMAL'], { stdio: 'pipe' });
  await hosts.traffic();
  const { out, exitCode } = await run('br0', '-o', 'ndjson');
  expect(exitCode).toBe(0);
  const rows = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows)
    expect(row).toMatchObject({
      bridge: 'br0',
      match: expect.stringMatching(/in_port\(/),
      packets: expect.any(Number),
      actions: expect.stringMatching(/\S/),
    });
}, 120_000);

test.each([
  ['nobody', 400, /there is no bridge "nobody" of Open vSwitch/],
  ['far', 503, /needs a server on the machine of its switch/],
  ['other', 503, /it is other-host/],
  ['none', 503, /needs a control socket of ovs-vswitchd in \/nowhere/],
])('of %s it is said why there are none', async (name, status, text) => {
  const response = await fetch(`${server.url}/api/datapath-flows?bridge=${name}`);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ message: expect.stringMatching(text) });
  const { exitCode, err } = await run(name);
  expect(exitCode).not.toBe(0);
  expect(err).toMatch(text);
});

test('they are those of now', async () => {
  const { exitCode, err } = await run('br0', '--at', '-5m');
  expect(exitCode).toBe(2);
  expect(err).toMatch(/flows of datapaths are those of now/);
});
