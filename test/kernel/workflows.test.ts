/**
 * Workflows of a whole process over real namespaces: those that come with Skein where packets get through and where they
 * do not, what stays of a run that is called off, and `skein workflow`, also over a restart. Needs root.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { skein } from '../cli/terminal.ts';
import { inFolder, type Running, SKEIN, skeinUp } from '../e2e/running.ts';
import { eventually } from '../eventually.ts';
import { TestNetns } from './native_netns.ts';

/** Two hosts at a bridge in a namespace between them. */
class World implements Disposable {
  readonly left = new TestNetns();
  readonly middle = new TestNetns();
  readonly right = new TestNetns();

  constructor() {
    const { left, middle, right } = this;
    middle.ip('link add br0 type bridge');
    middle.ip('link set br0 up');
    for (const [netns, port, address] of [
      [left, 'p1', '10.97.0.1/24'],
      [right, 'p2', '10.97.0.2/24'],
    ] as const) {
      netns.ip(`link add eth0 type veth peer name ${port} netns ${middle.name}`);
      middle.ip(`link set ${port} master br0 up`);
      netns.ip(`addr add ${address} dev eth0`);
      netns.ip('link set eth0 up');
    }
  }

  [Symbol.dispose](): void {
    for (const netns of [this.left, this.middle, this.right]) netns[Symbol.dispose]();
  }
}

interface Came {
  readonly Connectivity: boolean;
  readonly State?: boolean;
  readonly Flows?: readonly { readonly NodeTID: string; readonly Metric: { readonly BAPackets: number } }[];
  readonly NotReachedNodes?: readonly { readonly Metadata: { readonly TID: string } }[];
}

async function called(running: Running, name: string, Params: unknown, signal?: AbortSignal): Promise<Came> {
  const response = await fetch(`${running.url}/api/workflow/${name}/call`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ Params }) },
    ...(signal && { signal }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
  return JSON.parse(text) as Came;
}

/** How many captures and injections there are. */
async function going({ url }: Running): Promise<number[]> {
  const lists = ['capture', 'injectpacket'].map(async (what) => (await fetch(`${url}/api/${what}`)).json());
  return (await Promise.all(lists)).map((list) => Object.keys(list as object).length);
}

async function tidOf(running: Running, netns: TestNetns, name: string): Promise<string> {
  const query = `G.V().Has('Name', '${netns.name}').Out().Has('Name', '${name}').Values('TID')`;
  const [tid] = (await running.query(query)) as string[];
  if (tid === undefined) throw new Error(`${netns.name}/${name} is not there yet`);
  return tid;
}

const flags = ['--probes-enabled', 'host,netlink,netns', '--flow-update', '1s'];

test(
  'what gets through, what does not, and nothing that stays behind',
  () =>
    inFolder(async (data) => {
      using world = new World();
      const { left, middle, right } = world;
      await using running = await skeinUp(data, ...flags);
      const ends = [left, right].map((netns) => () => tidOf(running, netns, 'eth0'));
      const ports = ['p1', 'p2'].map((port) => () => tidOf(running, middle, port));
      const [from = '', to = '', near = '', far = ''] = await eventually(() =>
        Promise.all([...ends, ...ports].map((find) => find())),
      );
      await eventually(async () => expect(await called(running, 'CheckMTU', [from, to])).toBe(true));

      // Over as soon as one of them has seen both directions: the others may not have told yet.
      await eventually(async () => {
        const green = await called(running, 'CheckConnectivity', [from, to]);
        expect(green).toMatchObject({ Connectivity: true, State: true });
        expect(green.Flows?.map(({ NodeTID }) => NodeTID)).toContain(near);
      });
      expect(await going(running)).toEqual([0, 0]);

      const ping = spawn('ip', ['netns', 'exec', left.name, 'ping', '-i', '0.1', '10.97.0.2'], { stdio: 'ignore' });
      const ended = once(ping, 'exit');
      try {
        const all = { 'Checkpoint-1': from, 'Checkpoint-2': to, All: true, Time: 8 };
        expect(await called(running, 'FlowValidation', all)).toEqual({ Connectivity: true });

        // Called off while it looks: neither its caller nor its script is there to remove anything.
        const gone = new AbortController();
        const call = called(running, 'CheckConnectivity', [from, to], gone.signal);
        await eventually(async () => expect(await going(running)).toEqual([1, 1]));
        gone.abort();
        await expect(call).rejects.toThrow('abort');
        await eventually(async () => expect(await going(running)).toEqual([0, 0]));

        // The far port leaves the bridge: what is sent is seen to leave, and no further than the near port.
        middle.ip('link set p2 nomaster');
        const red = await called(running, 'CheckConnectivity', [from, to]);
        expect(red).toMatchObject({ Connectivity: false, State: false });
        expect(red.Flows?.every(({ Metric }) => Metric.BAPackets === 0)).toBe(true);
        expect(red.Flows?.map(({ NodeTID }) => NodeTID)).toContain(from);
        const none = await called(running, 'FlowValidation', { 'Checkpoint-1': far, Time: 1 });
        expect(none).toMatchObject({ Connectivity: false, NotReachedNodes: [{ Metadata: { TID: far } }] });
        expect(await going(running)).toEqual([0, 0]);
      } finally {
        ping.kill();
        await ended;
      }

      // The bridge is in between, whatever else ties the two.
      middle.ip('link set p2 master br0');
      middle.ip('link set p2 mtu 1400');
      await eventually(async () => expect(await called(running, 'CheckMTU', [from, to])).toBe(false));
      const apart = await running.post('/api/workflow/CheckMTU/call', { Params: [from, 'no-such-node'] });
      expect(`${apart.status} ${await apart.text()}`).toMatch(/^400 .*there is no path between the two/s);
    }),
  120_000,
);

test(
  'skein workflow: made, called, run and deleted, with exit codes of their own; also over a kill',
  () =>
    inFolder(async (data) => {
      let running = await skeinUp(data, '--probes-enabled', 'host');
      const run = (...words: string[]) => skein(['workflow', ...words, '--server', running.url]);
      const file = (name: string, text: string) => {
        const path = join(data, name);
        writeFileSync(path, text);
        return path;
      };
      const twice = file(
        'twice.js',
        `function Twice(number) {
        console.log('given', number);
        if (number < 0) throw new Error('too little');
        return { twice: 2 * number, hosts: client.G.V().Has('Type', 'host').Count().result() };
      }`,
      );
      const made = await run('create', '--path', twice);
      expect(made).toMatchObject({ err: 'made Twice\n', exitCode: 0 });
      expect(await run('create', '--path', twice)).toMatchObject({ exitCode: 2 });

      await running.end('SIGKILL');
      running = await skeinUp(data, '--probes-enabled', 'host');
      for (const words of [
        ['call', 'Twice'],
        ['run', twice],
      ]) {
        const { out, err, exitCode } = await run(...words, '21');
        expect({ result: JSON.parse(out), err, exitCode }).toEqual({
          ...{ result: { twice: 42, hosts: 1 }, err: 'given 21\n', exitCode: 0 },
        });
        const failed = await run(...words, '--param', 'number=-1');
        expect(failed).toMatchObject({ out: '', exitCode: 1 });
        expect(failed.err).toContain('line 3, column 40: Error: too little');
        expect(await run(...words, '--param', 'numbr=1')).toMatchObject({
          ...{ out: '', exitCode: 2, err: expect.stringContaining('did you mean number?') },
        });
      }
      expect(await run('run', file('none.js', '42'))).toMatchObject({ exitCode: 2 });
      expect(await run('call', 'Twise')).toMatchObject({ exitCode: 2 });
      const nowhere = await skein(['workflow', 'call', 'Twice', '--server', 'http://127.0.0.1:1']);
      expect(nowhere.exitCode).toBe(3);

      // Ctrl-C: what it started goes with it.
      const slow = file(
        'slow.js',
        `function() { client.captures.create({ GremlinQuery: "G.V().Has('Name', 'lo')" }); sleep(60000) }`,
      );
      const child = spawn(SKEIN, ['workflow', 'run', slow, '--server', running.url], { stdio: 'ignore' });
      const exited = once(child, 'exit');
      await eventually(async () => expect(await going(running)).toEqual([1, 0]));
      child.kill('SIGINT');
      expect(await exited).toEqual([130, null]);
      expect(await going(running)).toEqual([0, 0]);

      expect(await run('delete', 'Twice')).toMatchObject({ out: made.out, err: 'deleted Twice\n', exitCode: 0 });
      expect((await run('list', '-o', 'json')).out).not.toContain('Twice');
      await running.end();
    }),
  120_000,
);
