/** A fleet whose Elasticsearch is away, silent, full or read-only, while agents go on: nothing acknowledged is lost or doubled. Needs root. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openElasticsearchArchive } from '../../src/archive/elasticsearch/index.ts';
import { anyPrefix, wipe } from '../archive/elasticsearch/opened.ts';
import { esServer, stopServers } from '../archive/elasticsearch/servers.ts';
import { eventually } from '../eventually.ts';
import { ALL_IS_WELL, accountOf, momentsThatDiffer } from './fleet_account.ts';
import { ToldByAgents } from './fleet_told.ts';
import { Way } from './fleet_way.ts';
import { Analyzer, caughtUp, Host } from './fleet_world.ts';
import { inFolder } from './running.ts';

afterAll(stopServers);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const inElasticsearch = (port: number, prefix: string) => [
  ...['--archive', `elasticsearch://127.0.0.1:${port}`, '--archive-elasticsearch-prefix', prefix],
  ...['--archive-elasticsearch-timeout', '3s', '--probes-enabled', 'host'],
];

/** As the server does by itself when its disk is nearly full. */
async function readOnly(url: string, prefix: string, value: true | null): Promise<void> {
  const response = await fetch(`${url}/${prefix}*/_settings`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ 'index.blocks.read_only_allow_delete': value }),
  });
  expect(response.status).toBe(200);
}

test(
  'Elasticsearch is away, silent, full and read-only: what waits is told, recent history is answered, and all is kept once',
  () =>
    inFolder(async (folder) => {
      const { url } = await esServer('es8');
      const prefix = anyPrefix();
      await using _wiped = { [Symbol.asyncDispose]: () => wipe(url, prefix) };
      const told = new ToldByAgents();
      await using way = await Way.open(Number(new URL(url).port));
      // It is away when the analyzer starts.
      way.set('away');
      await using analyzer = await Analyzer.start(join(folder, 'analyzer'), ...inElasticsearch(way.port, prefix));
      expect(analyzer.running.said()).toMatch(/history begins when it is there/);
      await using host = await Host.make('web', folder, analyzer.port, { listening: told.listening });
      await host.start();
      const begin = Date.now();
      host.load.start(20);

      const keptNow = async () => (await analyzer.status()).Fleet?.Agents[0]?.Kept ?? 0;
      const isTrouble = async (words: RegExp) => {
        const before = await eventually(async () => {
          const { Archive, Fleet } = await analyzer.status();
          expect(Fleet?.HeldBytes).toBeGreaterThan(0);
          const said = [...(Archive?.Notes ?? []), ...(Fleet?.Notes ?? [])].join('\n');
          expect(said).toMatch(words);
          expect(said).toMatch(/what web tells is not kept for now/);
          return Fleet?.Agents[0]?.Kept;
        });
        // What was so a moment ago is in memory.
        await eventually(async () =>
          expect(await analyzer.running.query(`G.At(${Date.now() - 500}).V().Has('Type', 'host').Count()`)).toBe(1),
        );
        await pause(500);
        expect(await keptNow()).toBe(before);
      };
      const isFine = async () => {
        const before = await keptNow();
        await eventually(async () => expect(await keptNow()).toBeGreaterThan(before + 1), 30_000);
      };
      await isTrouble(/a server that (can be reached|speaks to us|answers)/);
      way.set('open');
      await isFine();
      way.set('full');
      await isTrouble(/a server with less to do/);
      way.set('open');
      await isFine();
      await readOnly(url, prefix, true);
      await isTrouble(/room on the server's disk/);
      await readOnly(url, prefix, null);
      await isFine();
      way.set('silent');
      await isTrouble(/answers in time/);
      // Killed while it does not know what of that has arrived.
      await analyzer.kill();
      way.set('open');
      way.cut();
      await analyzer.start();
      await host.load.stop();
      await caughtUp(analyzer, [host], 45_000);
      expect({ changed: told.changed, gaps: told.gaps }).toEqual({ changed: 0, gaps: 0 });
      const moments = Array.from({ length: 8 }, () => begin + Math.floor(Math.random() * (Date.now() - begin)));
      // The last whole picture of an agent comes after all that it had to tell.
      await eventually(async () => expect(await momentsThatDiffer(analyzer, told, moments)).toEqual([]));
      await using archive = await openElasticsearchArchive({ urls: [url], prefix });
      const account = await accountOf(archive, told);
      expect(account).toMatchObject(ALL_IS_WELL);
      expect(account.acknowledged).toBeGreaterThan(100);
    }),
  240_000,
);

/** A server that answers everything with the same. */
async function answering(status: number, body: object) {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
    response.end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** It says in its log, its status and its metrics what is wrong, and answers of what it was told since. */
async function isSaid(words: RegExp, port: number, prefix: string): Promise<void> {
  await inFolder(async (folder) => {
    await using analyzer = await Analyzer.start(folder, ...inElasticsearch(port, prefix));
    expect(analyzer.running.said()).toMatch(words);
    const { Archive } = await analyzer.status();
    expect(Archive?.State).toBe('degraded');
    expect(Archive?.Notes.join('\n')).toMatch(words);
    expect(await analyzer.metric('skein_archive_state')).toBe(1);
    await using host = await Host.make('web', folder, analyzer.port);
    await host.start();
    const web = "V().Has('Type', 'host', 'Name', 'web').Count()";
    await eventually(async () => expect(await analyzer.running.query(`G.${web}`)).toBe(1));
    const then = Date.now();
    await pause(20);
    expect(await analyzer.running.query(`G.At(${then}).${web}`)).toBe(1);
  });
}

test('a password that the server does not accept is said, and what was told since is answered', async () => {
  // As Elasticsearch 8.19 answers.
  const reason = 'unable to authenticate user [skein] for REST request [/]';
  await using server = await answering(401, { error: { type: 'security_exception', reason }, status: 401 });
  await isSaid(/a name and password, or an API key, that the server accepts/, server.port, anyPrefix());
});

test('a server of a release that is too old is said, and what was told since is answered', async () => {
  await using server = await answering(200, { version: { number: '6.8.23' }, tagline: 'You Know, for Search' });
  await isSaid(/Elasticsearch 7\.17 or newer.*there is Elasticsearch 6\.8\.23/, server.port, anyPrefix());
});

test("an index with our name that is somebody else's is said and not touched, and what was told since is answered", async () => {
  const { url } = await esServer('es8');
  const prefix = anyPrefix();
  const index = `${url}/${prefix}versions-1-theirs`;
  const theirs = { mappings: { properties: { price: { type: 'double' } } } };
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(index, { method: 'PUT', headers, body: JSON.stringify(theirs) })).status).toBe(200);
  await using _gone = { [Symbol.asyncDispose]: () => wipe(url, prefix) };
  await isSaid(/begins with .* and is not Skein's/, Number(new URL(url).port), prefix);
  expect(await (await fetch(`${index}/_mapping`)).json()).toEqual({ [`${prefix}versions-1-theirs`]: theirs });
});
