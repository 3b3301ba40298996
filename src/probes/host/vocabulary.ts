/** What is known of a host. Names are Skydive's where it has one. */
import * as z from 'zod';
import { field, nodeType } from '../../model/vocabulary.ts';

const Cpu = z.object({
  CPU: z.int(),
  VendorID: z.string(),
  Family: z.string(),
  Model: z.string(),
  Stepping: z.int(),
  PhysicalID: z.string(),
  CoreID: z.string(),
  Cores: z.int(),
  ModelName: z.string(),
  Mhz: z.number(),
  CacheSize: z.int(),
  Microcode: z.string(),
});

const NumaNode = z.object({
  Node: z.int(),
  CPU: z.array(z.int()),
  MemoryTotal: z.int().optional(),
  Distance: z.array(z.int()).optional(),
});

const text = (doc: string, example: string) => field(z.string().optional(), { doc, example });

export const Host = nodeType('host', 'A machine: the root of everything that is found on it.', {
  Type: field(z.literal('host'), { doc: 'Kind of node', example: 'host', index: true }),
  Name: field(z.string(), { doc: 'host_id: the name it is known by', example: 'node1', index: true }),
  TID: field(z.string(), {
    doc: 'Name that stays over restarts, derived from Name',
    example: '78ce3a96-6e6a-5208-58cd-17c3bc216b64',
    index: true,
  }),
  Hostname: text('Name the machine has for itself (uname)', 'node1.example.org'),
  GivenKeys: field(z.array(z.string()).optional(), {
    doc: 'Keys of this node that come from the configuration (probes.host.metadata)',
    example: ['rack', 'site'],
  }),
  InstanceID: text('Name the cloud gave it (/var/lib/cloud/data/instance-id)', 'i-0123456789abcdef0'),
  MachineID: text('Name of the installation (/etc/machine-id)', '0123456789abcdef0123456789abcdef'),
  BootID: text('Changes with every boot (/proc/sys/kernel/random/boot_id)', '5f3c1c6e-8a52-4b6a-9f0c-2f6f0a1d7c11'),
  BootTime: field(z.int().optional(), {
    doc: 'When it was booted (/proc/stat)',
    example: 1_795_255_000_000,
    unit: 'ms since 1970',
  }),
  OS: text('Operating system', 'linux'),
  Platform: text('Distribution (os-release)', 'debian'),
  PlatformFamily: text('Distribution that it descends from', 'debian'),
  PlatformVersion: text('Version of the distribution', '12.11'),
  KernelVersion: text('Release of the kernel (uname -r)', '6.12.0-1-amd64'),
  Architecture: text('Hardware the kernel runs on (uname -m)', 'x86_64'),
  VirtualizationSystem: text('What it is virtualized by, or what it virtualizes with', 'kvm'),
  VirtualizationRole: field(z.enum(['guest', 'host']).optional(), {
    doc: 'Whether it runs on that, or others run on it',
    example: 'guest',
  }),
  KernelCmdLine: field(z.record(z.string(), z.union([z.literal(true), z.string(), z.array(z.string())])).optional(), {
    doc: 'Parameters of the kernel: true for a bare word, a list for one that is given several times',
    example: { quiet: true, console: ['tty0', 'ttyS0'] },
  }),
  CPU: field(z.array(Cpu).optional(), {
    doc: 'Logical processors (/proc/cpuinfo); Mhz in MHz, CacheSize in KiB',
    example: [{ CPU: 0, VendorID: 'GenuineIntel', CoreID: '0', Mhz: 2300, CacheSize: 266_240 }],
  }),
  IsolatedCPU: field(z.array(z.int()).optional(), {
    doc: 'Processors the scheduler leaves alone (isolcpus)',
    example: [2, 3],
  }),
  MemoryTotal: field(z.int().optional(), { doc: 'Memory the kernel manages', example: 8_589_934_592, unit: 'bytes' }),
  NUMA: field(z.array(NumaNode).optional(), {
    doc: 'Memory nodes with their processors; MemoryTotal in bytes; Distance to each node as the firmware says',
    example: [{ Node: 0, CPU: [0, 1], MemoryTotal: 8_589_934_592, Distance: [10] }],
  }),
  Config: field(z.record(z.string(), z.unknown()).optional(), {
    doc: 'Values from files that the configuration names, each under its name',
    example: { zone: 'rack-7' },
  }),
});
