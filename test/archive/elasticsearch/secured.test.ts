/** A server with TLS, users and API keys; and what people read when something of these is not right. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Archive, ArchiveBatch } from '../../../src/archive/archive.ts';
import { Elastic } from '../../../src/archive/elasticsearch/client.ts';
import { openElasticsearchArchive } from '../../../src/archive/elasticsearch/index.ts';
import type { ElasticsearchPlace } from '../../../src/archive/elasticsearch/options.ts';
import { Graph } from '../../../src/graph/graph.ts';
import { Unavailable } from '../../../src/std/unavailable.ts';
import { client } from '../../ends/made.ts';
import { batchOf } from '../flows/contract.ts';
import { flowOf } from '../flows/made.ts';
import { anyPrefix } from './opened.ts';
import { type SecuredServer, securedServer, stopServers } from './servers.ts';

const T = 1_700_000_000_000;
const STARTS_MS = 120_000;

let server: SecuredServer;
beforeAll(async () => {
  server = await securedServer();
}, STARTS_MS);
afterAll(stopServers, STARTS_MS);

const batch = (n: number): ArchiveBatch => {
  const { events } = new Graph().apply([{ kind: 'node', id: `n${n}`, metadata: {} }], {
    host: 'h',
    origin: 'o',
    time: T + n,
  });
  return { id: `w-${n}`, time: T + n, events, samples: [] };
};

/** What is said of it, wherever that is; none of the secrets is in it. */
async function said(place: ElasticsearchPlace): Promise<string> {
  await using archive = await openElasticsearchArchive({ urls: [server.url], prefix: anyPrefix(), ...place });
  const error = await archive.append(batch(1)).then(
    () => new Error('that went well'),
    (failed: Error) => failed,
  );
  expect(error).toBeInstanceOf(Unavailable);
  const { notes } = await archive.health();
  const all = JSON.stringify([error.message, error.stack, error.cause, notes, archive]);
  for (const secret of [server.password, place.password, place.apiKey])
    if (secret !== undefined) expect(all).not.toContain(secret);
  return error.message;
}

/** With a right of each that is named. */
async function keyWith(
  cluster: readonly string[],
  index: readonly string[],
  names: readonly string[],
): Promise<string> {
  const elastic = new Elastic({ urls: [server.url], ...server });
  const { encoded } = await elastic.request<{ encoded: string }>({
    method: 'POST',
    path: '/_security/api_key',
    body: { name: 'skein', role_descriptors: { skein: { cluster, index: [{ names, privileges: index }] } } },
  });
  await elastic.close();
  return encoded;
}

const ofCluster = ['monitor', 'manage_index_templates'];
const ofIndices = ['read', 'write', 'create_index', 'manage', 'view_index_metadata'];

async function writes(archive: Archive): Promise<void> {
  await archive.append(batch(1));
  await archive.flows?.append(batchOf('w-1', [flowOf(1)]));
  await archive.sockets?.append({ id: 'w-1', time: T, sockets: [client] });
  expect((await archive.open()).map(({ id }) => id)).toEqual(['n1']);
  expect(await archive.health()).toMatchObject({ state: 'ok', versions: 1 });
  expect(await archive.flows?.health()).toMatchObject({ flows: 1, notes: [] });
  expect(await archive.sockets?.health()).toMatchObject({ sockets: 1, notes: [] });
}

test('a name, a password and the authority are enough', async () => {
  const { url, ca, username, password } = server;
  await using archive = await openElasticsearchArchive({ urls: [url], prefix: anyPrefix(), ca, username, password });
  await writes(archive);
});

test("an API key with the rights that the page about it names is enough, and the authority's fingerprint", async () => {
  const prefix = anyPrefix();
  const apiKey = await keyWith(ofCluster, ofIndices, [`${prefix}*`]);
  const fingerprint = new X509Certificate(server.ca).fingerprint256;
  await using archive = await openElasticsearchArchive({ urls: [server.url], prefix, fingerprint, apiKey });
  await writes(archive);
  await archive.prune(T + 10);
});

test('a wrong password, or key, is said', async () => {
  const { ca, username } = server;
  const words = 'needs a name and password, or an API key, that the server accepts';
  expect(await said({ ca, username, password: 'wr0ng' })).toContain(words);
  expect(await said({ ca, apiKey: Buffer.from('a:wr0ng').toString('base64') })).toContain(words);
  expect(await said({ ca })).toContain(words);
  const url = server.url.replace('https://', `https://${username}:wr0ng@`);
  expect(await said({ ca, urls: [url], password: 'wr0ng' })).toContain(words);
});

test('a certificate that nobody vouches for is said, with what to set', async () => {
  const { username, password } = server;
  const words = 'needs a certificate that can be trusted: set ca or fingerprint';
  expect(await said({ username, password })).toContain(words);
  expect(await said({ username, password, ca: anotherAuthority() })).toContain(words);
  expect(await said({ username, password, fingerprint: 'ab'.repeat(32) })).toContain(
    'needs another fingerprint: the server shows no certificate that has this one',
  );
});

test('http where https is spoken is said', async () => {
  const { username, password } = server;
  expect(await said({ username, password, urls: [server.url.replace('https', 'http')] })).toContain(
    'is it http or https?',
  );
});

test('a right that is lacking is named', async () => {
  const { ca } = server;
  expect(await said({ ca, apiKey: await keyWith(['monitor'], ofIndices, ['*']) })).toMatch(
    /needs the right manage_index_templates of the cluster/,
  );
  const reads = ['read', 'monitor', 'view_index_metadata'];
  expect(await said({ ca, apiKey: await keyWith(ofCluster, reads, ['*']) })).toMatch(
    /needs the right create_doc on its indices \(for indices:data\/write\/bulk\)/,
  );
  expect(await said({ ca, apiKey: await keyWith(ofCluster, ofIndices, ['others-*']) })).toMatch(
    /needs the right \w+ on test-/,
  );
});

function anotherAuthority(): string {
  const folder = mkdtempSync(join(tmpdir(), 'skein-ca-'));
  try {
    const file = join(folder, 'ca.crt');
    const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=another'];
    execFileSync('openssl', [...words, '-keyout', join(folder, 'key'), '-out', file], { stdio: 'ignore' });
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
