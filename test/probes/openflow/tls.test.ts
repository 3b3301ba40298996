/** A scripted switch over TLS: both sides know each other by who signed for them. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { Frames, frame } from '../../../src/openflow/frames.ts';
import { Switch } from '../../../src/openflow/switch.ts';
import { helloBody } from '../../../src/openflow/versions.ts';

let folder: string;
let server: Server;
const file = (name: string) => join(folder, name);

/** A key and a certificate that it has signed itself. */
function signed(name: string): void {
  const out = ['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`), '-subj', `/CN=${name}`];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  execFileSync('openssl', ['req', '-x509', '-nodes', '-days', '1', ...kind, ...out], { stdio: 'pipe' });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skein-openflow-tls-'));
  for (const name of ['switch', 'ours', 'stranger']) signed(name);
  const read = (name: string) => readFileSync(file(name));
  const keys = { key: read('switch.key'), cert: read('switch.pem'), ca: read('ours.pem') };
  server = createServer({ ...keys, requestCert: true, rejectUnauthorized: true }, (socket) => {
    const frames = new Frames();
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      for (const { type } of frames.push(data)) if (type === 0) socket.write(frame(5, 0, 0, helloBody([5])));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
}, 30_000);
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(name: string, ca: string): Promise<Switch> {
  const { port } = server.address() as AddressInfo;
  return Switch.open({
    ...{ address: { kind: 'ssl', host: '127.0.0.1', port }, versions: [5], silenceMs: 2_000 },
    keys: { key: file(`${name}.key`), cert: file(`${name}.pem`), ca: file(`${ca}.pem`) },
    ...{ signal: AbortSignal.timeout(10_000), rulesChanged: () => undefined, groupsChanged: () => undefined },
  });
}

test('who is signed for by those that the other trusts is talked to', async () => {
  const ofSwitch = await open('ours', 'switch');
  expect(ofSwitch.version).toBe(5);
  ofSwitch.end();
});

test('a switch that nobody signed for is not talked to', async () => {
  await expect(open('ours', 'stranger')).rejects.toThrow(/certificate/);
});

test('a switch that does not know us ends it', async () => {
  await expect(open('stranger', 'switch')).rejects.toThrow();
});
