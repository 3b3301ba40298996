/**
 * Every layer between an application and the wire, and what is left of it when all of it is gone: a process in a
 * container, its namespace, a veth, a port of Open vSwitch, a rule of OpenFlow, a tunnel, and all that again on the
 * other side. SKEIN_TRANSCRIPT=FILE writes down what was asked and answered.
 */
import { writeFileSync } from 'node:fs';
import type { PathReply } from '../../src/contract/path.ts';
import { skein } from '../cli/terminal.ts';
import { LayersWorld } from '../e2e/layers_world.ts';
import { inFolder, type Running, skeinUp } from '../e2e/running.ts';
import { eventually } from '../eventually.ts';

const WEB = "G.V().Has('Type', 'container', 'Name', 'web')";
const NAMESPACE = `${WEB}.In('Type', 'netns')`;
const VETH = `${NAMESPACE}.Out('Type', 'veth').Both('Type', 'veth').Dedup()`;
const PORT = `${VETH}.Both('Type', 'ovsport').Dedup()`;
const BRIDGE = `${PORT}.In('Type', 'ovsbridge').Dedup()`;
const RULE = `${BRIDGE}.Out('Type', 'ofrule').Has('Table', 3)`;
const TUNNEL = `${BRIDGE}.Out('Type', 'vxlan').Dedup()`;
const BESIDES = `${TUNNEL}.Both('Type', 'vxlan').Dedup().In('Type', 'ovsbridge').Dedup().Out('Name', 'pdb').Dedup()`;
const DB = `${BESIDES}.Both('Type', 'veth').Dedup().Both('Name', 'eth0').Dedup().In('Type', 'netns').Out('Type', 'container')`;
const WAY =
  "G.V().Has('IPV4', '10.8.0.11/24').ShortestPathTo(Metadata('IPV4', '10.8.0.12/24'), Metadata('RelationType', 'layer2'))";

test(
  'from a process through its container, namespace, veth, port, rule and tunnel to the other side: now, of what is gone, and after a restart',
  () =>
    inFolder(async (data) => {
      await using transcript = new Transcript();
      await using parts = new AsyncDisposableStack();
      const world = parts.use(await LayersWorld.start());
      const flags = ['--flow-update', '1s', ...world.flags];
      let server = await skeinUp(data, ...flags);
      const { near, far } = world;
      for (const place of [`${near.middle.name}/pweb`, `${far.middle.name}/pdb`])
        await eventually(() => transcript.ask(server, 'capture', 'start', '--on', place), 20_000);
      world.begin();
      const flows = await eventually(async () => {
        const found = JSON.parse(await transcript.quietly(server, 'flows', '-o', 'json')).flows as Told[];
        expect(found).toHaveLength(2);
        for (const flow of found)
          expect(flow).toMatchObject({
            Process: { A: 'busybox', B: expect.any(String) },
            ContainerID: { A: expect.any(String), B: expect.any(String) },
            Metric: { ABPackets: expect.any(Number) },
          });
        const [one, other] = found.map(({ TrackingID }) => TrackingID);
        expect(one).toBe(other);
        expect(Math.min(...found.map(({ Metric }) => Metric.BAPackets))).toBeGreaterThan(5);
        return found;
      }, 30_000);
      const [flow] = flows as [Told, Told];
      const questions = questionsAbout(flow);
      await eventually(async () => {
        const { there } = JSON.parse(await transcript.quietly(server, ...pathOf(flow), '-o', 'json')) as PathReply;
        expect(there.reaches).toBe('yes');
      }, 20_000);
      const live = await answers(transcript, server, questions);
      expectAll(live);
      const said = await path(transcript, server, flow);
      expectPath(said, { near: near.middle.name, far: far.middle.name });
      // As the past is kept in whole milliseconds, what is asked of it lies behind all that was seen.
      const then = Date.now();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      world.takeApart();
      await parts.disposeAsync();
      transcript.say('Both containers, both switches and all namespaces are gone.');
      await eventually(async () => {
        expect(await transcript.quietly(server, 'get', 'containers', '--no-headers')).toBe('');
        const ofSwitches = "G.V().Has('Type', Within('ovsbridge', 'ovsport', 'vxlan', 'ofrule'))";
        expect(await transcript.quietly(server, 'query', ofSwitches)).toBe('');
        const places = `G.V().Has('Name', Within('${near.middle.name}', '${far.middle.name}'))`;
        expect(await transcript.quietly(server, 'query', places)).toBe('');
      }, 20_000);
      await transcript.ask(server, 'get', 'containers');
      const at = ['--at', new Date(then).toISOString()];
      const past = await answers(transcript, server, withTime(questions, at));
      expectAll(past);
      expect(shapes(past)).toEqual(shapes(live));
      await server.end('SIGKILL');
      transcript.say('Skein was killed (SIGKILL) and started again: all that follows is from the archive.');
      server = await skeinUp(data, ...flags);
      const kept = await answers(transcript, server, withTime(questions, at));
      expectAll(kept);
      expect(shapes(kept)).toEqual(shapes(live));
      await server.end();
    }),
  90_000,
);

interface Told {
  readonly TrackingID: string;
  readonly Pid: { readonly A: number };
  readonly Metric: { readonly BAPackets: number };
}

/** By what was asked, without the time. */
type Answers = ReadonlyMap<string, string>;

function pathOf({ Pid }: Told): string[] {
  return ['path', `pid:${Pid.A}`, 'container:db', '--tcp', '5432'];
}

function questionsAbout(flow: Told): string[][] {
  return [
    ['get', 'containers', '--sort-by', 'name'],
    ['get', 'sockets', '--node', 'container:web'],
    ['get', 'sockets', '--node', 'container:db'],
    ['flows', '-o', 'dict'],
    ['follow', flow.TrackingID],
    pathOf(flow),
    ['query', "G.Flows().Has('Process.A', 'busybox').Values('Pid.A').Dedup()"],
    ['query', NAMESPACE],
    ['query', VETH],
    ['query', PORT],
    ['query', RULE],
    ['query', TUNNEL],
    ['query', BESIDES],
    ['query', DB],
    ['query', WAY],
    ['get', 'openflow', '-l', 'Table=3'],
  ];
}

/** Queries are of then, too: `G.At(…)`. */
function withTime(questions: readonly string[][], at: readonly string[]): string[][] {
  const [, moment = ''] = at;
  return questions.map(([command = '', ...words]) =>
    command === 'query'
      ? [command, ...words.map((text) => text.replace(/^G\./, `G.At('${moment}').`))]
      : [command, ...words, ...at],
  );
}

async function answers(transcript: Transcript, server: Running, questions: readonly string[][]): Promise<Answers> {
  const all = new Map<string, string>();
  for (const words of questions) {
    const key = words.join(' ').replace(/ --at \S+|At\('[^']*'\)\./g, '');
    all.set(key, await transcript.ask(server, ...words));
  }
  return all;
}

/** What has to be in each answer, at any time. */
function expectAll(all: Answers): void {
  const one = (start: string) => [...all].find(([key]) => key.startsWith(start))?.[1] ?? '';
  expect(one('get containers')).toMatch(/^db +docker .*running[\s\S]*^web +docker .*running/m);
  expect(one('get sockets --node container:web')).toMatch(
    /ESTABLISHED +10\.8\.0\.11:\d+ +10\.8\.0\.12:5432 +busybox .*web$/m,
  );
  expect(one('get sockets --node container:db')).toMatch(/LISTEN +\S*:5432 +busybox .*db$/m);
  expect(one('flows')).toMatch(/^PROCESS +A busybox\[\d+\], B \w+\[\d+\]$/m);
  expect(one('flows')).toMatch(/^CONTAINER +A [0-9a-f]{64}, B [0-9a-f]{64}$/m);
  expect(one('follow')).toMatch(/^ +1 +\S+\/pweb[\s\S]*^ +2 +\S+\/pdb/m);
  expect(one('path')).toMatch(
    /rule 0\/50[\s\S]*rule 3\/20[\s\S]*vxlan 7 to 192\.0\.2\.2[\s\S]*^reaches, packets of up to 1400 bytes/m,
  );
  for (const [query, name] of [
    [VETH, 'pweb +veth'],
    [PORT, 'pweb +ovsport'],
    [RULE, 'rule 3/20 +ofrule'],
    [TUNNEL, 'vx0 +vxlan'],
    [BESIDES, 'pdb +ovsport'],
    [DB, 'db +container'],
  ] as const)
    expect(one(`query ${query}`)).toMatch(new RegExp(`^${name}`, 'm'));
  expect(one(`query ${WAY}`)).toBe('eth0 → pweb → pweb → br0 → vx0 → vx0 → vx0 → vx0 → br0 → pdb → pdb → eth0\n');
  expect(one('get openflow')).toMatch(/tcp,reg0=0x5,tp_dst=5432 +output:10$/m);
}

/** Counters go on: without numbers of packets, bytes and times the answers of all times are one. */
function shapes(all: Answers): [string, string][] {
  const timeless = [...all].filter(([key]) => /^(query G\.V|path|get containers)/.test(key));
  return timeless.map(([key, text]) => [key, text.replace(/ {2}at \d{4}-.*$/m, '')]);
}

async function path(transcript: Transcript, server: Running, flow: Told): Promise<PathReply> {
  return JSON.parse(await transcript.quietly(server, ...pathOf(flow), '-o', 'json')) as PathReply;
}

function expectPath({ there }: PathReply, { near, far }: { readonly near: string; readonly far: string }): void {
  const hops = there.hops.map(
    ({ node, depth }) => `${'>'.repeat(depth)}${node.type} ${node.namespace ?? ''}/${node.name}`,
  );
  const [first = '', ...rest] = hops;
  expect(first).toMatch(/^netns/);
  expect(rest).toEqual(expect.arrayContaining([`veth ${near}/pweb`, `>veth ${near}/under`, `>veth ${far}/under`]));
  expect(hops.indexOf(`veth ${far}/pdb`)).toBeGreaterThan(hops.indexOf(`>veth ${far}/under`));
  expect(hops.at(-1)).toMatch(/^container .*\/db$/);
  expect(there.mtu).toBe(1400);
}

/** Asks like somebody at a terminal, and writes it down. */
class Transcript implements AsyncDisposable {
  #text = '';

  async ask(server: Running, ...words: string[]): Promise<string> {
    const out = await this.quietly(server, ...words);
    this.#text += `\`\`\`console\n$ skein ${words.map(shellWord).join(' ')}\n${out}\`\`\`\n\n`;
    return out;
  }

  async quietly(server: Running, ...words: string[]): Promise<string> {
    const { exitCode, out, err } = await skein([...words, '--server', server.url], { now: Date.now() });
    if (exitCode !== 0) throw new Error(`skein ${words.join(' ')}: ${err}`);
    return out;
  }

  say(text: string): void {
    this.#text += `${text}\n\n`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const file = process.env.SKEIN_TRANSCRIPT;
    if (file) writeFileSync(file, this.#text);
  }
}

function shellWord(word: string): string {
  return /^[\w:./=,-]+$/.test(word) ? word : `"${word}"`;
}
