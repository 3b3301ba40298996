/** Real network namespaces, made and removed here. Needs root. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Door } from '../../src/native/door.ts';
import { openDoor } from '../../src/native/index.ts';
import { netns } from '../../src/probes/netns/index.ts';
import type { Probe } from '../../src/probes/probe.ts';
import { eventually } from '../eventually.ts';
import { type Running, runProbe, self } from '../probes/context.ts';

const isRoot = process.geteuid?.() === 0;
if (!isRoot) console.warn('network namespaces are not tested: needs root');
const describeAsRoot = isRoot ? describe : describe.skip;

const PREFIX = `sk${process.pid}`;
let made: string[] = [];
let children: ChildProcess[] = [];
let mounts: string[] = [];
let running: Running;
let root: string;

function ip(...words: string[]): void {
  execFileSync('ip', words);
}

function addNamed(name: string): string {
  made.push(`${PREFIX}${name}`);
  ip('netns', 'add', `${PREFIX}${name}`);
  return `${PREFIX}${name}`;
}

/** A process in a namespace that has no name; or in the one of that name. */
function live(name?: string): ChildProcess & { pid: number } {
  const words = name === undefined ? ['unshare', '-n'] : ['ip', 'netns', 'exec', name];
  const child = spawn(words[0] as string, [...words.slice(1), 'sleep', '600'], { stdio: 'ignore' });
  children.push(child);
  return child as ChildProcess & { pid: number };
}

function start(options: Record<string, unknown> = {}): Running {
  const given = { pollMs: 50, paths: ['/var/run/netns', join(root, 'docker/netns')], ...options };
  running = runProbe(netns as Probe, { door: openDoor() as Door, options: given, time: () => Date.now() });
  return running;
}

const nodes = () => [...running.graph.now().nodes()].filter((node) => node.metadata.Type === 'netns');
const byName = (name: string) => nodes().find((node) => node.metadata.Name === name);
const byPath = (path: string) => nodes().find((node) => node.metadata.Path === path);

describeAsRoot('network namespaces', () => {
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sk-netns-'));
  });

  afterEach(async () => {
    await running.stop();
    for (const child of children) child.kill('SIGKILL');
    for (const path of mounts) execFileSync('umount', ['--lazy', path]);
    for (const name of made)
      try {
        execFileSync('ip', ['netns', 'del', name], { stdio: 'ignore' });
      } catch {
        // The test removed it itself.
      }
    rmSync(root, { recursive: true });
    [children, made, mounts] = [[], [], []];
  });

  test('ip netns add and del are told, not found by looking', async () => {
    await start({ pollMs: 600_000, verifyMs: 600_000 }).ready;
    const name = addNamed('a');
    await eventually(() => expect(byName(name)).toBeDefined());
    expect(byName(name)?.metadata).toMatchObject({
      Path: `/var/run/netns/${name}`,
      Cookie: expect.stringMatching(/^\d+$/),
      Inode: expect.any(Number),
    });
    ip('netns', 'del', name);
    await eventually(() => expect(byName(name)).toBeUndefined());
  });

  test('the namespace we are in is the host', async () => {
    await start().ready;
    const own = openDoor().netnsIdentity('/proc/self/ns/net');
    expect(running.namespaces.list()[0]).toMatchObject({ nodeId: self.id, cookie: own.cookie });
    expect(nodes().filter((node) => node.metadata.Cookie === `${own.cookie}`)).toEqual([]);
  });

  test('the same name made again at once is another node', async () => {
    const name = addNamed('b');
    await start().ready;
    const before = byName(name);
    ip('netns', 'del', name);
    ip('netns', 'add', name);
    await eventually(() => {
      expect(byName(name)).toBeDefined();
      expect(byName(name)?.id).not.toBe(before?.id);
      expect(running.namespaces.list().some((ns) => ns.nodeId === before?.id)).toBe(false);
    });
    // The kernel gives the same inode number again; the cookie tells them apart.
    expect(byName(name)?.metadata.Cookie).not.toBe(before?.metadata.Cookie);
  });

  test('a namespace without a name lives and ends with its processes', async () => {
    await start().ready;
    const first = live();
    const path = (pid: number) => `/proc/${pid}/ns/net`;
    const node = await eventually(() => {
      const found = byPath(path(first.pid));
      expect(found?.metadata.Name).toBe(`sleep-${first.pid}`);
      return found;
    });
    const second = spawn('nsenter', ['-t', `${first.pid}`, '-n', 'sleep', '600'], { stdio: 'ignore' });
    children.push(second);
    await eventually(() => {
      const { cookie } = openDoor().netnsIdentity(path(second.pid as number));
      expect(`${cookie}`).toBe(node?.metadata.Cookie);
    });
    first.kill('SIGKILL');
    await eventually(() => expect(byPath(path(second.pid as number))?.id).toBe(node?.id));
    expect(byPath(path(second.pid as number))?.metadata).toMatchObject({
      Name: `sleep-${first.pid}`,
      TID: node?.metadata.TID,
    });
    second.kill('SIGKILL');
    await eventually(() => expect(nodes().find((one) => one.id === node?.id)).toBeUndefined());
  });

  test('a named one that is deleted stays while processes are in it', async () => {
    const name = addNamed('c');
    await start().ready;
    const before = byName(name);
    const child = live(name);
    await eventually(() =>
      expect(openDoor().netnsIdentity(`/proc/${child.pid}/ns/net`).inode).toBe(before?.metadata.Inode),
    );
    ip('netns', 'del', name);
    await eventually(() => expect(byPath(`/proc/${child.pid}/ns/net`)?.id).toBe(before?.id));
    expect(running.graph.history([before?.id ?? '']).every((version) => version.deletedAt === undefined)).toBe(true);
    child.kill('SIGKILL');
    await eventually(() => expect(nodes().find((node) => node.id === before?.id)).toBeUndefined());
  });

  test('a namespace that Docker mounts, in a directory that was not there', async () => {
    await start().ready;
    const child = live();
    const directory = join(root, 'docker/netns');
    mkdirSync(directory, { recursive: true });
    const path = join(directory, '0123456789ab');
    writeFileSync(path, '');
    await eventually(() => expect(byPath(`/proc/${child.pid}/ns/net`)).toBeDefined());
    execFileSync('mount', ['--bind', `/proc/${child.pid}/ns/net`, path]);
    mounts.push(path);
    await eventually(() => expect(byName('0123456789ab')?.metadata).toMatchObject({ Manager: 'docker', Path: path }));
    child.kill('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(byName('0123456789ab')).toBeDefined();
    execFileSync('umount', [path]);
    mounts = [];
    rmSync(path);
    await eventually(() => expect(byName('0123456789ab')).toBeUndefined());
  });

  test('a file that is no namespace does no harm', async () => {
    const docker = join(root, 'docker/netns');
    mkdirSync(docker, { recursive: true });
    writeFileSync(join(docker, 'stale'), '');
    await start().ready;
    expect(byName('stale')).toBeUndefined();
    addNamed('d');
    await eventually(() => expect(byName(`${PREFIX}d`)).toBeDefined());
  });

  test('a hundred made and removed in a hurry: none is missed, none is left', async () => {
    await start().ready;
    const names = Array.from({ length: 100 }, (_, index) => `${PREFIX}h${index}`);
    made.push(...names);
    execFileSync('ip', ['-batch', '-'], { input: names.map((name) => `netns add ${name}\n`).join('') });
    await eventually(() => expect(names.filter((name) => !byName(name))).toEqual([]));
    execFileSync('ip', ['-batch', '-'], { input: names.map((name) => `netns del ${name}\n`).join('') });
    await eventually(() => expect(nodes().filter((node) => names.includes(String(node.metadata.Name)))).toEqual([]));
    made = [];
  });
});
