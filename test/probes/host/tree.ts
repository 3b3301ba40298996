/** A machine as files: what it gives is under one directory that takes the place of /. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Tree extends Disposable {
  readonly path: string;
  readonly roots: { readonly proc: string; readonly sys: string; readonly etc: string; readonly cloud: string };
  write(file: string, text: string): void;
}

export function tree(files: Readonly<Record<string, string>> = {}): Tree {
  const path = mkdtempSync(join(tmpdir(), 'sk-host-'));
  const at = (file: string) => join(path, file);
  const write = (file: string, text: string) => {
    mkdirSync(dirname(at(file)), { recursive: true });
    writeFileSync(at(file), text);
  };
  for (const [file, text] of Object.entries(files)) write(file, text);
  return {
    path,
    roots: { proc: at('proc'), sys: at('sys'), etc: at('etc'), cloud: at('var/lib/cloud') },
    write,
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}

/** The machine of a recorded Skydive run, and what it said of it, but for its names. */
export const RECORDED = {
  'proc/cpuinfo': [0, 1]
    .map(
      (cpu) => `processor	: ${cpu}
vendor_id	: AuthenticAMD
cpu family	: 26
model		: 2
model name	: AMD EPYC
stepping	: 1
microcode	: 0x1000065
cpu MHz		: 2596.000
cache size	: 1024 KB
physical id	: 0
siblings	: 2
core id		: ${cpu}
cpu cores	: 2
flags		: fpu vme hypervisor
`,
    )
    .join('\n'),
  'proc/cmdline': 'console=ttyS0 reboot=k panic=1 quiet rdinit=/process_api -- --firecracker-init 2024\n',
  'proc/stat': 'cpu  1 2 3\nbtime 1795255000\n',
  'proc/meminfo': 'MemTotal:        8048684 kB\nMemFree:         1 kB\n',
  'proc/sys/kernel/osrelease': '6.18.44-fc-v669\n',
  'proc/sys/kernel/random/boot_id': '0e4e3895-3169-484c-af12-d65827c1a682\n',
  'etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n',
  'etc/debian_version': '12.11\n',
  'etc/machine-id': '3d1219c7c4c5404aaa1f6d2a48adfda4\n',
  'var/lib/cloud/data/instance-id': 'i-0abc\n',
  'sys/devices/system/cpu/isolated': '\n',
  'sys/devices/system/node/node0/cpulist': '0-1\n',
  'sys/devices/system/node/node0/meminfo': 'Node 0 MemTotal:        7039208 kB\n',
  'sys/devices/system/node/node0/distance': '10\n',
  'sys/devices/system/clocksource/clocksource0/available_clocksource': 'tsc kvm-clock \n',
};
