/**
 * The live path on a real kernel, as root: from the return of `ip link add` to the change in a query over HTTP; what an
 * idle Skein costs with 0, 10 and 40 namespaces; and how soon 100 namespaces with 1,000 veths are complete.
 * Run: node bench/live.ts   Skydive 0.28 on the same kind of machine: 2.3 ms (p90 4.2); 0.87 % at 10, 1.33 % at 40, 164 MB.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TRIES = 200;
const IDLE_S = 30;
const name = `skb${process.pid}`;
const agent = new Agent({ keepAlive: true });
const made: string[] = [];

// In namespaces of its own: what others do on this machine would be seen and counted.
if (process.env.SKEIN_BENCH_INSIDE === undefined) {
  const script = 'mount -t tmpfs tmpfs /run && mkdir /run/netns && ip link set lo up && exec "$0" "$@"';
  execFileSync(
    'unshare',
    [
      '--net',
      '--mount',
      '--pid',
      '--fork',
      '--mount-proc',
      'sh',
      '-c',
      script,
      process.execPath,
      ...process.argv.slice(1),
    ],
    { stdio: 'inherit', env: { ...process.env, SKEIN_BENCH_INSIDE: '1' } },
  );
  process.exit();
}

const data = mkdtempSync(join(tmpdir(), 'skein-bench-'));
try {
  await latency();
  await idle(10, 1);
  await idle(40, 1);
  await many();
} finally {
  for (const netns of made.splice(0)) run('ip', 'netns', 'del', netns);
  rmSync(data, { recursive: true, force: true });
}
process.exit();

async function latency(): Promise<void> {
  const skein = await up();
  const times: number[] = [];
  for (let i = 0; i < TRIES; i++) {
    run('ip', 'link', 'add', `${name}a`, 'type', 'veth', 'peer', 'name', `${name}b`);
    const begun = performance.now();
    while ((await ask(skein.url, `G.V().Has('Name','${name}a').Count()`)) !== '1') {}
    times.push(performance.now() - begun);
    run('ip', 'link', 'del', `${name}a`);
    while ((await ask(skein.url, `G.V().Has('Name','${name}a').Count()`)) !== '0') {}
  }
  times.sort((a, b) => a - b);
  say('link added → in a query, p50', `${at(times, 0.5)} ms`, '≤ 2 ms', '2.3 ms');
  say('link added → in a query, p90', `${at(times, 0.9)} ms`, '', '4.2 ms');
  say('link added → in a query, p99', `${at(times, 0.99)} ms`, '≤ 20 ms', '');
  await skein.end();
}

async function idle(namespaces: number, pairs: number): Promise<void> {
  await fill(namespaces, pairs);
  const skein = await up();
  await pause(5_000);
  const before = cpuSeconds(skein.pid);
  await pause(IDLE_S * 1000);
  const share = ((cpuSeconds(skein.pid) - before) / IDLE_S) * 100;
  const goal = namespaces >= 100 ? '≤ 1 %' : namespaces >= 40 ? '≤ 0.7 %' : '≤ 0.4 %';
  say(
    `idle, ${namespaces} namespaces`,
    `${share.toFixed(2)} %`,
    goal,
    { 10: '0.87 %', 40: '1.33 %' }[namespaces] ?? '',
  );
  say(`memory, ${namespaces} namespaces`, `${rss(skein.pid)} MB`, '≤ 150 MB', '164 MB at 10');
  await skein.end();
}

async function many(): Promise<void> {
  await fill(100, 5);
  const begun = performance.now();
  const skein = await up();
  // Of 1,000 ends of veths one half lies here.
  const query = `G.V().Has('Type','veth','Name',Regex('${name}.*')).Count()`;
  while ((await ask(skein.url, query)) !== '1000') {
    if (performance.now() - begun > 20_000) throw new Error(`only ${await ask(skein.url, query)} veths`);
    await pause(5);
  }
  say('100 namespaces, 1,000 veths', `${((performance.now() - begun) / 1000).toFixed(2)} s`, '≤ 2 s', '');
  await skein.end();
  await idle(100, 5);
}

/** Makes as many namespaces as are missing, each with pairs of veths to here. */
async function fill(namespaces: number, pairs: number): Promise<void> {
  while (made.length < namespaces) {
    const netns = `${name}-${made.length}`;
    run('ip', 'netns', 'add', netns);
    made.push(netns);
  }
  for (const [i, netns] of made.entries())
    for (let pair = 0; pair < pairs; pair++) {
      const end = `${name}n${i}p${pair}`;
      try {
        run('ip', 'link', 'add', end, 'type', 'veth', 'peer', 'name', end, 'netns', netns);
        run('ip', '-n', netns, 'addr', 'add', `10.${i}.${pair}.1/24`, 'dev', end);
        run('ip', '-n', netns, 'link', 'set', end, 'up');
      } catch {
        // It is there already.
      }
    }
}

interface Running {
  readonly pid: number;
  readonly url: string;
  end(): Promise<void>;
}

async function up(): Promise<Running> {
  const bin = join(import.meta.dirname, '..', 'bin', 'skein');
  const child = spawn(bin, ['up', '--data', data, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const url = await new Promise<string>((resolve) => {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
      const found = /ask +(http:\S+?),/.exec(said)?.[1];
      if (found) resolve(found);
    });
  });
  return {
    pid: child.pid as number,
    url,
    end: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function ask(url: string, gremlin: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(`${url}/api/topology`, { method: 'POST', agent }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve(body.trim()));
    });
    call.on('error', reject);
    call.end(JSON.stringify({ GremlinQuery: gremlin }));
  });
}

function run(command: string, ...words: string[]): void {
  execFileSync(command, words, { stdio: ['ignore', 'ignore', 'ignore'] });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** User and system time of all threads (proc(5): fields 14 and 15 of stat, in ticks of 10 ms). */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function rss(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round((Number(kilobytes) * 1024) / 1e6);
}

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number).toFixed(2);
}

function say(what: string, is: string, goal: string, skydive: string): void {
  console.log(`${what.padEnd(34)} ${is.padStart(10)}   goal ${goal.padEnd(9)} Skydive ${skydive}`);
}
