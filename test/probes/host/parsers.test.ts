import fc from 'fast-check';
import { parseCmdline } from '../../../src/probes/host/cmdline.ts';
import { parseCpuinfo } from '../../../src/probes/host/cpuinfo.ts';
import { parseCpuList } from '../../../src/probes/host/cpulist.ts';
import { platformOf } from '../../../src/probes/host/platform.ts';
import { virtualizationOf } from '../../../src/probes/host/virtualization.ts';

describe('kernel command line', () => {
  test('bare words are true, quoted spaces stay, what is repeated is a list', () => {
    expect(parseCmdline('ro root=UUID=a-b console=tty0 console=ttyS0,115200 dyndbg="file a +p" "x=y z" ro\n')).toEqual({
      ro: true,
      root: 'UUID=a-b',
      console: ['tty0', 'ttyS0,115200'],
      dyndbg: 'file a +p',
      x: 'y z',
    });
  });

  test('nothing is nothing, and any text is read', () => {
    expect(parseCmdline('\n')).toEqual({});
    fc.assert(fc.property(fc.string(), (text) => void parseCmdline(text)));
  });
});

describe('processors', () => {
  test('an arm64 processor has what its cpuinfo tells', () => {
    const text = `processor	: 3
BogoMIPS	: 243.75
Features	: fp asimd
CPU implementer	: 0x41
CPU architecture: 8
CPU part	: 0xd0c
CPU revision	: 1
`;
    expect(parseCpuinfo(text).cpus).toEqual([
      { CPU: 3, VendorID: '0x41', Family: '8', Model: '0xd0c', Stepping: 1, Cores: 1 },
    ]);
  });

  test('lists of processors, also broken ones', () => {
    expect(parseCpuList('0-3,8,10-11\n')).toEqual([0, 1, 2, 3, 8, 10, 11]);
    expect(parseCpuList('\n')).toEqual([]);
    expect(parseCpuList('x,5,7-,9-2')).toEqual([5]);
    expect(parseCpuList('0-99999,0-99999').length).toBe(8192);
  });
});

describe('distribution', () => {
  test.each([
    [{ osRelease: 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"' }, 'ubuntu debian 24.04'],
    [
      { osRelease: 'ID="rhel"\nID_LIKE="fedora"\nVERSION_ID="9.4"', redhatRelease: 'Red Hat 9.4 (Plow)' },
      'redhat rhel 9.4',
    ],
    [
      { osRelease: 'ID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"', redhatRelease: 'CentOS 7.9.2009 (Core)' },
      'centos rhel 7.9.2009',
    ],
    [{ osRelease: 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.5"' }, 'opensuse-leap suse 15.5'],
    [{ osRelease: "ID='alpine'\nVERSION_ID=3.20.1" }, 'alpine alpine 3.20.1'],
    [{ osRelease: 'ID=debian', debianVersion: 'trixie/sid\n' }, 'debian debian trixie/sid'],
    [{ debianVersion: '5.0.3\n' }, 'debian debian 5.0.3'],
    [{}, '  '],
  ])('%j', (files, expected) => {
    const { Platform = '', PlatformFamily = '', PlatformVersion = '' } = platformOf(files);
    expect(`${Platform} ${PlatformFamily} ${PlatformVersion}`).toBe(expected);
  });
});

describe('virtualization', () => {
  const of = (files: Record<string, string>, flags: string[] = []) => {
    const { VirtualizationSystem: system, VirtualizationRole: role } = virtualizationOf({
      cpuFlags: new Set(flags),
      read: (path) => files[path],
      roots: { proc: '/proc', sys: '/sys' },
    });
    return system && `${system} ${role}`;
  };

  test.each<[string, Record<string, string>, string[], string | undefined]>([
    ['bare metal', {}, [], undefined],
    ['bare metal with machines on it', { '/proc/misc': '232 kvm\n' }, [], 'kvm host'],
    ['QEMU', { '/sys/class/dmi/id/sys_vendor': 'QEMU\n' }, ['hypervisor'], 'kvm guest'],
    ['EC2 Nitro', { '/sys/class/dmi/id/sys_vendor': 'Amazon EC2\n' }, ['hypervisor'], 'kvm guest'],
    ['VirtualBox', { '/sys/class/dmi/id/sys_vendor': 'innotek GmbH\n' }, ['hypervisor'], 'vbox guest'],
    [
      'Hyper-V',
      { '/sys/class/dmi/id/sys_vendor': 'Microsoft Corporation', '/sys/class/dmi/id/product_name': 'Virtual Machine' },
      ['hypervisor'],
      'hyperv guest',
    ],
    ['Surface, a laptop', { '/sys/class/dmi/id/sys_vendor': 'Microsoft Corporation' }, [], undefined],
    ['Xen dom0', { '/sys/hypervisor/type': 'xen\n', '/proc/xen/capabilities': 'control_d\n' }, [], 'xen host'],
    ['Xen domU', { '/sys/hypervisor/type': 'xen\n', '/proc/xen/capabilities': '' }, [], 'xen guest'],
    ['unknown hypervisor', {}, ['hypervisor'], 'vm-other guest'],
    [
      'LXC in QEMU',
      { '/proc/1/environ': 'A=b\0container=lxc\0', '/sys/class/dmi/id/sys_vendor': 'QEMU' },
      [],
      'lxc guest',
    ],
    ['Docker, cgroup v1', { '/proc/1/cgroup': '4:memory:/docker/0123\n' }, [], 'docker guest'],
    ['Kubernetes', { '/proc/1/cgroup': '0::/kubepods/burstable/pod1\n' }, [], 'kubepods guest'],
  ])('%s', (_name, files, flags, expected) => {
    expect(of(files, flags)).toBe(expected);
  });
});
