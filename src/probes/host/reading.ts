/** Reads once what the files of a machine say of it. What cannot be read is left out. */
import { readdirSync, readFileSync } from 'node:fs';
import { arch, machine, platform, release } from 'node:os';
import type { Metadata } from '../../graph/element.ts';
import { parseCmdline } from './cmdline.ts';
import { parseCpuinfo } from './cpuinfo.ts';
import { parseCpuList } from './cpulist.ts';
import { platformOf } from './platform.ts';
import { virtualizationOf } from './virtualization.ts';

export interface Roots {
  readonly proc: string;
  readonly sys: string;
  readonly etc: string;
  readonly cloud: string;
}

/** Everything but names. Takes some milliseconds: /proc/cpuinfo asks every processor. */
export function readHost({ proc, sys, etc, cloud }: Roots): Metadata {
  const { cpus, flags } = parseCpuinfo(read(`${proc}/cpuinfo`) ?? '');
  const isolated = parseCpuList(read(`${sys}/devices/system/cpu/isolated`) ?? '');
  return present({
    InstanceID: line(`${cloud}/data/instance-id`),
    MachineID: line(`${etc}/machine-id`),
    BootID: line(`${proc}/sys/kernel/random/boot_id`),
    BootTime: bootTimeMs(read(`${proc}/stat`) ?? ''),
    OS: platform(),
    ...platformOf({
      osRelease: read(`${etc}/os-release`),
      debianVersion: read(`${etc}/debian_version`),
      redhatRelease: read(`${etc}/redhat-release`),
    }),
    KernelVersion: line(`${proc}/sys/kernel/osrelease`) ?? release(),
    Architecture: machine() || arch(),
    ...virtualizationOf({ cpuFlags: flags, read, roots: { proc, sys } }),
    KernelCmdLine: parseCmdline(read(`${proc}/cmdline`) ?? ''),
    CPU: cpus.map((cpu) => ({ ...cpu, ...highestMhz(`${sys}/devices/system/cpu/cpu${cpu.CPU}`) })),
    IsolatedCPU: isolated.length > 0 ? isolated : undefined,
    MemoryTotal: memoryBytes(read(`${proc}/meminfo`) ?? ''),
    NUMA: readNuma(`${sys}/devices/system/node`),
  });
}

// What a processor does at this moment changes with its load; what it can do does not.
function highestMhz(cpu: string): Metadata {
  const khz = Number(read(`${cpu}/cpufreq/cpuinfo_max_freq`));
  return khz > 0 ? { Mhz: Math.round(khz / 1000) } : {};
}

function readNuma(directory: string): Metadata[] | undefined {
  const nodes = names(directory)
    .flatMap((name) => /^node(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  if (nodes.length === 0) return undefined;
  return nodes.map((node) => {
    const path = `${directory}/node${node}`;
    const distances = (read(`${path}/distance`) ?? '').split(/\s+/).filter(Boolean).map(Number);
    return present({
      Node: node,
      CPU: parseCpuList(read(`${path}/cpulist`) ?? ''),
      MemoryTotal: memoryBytes(read(`${path}/meminfo`) ?? ''),
      Distance: distances.length > 0 && distances.every(Number.isInteger) ? distances : undefined,
    });
  });
}

/** `MemTotal: 8048684 kB` in /proc/meminfo, `Node 0 MemTotal: 8048684 kB` in a NUMA node's. */
function memoryBytes(meminfo: string): number | undefined {
  const kilobytes = /^(?:Node \d+ )?MemTotal:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function bootTimeMs(stat: string): number | undefined {
  const seconds = /^btime (\d+)$/m.exec(stat)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

function line(path: string): string | undefined {
  return read(path)?.trim() || undefined;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function present(record: Record<string, Metadata[string] | undefined>): Metadata {
  return Object.fromEntries(Object.entries(record).filter((entry) => entry[1] !== undefined)) as Metadata;
}
