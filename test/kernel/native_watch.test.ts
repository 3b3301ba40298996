/** Watching namespaces on a real kernel. Needs root; where the kernel cannot, the refusal itself is what is tested. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { openDoor } from '../../src/native/index.ts';
import { eventually } from '../eventually.ts';
import { TestNetns } from './native_netns.ts';

const INDEX = new URL('../../src/native/index.ts', import.meta.url).href;
const door = openDoor();

/** Counts changes from now on; `undefined` on a kernel that cannot tell, which must then say why. */
function watching() {
  const seen = { changes: 0 };
  try {
    const watch = door.watchNamespaces(() => seen.changes++);
    return { seen, watch };
  } catch (error) {
    expect(['EPERM', 'ENOTSUP']).toContain((error as { code: string }).code);
    expect((error as Error).message).toMatch(/needs/);
    return undefined;
  }
}

/** Until nothing has been told for a while, or for two seconds: others on this machine may never be quiet. */
async function quiet(seen: { changes: number }): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const before = seen.changes;
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (seen.changes === before) break;
  }
  seen.changes = 0;
}

const sleeper = async (...command: string[]) => {
  const process = spawn(command[0] as string, command.slice(1));
  await once(process, 'spawn');
  return process;
};

test('a process that enters a new namespace or leaves it is told', async () => {
  const watched = watching();
  if (!watched) return;
  const { seen, watch } = watched;
  await quiet(seen);
  const process = await sleeper('unshare', '-n', 'sleep', '60');
  await eventually(() => expect(seen.changes).toBeGreaterThan(0));
  await quiet(seen);
  process.kill();
  await eventually(() => expect(seen.changes).toBeGreaterThan(0));
  watch.close();
});

test('a process that enters a named namespace is told', async () => {
  using netns = new TestNetns();
  const watched = watching();
  if (!watched) return;
  const { seen, watch } = watched;
  await quiet(seen);
  const process = await sleeper('ip', 'netns', 'exec', netns.name, 'sleep', '60');
  await eventually(() => expect(seen.changes).toBeGreaterThan(0));
  process.kill();
  await once(process, 'exit');
  watch.close();
});

test('when a change is told, the process is found in its namespace by looking then', async () => {
  const before = new Set((await door.processNamespaces()).map(({ inode }) => inode));
  // Others on this machine may make namespaces too.
  const found = new Set<number>();
  const look = async () => {
    for (const { inode, pid } of await door.processNamespaces()) if (!before.has(inode)) found.add(pid);
  };
  const looks: Promise<void>[] = [];
  const watched = watching();
  watched?.watch.close();
  if (!watched) return;
  const watch = door.watchNamespaces(() => looks.push(look()));
  const process = await sleeper('unshare', '-n', 'sleep', '60');
  await eventually(() => expect(found).toContain(process.pid));
  process.kill();
  watch.close();
  await Promise.all(looks);
});

test('processes that stay in their namespace tell nothing', async () => {
  const watched = watching();
  if (!watched) return;
  const { seen, watch } = watched;
  await quiet(seen);
  for (let i = 0; i < 200; i++) execFileSync('true');
  await new Promise((resolve) => setTimeout(resolve, 100));
  watch.close();
  // Others on this machine may have done something, but not for each of these.
  expect(seen.changes).toBeLessThan(100);
});

test('a closed watch tells nothing and may be closed again', async () => {
  const watched = watching();
  if (!watched) return;
  const { seen, watch } = watched;
  await quiet(seen);
  watch.close();
  watch.close();
  execFileSync('unshare', ['-n', 'true']);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(seen.changes).toBe(0);
});

test('watches are opened and closed over and over without leaving descriptors, and work side by side', async () => {
  const watched = watching();
  if (!watched) return;
  for (let i = 0; i < 20; i++) door.watchNamespaces(() => {}).close();
  const second = watching();
  execFileSync('unshare', ['-n', 'true']);
  await eventually(() => expect(Math.min(watched.seen.changes, second?.seen.changes ?? 0)).toBeGreaterThan(0));
  watched.watch.close();
  second?.watch.close();
  expect(openPrograms(process.pid)).toBe(0);
});

test('a process that is killed leaves nothing attached', async () => {
  const program = `
    import { openDoor } from ${JSON.stringify(INDEX)};
    setInterval(() => {}, 1000);
    try { openDoor().watchNamespaces(() => {}); console.log('watching'); } catch (error) { console.log(error.code); }
  `;
  const killed = spawn(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '-e',
    program,
  ]);
  const [said] = await once(killed.stdout, 'data');
  const watches = `${said}`.trim() === 'watching';
  expect(openPrograms(killed.pid as number) > 0).toBe(watches);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  // Programs live as long as a descriptor does, and descriptors go with their process: nothing was pinned.
  expect(openPrograms(killed.pid as number)).toBe(0);
});

/** How many BPF programs and links a process holds. */
function openPrograms(pid: number): number {
  const { stdout } = spawnSync('ls', ['-l', `/proc/${pid}/fd`], { encoding: 'utf8' });
  return stdout.match(/bpf-(prog|link|map)|bpf_link|ringbuf/g)?.length ?? 0;
}

test('without the capabilities it is refused by name', () => {
  const program = `
    import { openDoor } from ${JSON.stringify(INDEX)};
    try { openDoor().watchNamespaces(() => {}); } catch (error) { console.log(error.code + ' ' + error.message); }
  `;
  const options = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program];
  // Still root, so that it can read our files wherever they are.
  const dropped = ['--bounding-set=-all', '--inh-caps=-all'];
  const { stdout } = spawnSync('setpriv', [...dropped, process.execPath, ...options], { encoding: 'utf8' });
  expect(stdout).toContain('EPERM watch network namespaces (needs CAP_BPF and CAP_PERFMON)');
});
