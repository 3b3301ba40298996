/** A real ovsdb-server that speaks TLS, with certificates of an authority of our own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAddress, type Tls } from '../../src/ovsdb/address.ts';
import { transact } from '../../src/ovsdb/transact.ts';
import { ovs } from '../../src/probes/ovs/index.ts';
import { eventually } from '../eventually.ts';
import { runProbe } from '../probes/context.ts';

let folder: string;
let server: ChildProcess;
let database: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skein-tls-'));
  authority('ca');
  authority('other');
  certificate('switch');
  certificate('client');
  execFileSync('ovsdb-tool', ['create', file('conf.db'), '/usr/share/openvswitch/vswitch.ovsschema']);
  const port = await freePort();
  database = `ssl:127.0.0.1:${port}`;
  const keys = [
    `--private-key=${file('switch.key')}`,
    `--certificate=${file('switch.pem')}`,
    `--ca-cert=${file('ca.pem')}`,
  ];
  const places = [`--remote=pssl:${port}:127.0.0.1`, `--unixctl=${file('ctl')}`];
  server = spawn('ovsdb-server', [file('conf.db'), ...places, ...keys], { stdio: 'ignore' });
  await eventually(() => select({ ...identity(), ca: file('ca.pem') }), 10_000);
}, 60_000);

afterAll(async () => {
  if (server.exitCode === null) {
    const exited = once(server, 'exit');
    server.kill();
    await exited;
  }
  rmSync(folder, { recursive: true });
});

const file = (name: string) => join(folder, name);
const identity = (): Tls => ({ key: file('client.key'), certificate: file('client.pem') });

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}

function authority(name: string): void {
  const to = ['-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', '2'];
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, ...to);
}

/** As ovs-pki makes them: without the name of a host. */
function certificate(name: string): void {
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    `/CN=${name} id`,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
  );
  const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
  openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...by);
}

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as { port: number };
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

function select(tls: Tls): Promise<unknown> {
  const all = { op: 'select', table: 'Bridge', where: [] };
  return transact(readAddress(database, tls), 'Open_vSwitch', [all], AbortSignal.timeout(5_000));
}

test('a switch behind TLS is shown, and told of what changes', async () => {
  const running = runProbe(ovs, {
    options: { databases: [database], tls: { ...identity(), ca: file('ca.pem') } },
    time: Date.now,
  });
  await running.ready;
  const row = { op: 'insert', table: 'Bridge', row: { name: 'far' }, 'uuid-name': 'b' };
  const hang = { op: 'insert', table: 'Open_vSwitch', row: { bridges: ['named-uuid', 'b'] } };
  await transact(
    readAddress(database, { ...identity(), ca: file('ca.pem') }),
    'Open_vSwitch',
    [row, hang],
    AbortSignal.timeout(5_000),
  );
  const types = () => [...running.graph.now().nodes()].map(({ metadata }) => metadata.Type);
  await eventually(() => expect(types()).toEqual(expect.arrayContaining(['ovsbridge', 'ovs-system'])));
  await running.stop();
}, 30_000);

test('a database whose certificate another authority signed is not believed', async () => {
  await expect(select({ ...identity(), ca: file('other.pem') })).rejects.toThrow(/certificate/);
});

test('without an authority those of the system count, which know nothing of it', async () => {
  await expect(select(identity())).rejects.toThrow(/certificate/);
});

test('a database that wants a certificate of ours and gets none ends the connection', async () => {
  await expect(select({ ca: file('ca.pem') })).rejects.toThrow();
});

test('a file that is not there is named', async () => {
  await expect(select({ ca: file('none.pem') })).rejects.toThrow(
    `file ${file('none.pem')} (ENOENT): needs to be there`,
  );
});
