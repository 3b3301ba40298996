/**
 * A fleet while its parts are killed and its archive is away: agents in namespaces of their own under load, an analyzer,
 * a real Elasticsearch of its own. Needs root. What is told on the way is read along; in the end the archive has to hold
 * all that was acknowledged, once, as it was told. Prints a table; exits with 1 when anything is lost or doubled.
 *
 *   KILLS=100 MINUTES=10 RATE=100 AGENTS=2 node bench/fleet-outage.ts [agent|analyzer|server|away|full|readonly]…
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openElasticsearchArchive } from '../src/archive/elasticsearch/index.ts';
import { accountOf, momentsThatDiffer } from '../test/e2e/fleet_account.ts';
import { ToldByAgents } from '../test/e2e/fleet_told.ts';
import { Way } from '../test/e2e/fleet_way.ts';
import { Analyzer, caughtUp, freePort, Host } from '../test/e2e/fleet_world.ts';

const run = promisify(execFile);
const SCRIPT = new URL('../scripts/elasticsearch.sh', import.meta.url).pathname;
const KILLS = Number(process.env.KILLS ?? 100);
const MINUTES = Number(process.env.MINUTES ?? 10);
const RATE = Number(process.env.RATE ?? 50);
const AGENTS = Number(process.env.AGENTS ?? 2);
const CATCH_UP_MS = 1_200_000;
/** Between two kills there is some time for work. */
const BETWEEN_MS = 1_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

class Server implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;

  constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  static async start(below: string): Promise<Server> {
    const server = new Server(await freePort(), join(below, 'es8'));
    await server.begin();
    return server;
  }

  async begin(): Promise<void> {
    const env = { ...process.env, SKEIN_HEAP: '512m' };
    await run('sh', [SCRIPT, 'start', 'es8', String(this.port), this.#folder], { env });
  }

  async killed(): Promise<void> {
    await run('sh', [SCRIPT, 'stop', this.#folder, '--kill']);
    await this.begin();
  }

  async readOnly(prefix: string, value: true | null): Promise<void> {
    await fetch(`http://127.0.0.1:${this.port}/${prefix}*/_settings`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ 'index.blocks.read_only_allow_delete': value }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run('sh', [SCRIPT, 'stop', this.#folder, '--kill', '--wipe']);
  }
}

interface Fleet {
  readonly analyzer: Analyzer;
  readonly hosts: readonly Host[];
  readonly server: Server;
  readonly way: Way;
  readonly prefix: string;
}

const TRIALS: Record<string, (fleet: Fleet) => Promise<string>> = {
  agent: (fleet) =>
    kills(fleet, async ({ hosts }, turn) => {
      const host = hosts[turn % hosts.length] as Host;
      await host.kill();
      await host.start();
    }),
  analyzer: (fleet) =>
    kills(fleet, async ({ analyzer }) => {
      await analyzer.kill();
      await analyzer.start();
    }),
  server: (fleet) => kills(fleet, ({ server }) => server.killed()),
  away: async ({ way }) => {
    way.set('away');
    await pause(MINUTES * 60_000);
    way.set('open');
    return `${MINUTES} min`;
  },
  full: async ({ way }) => {
    way.set('full');
    await pause(MINUTES * 6_000);
    way.set('open');
    return `${MINUTES / 10} min`;
  },
  readonly: async ({ server, prefix }) => {
    await server.readOnly(prefix, true);
    await pause(MINUTES * 6_000);
    await server.readOnly(prefix, null);
    return `${MINUTES / 10} min`;
  },
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(TRIALS);
const folder = mkdtempSync(join(tmpdir(), 'skein-fleet-'));
let isWell = true;
try {
  await using server = await Server.start(folder);
  console.log(`${AGENTS} agents, ${RATE} changes a second each; Elasticsearch 8.19, one node, 512 MB`);
  console.log(
    [
      'what',
      'how often',
      'changes',
      'lost',
      'doubled',
      'other',
      'moments',
      'catch-up s',
      'held MB',
      'spool MB',
      'analyzer MB',
      'agent MB',
    ].join(' | '),
  );
  for (const name of names) await trial(name, server);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(isWell ? 0 : 1);

async function trial(name: string, server: Server): Promise<void> {
  const act = TRIALS[name];
  if (!act) throw new Error(`there is no ${name}: ${Object.keys(TRIALS).join(', ')}`);
  const prefix = `outage-${process.pid}-${name}-`;
  const told = new ToldByAgents();
  await using way = await Way.open(server.port);
  await using stack = new AsyncDisposableStack();
  const analyzer = stack.use(
    await Analyzer.start(
      join(folder, `analyzer-${name}`),
      ...['--archive', `elasticsearch://127.0.0.1:${way.port}`, '--archive-elasticsearch-prefix', prefix],
      ...['--archive-elasticsearch-timeout', '10s', '--probes-enabled', 'host'],
    ),
  );
  const hosts: Host[] = [];
  for (let i = 0; i < AGENTS; i++)
    hosts.push(stack.use(await Host.make(`${name}${i}`, folder, analyzer.port, { listening: told.listening })));
  for (const host of hosts) await host.start();
  const begin = Date.now();
  for (const { load } of hosts) load.start(RATE);
  const most = { held: 0, spool: 0 };
  let isOver = false;
  const watching = (async () => {
    for (; !isOver; await pause(1_000)) {
      analyzer.rss();
      for (const host of hosts) host.rss();
      await analyzer.status().then(({ Fleet }) => (most.held = Math.max(most.held, Fleet?.HeldBytes ?? 0)), ignored);
      for (const host of hosts)
        await host.status().then(({ Relay }) => (most.spool = Math.max(most.spool, Relay?.Spool.Bytes ?? 0)), ignored);
    }
  })();
  await pause(5_000);
  const often = await act({ analyzer, hosts, server, way, prefix });
  for (const { load } of hosts) await load.stop();
  const tookMs = await caughtUp(analyzer, hosts, CATCH_UP_MS);
  isOver = true;
  await watching;
  const moments = Array.from({ length: 20 }, () => begin + Math.floor(Math.random() * (Date.now() - begin)));
  const differ = await momentsThatDiffer(analyzer, told, moments);
  await using archive = await openElasticsearchArchive({ urls: [`http://127.0.0.1:${server.port}`], prefix });
  const { acknowledged, lost, doubled, other, more, troubles } = await accountOf(archive, told);
  const wrong = [...lost, ...doubled, ...other, ...more, ...troubles, ...differ];
  const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  console.log(
    [
      name,
      often,
      acknowledged,
      lost.length,
      doubled.length,
      other.length + more.length + troubles.length + told.changed + told.gaps,
      `${moments.length - differ.length} of ${moments.length}`,
      (tookMs / 1000).toFixed(1),
      mb(most.held),
      mb(most.spool),
      analyzer.rssMax.toFixed(0),
      Math.max(...hosts.map(({ rssMax }) => rssMax)).toFixed(0),
    ].join(' | '),
  );
  for (const line of wrong.slice(0, 5)) console.log(`  ${line.slice(0, 200)}`);
  const { Archive, Fleet } = await analyzer.status();
  for (const note of [...(Archive?.Notes ?? []), ...(Fleet?.Notes ?? [])]) console.log(`  analyzer: ${note}`);
  if (wrong.length > 0) console.log(analyzer.running.said().split('\n').slice(-40).join('\n'));
  if (wrong.length > 0 || told.changed > 0 || told.gaps > 0) isWell = false;
}

async function kills(fleet: Fleet, kill: (fleet: Fleet, turn: number) => Promise<void>): Promise<string> {
  for (let turn = 0; turn < KILLS; turn++) {
    await kill(fleet, turn);
    await pause(Math.random() * BETWEEN_MS * 2);
  }
  return `${KILLS} ×`;
}

function ignored(): void {
  // Who was killed this moment does not answer.
}
