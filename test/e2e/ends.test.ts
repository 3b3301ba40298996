/** Who is at the ends of conversations, through SNAT and DNAT, with a whole process and real namespaces. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { skein } from '../cli/terminal.ts';
import { eventually } from '../eventually.ts';
import { TestNetns } from '../kernel/native_netns.ts';
import { inFolder, skeinUp } from './running.ts';

test(
  'flows name their processes and their translations, follow goes through them, and sockets are kept',
  () =>
    inFolder((data) =>
      inNetwork(async ({ left, middle, right, tag }) => {
        const flags = ['--flow-update', '1s', '--probes-enabled', 'host,netlink,netns,sockets,conntrack'];
        const server = await skeinUp(data, ...flags);
        const cli = (url: string, ...words: string[]) => skein([...words, '--server', url], { now: Date.now() });
        const ask = (...words: string[]) => cli(server.url, ...words);
        await eventually(async () => {
          const ran = await ask('capture', 'start', '--on', `${left.name}/${tag}l`, '--to', `${right.name}/${tag}r`);
          expect(ran).toMatchObject({ exitCode: 0 });
        });
        await using listener = await talking(right, LISTENING);
        await using source = await talking(left, `${CONNECTING}(9000, '10.98.2.1')`);
        await using destined = await talking(left, `${CONNECTING}(8080, '10.98.1.254')`);
        const [waits, asks] = [commOf(listener.pid), commOf(source.pid)];

        const flowsOf = async (pid: number) => {
          const query = `G.Flows().Has('Pid.A', ${pid})`;
          const { out } = await ask('query', query, '-o', 'json');
          return (JSON.parse(out) as { flows: Told[] }).flows;
        };
        // Before and behind each translation: the same processes, and the other side.
        const ways: [number, string, string, string][] = [
          [source.pid, 'SNAT', '10.98.2.1:9000', '10.98.2.254'],
          [destined.pid, 'DNAT', '10.98.1.254:8080', '10.98.1.1'],
        ];
        for (const [pid, type, asked, behind] of ways) {
          const flows = await eventually(async () => {
            const found = await flowsOf(pid);
            expect(new Set(found.map(({ TrackingID }) => TrackingID)).size).toBe(2);
            for (const flow of found) {
              expect(flow).toMatchObject({ Process: { A: asks, B: waits }, Pid: { B: listener.pid }, Service: waits });
              expect(flow.NAT?.Type).toBe(type);
            }
            return found;
          }, 30_000);
          const ids = [...new Set(flows.map(({ TrackingID }) => TrackingID))];
          for (const flow of flows) expect(ids).toContain(flow.NAT?.TrackingID);
          const sent = flows.find(({ NAT }) => NAT?.IsTranslated === false);
          for (const id of ids) {
            const { out } = await ask('follow', id);
            expect(out.indexOf(`→ ${asked}`)).toBeGreaterThan(0);
            expect(out).toContain(`translated in netns ${middle.name} (${type}): `);
            expect(out.lastIndexOf(`${behind}:`)).toBeGreaterThan(out.indexOf('translated in'));
          }
          expect(sent).toBeDefined();
        }

        const sockets = (await ask('get', 'sockets', '--node', right.name, '--listening', '-o', 'json')).out;
        expect(JSON.parse(sockets).sockets).toContainEqual(
          expect.objectContaining({ process: waits, pid: listener.pid, local: '0.0.0.0:9000' }),
        );
        await eventually(async () => {
          const status = (await (await fetch(`${server.url}/api/status`)).json()) as {
            Sockets: { Archive: { Written: number } };
          };
          expect(status.Sockets.Archive.Written).toBeGreaterThan(0);
        }, 30_000);
        const all = async (url: string, ...words: string[]) => {
          const { out } = await cli(
            url,
            'get',
            'sockets',
            '--process',
            waits,
            ...words,
            '-o',
            'columns=LOCAL',
            '--no-headers',
          );
          return out
            .trim()
            .split(/\s+/)
            .filter((local) => /:900[01]$/.test(local))
            .sort();
        };
        const known = await eventually(async () => {
          const found = await all(server.url, '--node', right.name);
          expect(found).toHaveLength(4);
          return found;
        });
        const then = Date.now();
        // What has stayed is kept after some ten seconds; a process that is killed then has lost nothing of it.
        await new Promise((resolve) => setTimeout(resolve, 16_000));
        await server.end('SIGKILL');
        for (const process of [source, destined, listener]) await process[Symbol.asyncDispose]();
        await using again = await skeinUp(data, ...flags);
        expect(await all(again.url, '--node', right.name, '--at', String(then))).toEqual(known);
        await eventually(async () => expect(await all(again.url, '--node', right.name)).toEqual([]));
        const query = `G.At(${then}).Flows().Has('Process', '${asks}').Count()`;
        expect(Number((await cli(again.url, 'query', query)).out)).toBeGreaterThan(0);
      }),
    ),
  240_000,
);

interface Told {
  readonly TrackingID: string;
  readonly NAT?: { readonly Type: string; readonly TrackingID: string; readonly IsTranslated: boolean };
}

const LISTENING = `let left = 2;
for (const port of [9000, 9001])
  require('net').createServer((socket) => socket.on('error', () => {}).pipe(socket))
    .listen(port, '0.0.0.0', () => --left || console.log('ready'));`;
const CONNECTING = `((port, host) => {
  const socket = require('net').connect(port, host, () => console.log('ready'));
  setInterval(() => socket.write('hello'), 200);
  socket.resume();
})`;

interface Talking extends AsyncDisposable {
  readonly pid: number;
}

async function talking({ name }: TestNetns, script: string): Promise<Talking> {
  const child: ChildProcess = spawn('ip', ['netns', 'exec', name, process.execPath, '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  // It listens, or it is connected.
  const isReady = await Promise.race([once(child.stdout as Readable, 'data'), once(child, 'exit').then(() => false)]);
  expect(isReady).not.toBe(false);
  return {
    pid: child.pid as number,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function commOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
}

interface Network {
  readonly left: TestNetns;
  readonly middle: TestNetns;
  readonly right: TestNetns;
  readonly tag: string;
}

const RULES = (tag: string) => `table ip sk {
  chain before { type nat hook prerouting priority -100; iif ${tag}m tcp dport 8080 dnat to 10.98.2.1:9001; }
  chain after { type nat hook postrouting priority 100; oif ${tag}n tcp dport 9000 snat to 10.98.2.254; }
}`;

/** left ── middle, which translates ── right */
async function inNetwork(work: (network: Network) => Promise<void>): Promise<void> {
  const tag = `sk${process.pid % 100_000}`;
  using left = new TestNetns();
  using middle = new TestNetns();
  using right = new TestNetns();
  for (const [end, own, other] of [
    [left, 'm', 'l'],
    [right, 'n', 'r'],
  ] as const)
    middle.ip(`link add ${tag}${own} type veth peer name ${tag}${other} netns ${end.name}`);
  for (const [netns, device, address] of [
    [left, 'l', '10.98.1.1'],
    [middle, 'm', '10.98.1.254'],
    [middle, 'n', '10.98.2.254'],
    [right, 'r', '10.98.2.1'],
  ] as const) {
    netns.ip(`addr add ${address}/24 dev ${tag}${device}`);
    netns.ip(`link set ${tag}${device} up`);
  }
  left.ip('route add default via 10.98.1.254');
  right.ip('route add default via 10.98.2.254');
  const inMiddle = (...words: string[]) => execFileSync('ip', ['netns', 'exec', middle.name, ...words]);
  inMiddle('sysctl', '-qw', 'net.ipv4.ip_forward=1');
  execFileSync('ip', ['netns', 'exec', middle.name, 'nft', '-f', '-'], { input: RULES(tag) });
  await work({ left, middle, right, tag });
}
