/** The lab on a real kernel. Needs root. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { labDown, labStatus, labUp } from '../../src/lab/lab.ts';
import { addressOf } from '../../src/lab/plan.ts';
import { type Run, run } from '../../src/lab/run.ts';

const isRoot = process.geteuid?.() === 0;
if (!isRoot) console.warn('the lab is not tested: needs root');
const describeAsRoot = isRoot ? describe : describe.skip;

const PREFIX = `sk${process.pid}lab`;
const quiet = () => undefined;
const namespaces = () => execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' });
const links = () => execFileSync('ip', ['-oneline', 'link'], { encoding: 'utf8' });
const ping = (from: number, to: string) =>
  run('ip', ['netns', 'exec', `${PREFIX}-host${from}`, 'ping', '-c', '1', '-W', '5', to]);

describeAsRoot('lab', () => {
  afterEach(() => labDown(run, quiet, PREFIX));

  test('every host reaches every other, the router, and large packets fit', async () => {
    await labUp(run, quiet, PREFIX);
    for (const from of [1, 2, 3, 4])
      for (const to of [1, 2, 3, 4].filter((other) => other !== from)) await ping(from, addressOf(to));
    await ping(1, '10.77.2.1');
    await ping(4, '10.77.1.1');
    await run('ip', ['netns', 'exec', `${PREFIX}-host1`, 'ping', '-c1', '-W5', '-Mdo', '-s1422', addressOf(3)]);
    expect((await labStatus(run, PREFIX)).state).toBe('up');
  });

  test('a second up changes nothing', async () => {
    await labUp(run, quiet, PREFIX);
    const inode = execFileSync('ip', ['netns', 'exec', `${PREFIX}-left`, 'readlink', '/proc/self/ns/net']);
    const said: string[] = [];
    await labUp(run, (line) => said.push(line), PREFIX);
    expect(said).toEqual(['the lab is already there']);
    expect(execFileSync('ip', ['netns', 'exec', `${PREFIX}-left`, 'readlink', '/proc/self/ns/net'])).toEqual(inode);
  });

  test('down leaves no trace, also of processes, and twice is fine', async () => {
    await labUp(run, quiet, PREFIX);
    const sleeper = spawn('ip', ['netns', 'exec', `${PREFIX}-host2`, 'sleep', '600'], { stdio: 'ignore' });
    const ended = once(sleeper, 'exit');
    while (!(await run('ip', ['netns', 'pids', `${PREFIX}-host2`])).includes(`${sleeper.pid}`));
    await labDown(run, quiet, PREFIX);
    await labDown(run, quiet, PREFIX);
    await ended;
    expect(namespaces()).not.toContain(PREFIX);
    expect(links()).not.toMatch(/port[12]|uplink|vxlan77/);
    expect((await labStatus(run, PREFIX)).state).toBe('absent');
  });

  test('an up that is refused half way leaves nothing behind', async () => {
    for (const after of [1, 5, 16, 18, 22]) {
      let commands = 0;
      const failing: Run = (...command) =>
        // Status and cleaning up go on.
        commands++ === after ? Promise.reject(new Error('refused')) : run(...command);
      await expect(labUp(failing, quiet, PREFIX)).rejects.toThrow('refused');
      expect(namespaces()).not.toContain(PREFIX);
    }
  });

  test('what somebody broke is told, and up makes it whole', async () => {
    await labUp(run, quiet, PREFIX);
    await run('ip', ['-n', `${PREFIX}-right`, 'link', 'delete', 'vxlan77']);
    await run('ip', ['netns', 'delete', `${PREFIX}-host2`]);
    const { state, machines } = await labStatus(run, PREFIX);
    expect(state).toBe('partial');
    expect(machines.filter((machine) => !machine.exists).map((machine) => machine.name)).toEqual([`${PREFIX}-host2`]);
    expect(machines.find((machine) => machine.name === `${PREFIX}-right`)?.missing).toEqual(['vxlan77']);
    await labUp(run, quiet, PREFIX);
    await ping(2, addressOf(4));
  });
});
