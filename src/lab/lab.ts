/** A small network to look at and play with. It is made of namespaces, and gone with them. */
import { mistake } from '../std/mistake.ts';
import { addressOf, cables, type Machine, machines } from './plan.ts';
import type { Run } from './run.ts';

export interface LabStatus {
  readonly state: 'up' | 'partial' | 'absent';
  readonly machines: readonly LabMachine[];
}

export interface LabMachine {
  /** Name of the namespace: `lab-host1`. */
  readonly name: string;
  readonly role: Machine['role'];
  readonly exists: boolean;
  /** CIDR text, without those of the loopback. */
  readonly addresses: readonly string[];
  /** What is missing of its links. */
  readonly missing: readonly string[];
}

const PREFIX = 'lab';

/**
 * Makes the lab. Is it there, nothing changes; is it there in part, it is made anew. Throws a Mistake when a namespace
 * of that name belongs to somebody else, Unavailable when this machine refuses; then nothing is left behind.
 */
export async function labUp(run: Run, print: (line: string) => void, prefix = PREFIX): Promise<void> {
  const before = await labStatus(run, prefix);
  if (before.state === 'up') {
    print('the lab is already there');
    return;
  }
  if (before.state === 'partial') await labDown(run, () => undefined, prefix);
  try {
    await build(run, prefix);
  } catch (error) {
    await labDown(run, () => undefined, prefix);
    throw error;
  }
  const inHost = `ip netns exec ${prefix}-host1`;
  for (const line of describeLab(await labStatus(run, prefix))) print(line);
  print('');
  print(`try: ${inHost} ping ${addressOf(3)}`);
  print(`     skein query "G.V().Has('Name', '${prefix}-host1').Out('Name', 'eth0')"`);
}

/** Removes every trace of the lab, also of one that was never finished. Processes in it are ended. */
export async function labDown(run: Run, print: (line: string) => void, prefix = PREFIX): Promise<void> {
  const there = await owned(run, prefix);
  if (there.length === 0) {
    print('there is no lab');
    return;
  }
  for (const { machine, namespace } of there) {
    const pids = (await run('ip', ['netns', 'pids', namespace])).split('\n').filter(Boolean).map(Number);
    const ended = pids.filter((pid) => pid !== process.pid && end(pid));
    if (ended.length > 0)
      print(`${namespace}: ended ${ended.length === 1 ? 'process' : 'processes'} ${ended.join(', ')}`);
    // Who looks into a namespace keeps it for a moment; its cables are to go now.
    const ends = cables.flatMap(([one, end1, other, end2]) => [
      ...(one === machine.name ? [end1] : []),
      ...(other === machine.name ? [end2] : []),
    ]);
    await run('ip', ['-force', '-n', namespace, '-batch', '-'], lines(ends.map((name) => `link delete ${name}`))).catch(
      () => undefined,
    );
    await run('ip', ['netns', 'delete', namespace]);
  }
  print(`removed ${there.length} namespaces`);
}

export async function labStatus(run: Run, prefix = PREFIX): Promise<LabStatus> {
  const there = new Set((await owned(run, prefix)).map(({ machine }) => machine.name));
  const found = await Promise.all(machines.map((machine) => look(run, prefix, machine, there.has(machine.name))));
  const isWhole = found.every((machine) => machine.exists && machine.missing.length === 0);
  return { state: isWhole ? 'up' : there.size > 0 ? 'partial' : 'absent', machines: found };
}

/** One line for each namespace, for people. */
export function describeLab({ state, machines: all }: LabStatus): string[] {
  if (state === 'absent') return ['there is no lab; make one: skein lab up'];
  const width = Math.max(...all.map((machine) => machine.name.length));
  return all.map(({ name, role, exists, addresses, missing }) => {
    const lacks = missing.length > 0 ? `  lacks ${missing.join(', ')}` : '';
    return `${name.padEnd(width)}  ${role.padEnd(6)}  ${exists ? addresses.join(', ') + lacks : 'is missing'}`;
  });
}

async function build(run: Run, prefix: string): Promise<void> {
  const name = (machine: string) => `${prefix}-${machine}`;
  for (const { name: machine } of machines) {
    await run('ip', ['netns', 'add', name(machine)]);
    await run('ip', ['-n', name(machine), 'link', 'set', 'lo', 'alias', MARK]);
  }
  const pairs = cables.map(
    ([one, end1, other, end2]) =>
      `link add name ${end1} netns ${name(one)} type veth peer name ${end2} netns ${name(other)}`,
  );
  await run('ip', ['-batch', '-'], lines(pairs));
  for (const machine of machines) {
    await run('ip', ['-n', name(machine.name), '-batch', '-'], lines(machine.setup));
    if (machine.forwards) await run('ip', ['netns', 'exec', name(machine.name), 'tee', FORWARDING], '1\n');
  }
}

const FORWARDING = '/proc/sys/net/ipv4/ip_forward';
/** Written on the loopback of each namespace that is ours, so that no other of that name is ever removed. */
const MARK = 'skein lab';

/** Our namespaces that exist. A fresh one without its mark is one that we did not get to. */
async function owned(run: Run, prefix: string): Promise<{ machine: Machine; namespace: string }[]> {
  const named = new Set((await run('ip', ['netns', 'list'])).split('\n').map((line) => line.split(' ')[0]));
  const there = machines
    .map((machine) => ({ machine, namespace: `${prefix}-${machine.name}` }))
    .filter(({ namespace }) => named.has(namespace));
  for (const { namespace } of there) {
    const links = (await run('ip', ['-n', namespace, '-json', 'link', 'show'])) || '[]';
    const parsed = JSON.parse(links) as { ifalias?: string; flags?: string[] }[];
    const isMarked = parsed.some((link) => link.ifalias === MARK);
    const isFresh = parsed.every((link) => !link.flags?.includes('UP'));
    if (!isMarked && !isFresh)
      throw mistake('lab.foreign', `the namespace ${namespace} is not of this lab`, 'rename it, or remove it yourself');
  }
  return there;
}

async function look(run: Run, prefix: string, machine: Machine, exists: boolean): Promise<LabMachine> {
  const name = `${prefix}-${machine.name}`;
  if (!exists) return { name, role: machine.role, exists, addresses: [], missing: [] };
  const text = (await run('ip', ['-n', name, '-json', 'address', 'show'])) || '[]';
  const links = JSON.parse(text) as {
    ifname?: string;
    flags?: string[];
    addr_info?: { family?: string; scope?: string; local?: string; prefixlen?: number }[];
  }[];
  const isUp = (wanted: string) => links.some((link) => link.ifname === wanted && link.flags?.includes('UP'));
  const wanted = machine.setup.flatMap((line) => /^link set (\S+) up$/.exec(line)?.[1] ?? []);
  const addresses = links
    .flatMap((link) => link.addr_info ?? [])
    .filter((address) => address.family === 'inet' && address.scope === 'global')
    .map((address) => `${address.local}/${address.prefixlen}`);
  return { name, role: machine.role, exists, addresses, missing: wanted.filter((link) => !isUp(link)) };
}

function end(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

function lines(commands: readonly string[]): string {
  return commands.map((command) => `${command}\n`).join('');
}
