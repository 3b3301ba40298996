/** Namespaces without a kernel: files in a directory of their own, and processes, both as the test says. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Door, NetnsIdentity } from '../../../src/native/door.ts';
import { type FakeDoor, fakeDoor } from '../../../src/native/fake.ts';
import { netns } from '../../../src/probes/netns/index.ts';
import type { Probe } from '../../../src/probes/probe.ts';
import { type Running, runProbe } from '../context.ts';

export interface World extends AsyncDisposable {
  readonly directory: string;
  readonly docker: string;
  readonly door: FakeDoor;
  /** Makes a name and mounts a namespace on it. */
  mount(path: string, namespace: NetnsIdentity): void;
  unmount(path: string): void;
  /** These processes live in these namespaces; says so to who watches. */
  live(processes: Readonly<Record<number, NetnsIdentity>>): void;
  run(options?: Record<string, unknown>, before?: Running): Running;
  /** `name path` of every namespace, sorted. */
  seen(): string[];
}

/** Inode numbers are given by the test: the kernel uses them again. */
export function namespace(cookie: number, inode = 1000 + cookie): NetnsIdentity {
  return { cookie: BigInt(cookie), inode, device: 4 };
}

export const OWN = namespace(1);

export function world({ watch }: { watch?: string } = {}): World {
  const root = mkdtempSync(join(tmpdir(), 'sk-netns-'));
  const directory = join(root, 'netns');
  const docker = join(root, 'docker/netns');
  mkdirSync(directory);
  const identities: Record<string, NetnsIdentity> = { '/proc/self/ns/net': OWN };
  const script = { identities, processes: [{ pid: process.pid, inode: OWN.inode }], ...(watch && { watch }) };
  const door = fakeDoor(script);
  const runs: Running[] = [];
  const strict: Door = {
    ...door,
    netnsIdentity(path) {
      const identity = identities[path];
      // A file on which nothing is mounted exists all the same.
      const code = path.startsWith(root) && existsSync(path) ? 'EINVAL' : 'ENOENT';
      if (!identity) throw Object.assign(new Error(`open ${path}: ${code}`), { code });
      return identity;
    },
  };
  return {
    directory,
    docker,
    door,
    mount(path, identity) {
      identities[path] = identity;
      writeFileSync(path, '');
    },
    unmount(path) {
      delete identities[path];
      rmSync(path);
    },
    live(processes) {
      for (const path of Object.keys(identities)) if (/^\/proc\/\d+/.test(path)) delete identities[path];
      script.processes = [{ pid: process.pid, inode: OWN.inode }];
      const inodes = new Set<number>();
      for (const [pid, identity] of Object.entries(processes)) {
        identities[`/proc/${pid}/ns/net`] = identity;
        if (!inodes.has(identity.inode)) script.processes.push({ pid: Number(pid), inode: identity.inode });
        inodes.add(identity.inode);
      }
      door.changeNamespaces();
    },
    run(options = {}, before = undefined) {
      const paths = { paths: [directory, docker] };
      const running = runProbe(netns as Probe, {
        door: strict,
        options: { ...paths, settleMs: 5, ...options },
        ...(before && { before }),
      });
      runs.push(running);
      return running;
    },
    seen() {
      const nodes = runs.at(-1)?.graph.now().nodes() ?? [];
      return [...nodes]
        .filter((node) => node.metadata.Type === 'netns')
        .map((node) => `${node.metadata.Name} ${String(node.metadata.Path).replace(root, '')}`)
        .sort();
    },
    async [Symbol.asyncDispose]() {
      for (const running of runs) await running.stop().catch(() => undefined);
      rmSync(root, { recursive: true });
    },
  };
}
