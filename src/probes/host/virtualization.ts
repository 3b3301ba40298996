/**
 * Whether this machine is virtual, or has virtual machines on it. The innermost answer counts: a container in a virtual
 * machine is a container. Names are those Skydive's users know (kvm, xen, vbox, vmware, hyperv, docker, lxc …).
 */
export interface Virtualization {
  readonly VirtualizationSystem?: string;
  readonly VirtualizationRole?: 'guest' | 'host';
}

export interface VirtualizationHints {
  /** Flags of /proc/cpuinfo; x86 and arm64 guests have `hypervisor` there or nothing. */
  readonly cpuFlags: ReadonlySet<string>;
  readonly read: (path: string) => string | undefined;
  readonly roots: { readonly proc: string; readonly sys: string };
}

export function virtualizationOf({ cpuFlags, read, roots: { proc, sys } }: VirtualizationHints): Virtualization {
  const container = containerOf(read(`${proc}/1/environ`) ?? '', read(`${proc}/1/cgroup`) ?? '');
  if (container) return guest(container);

  // Xen's first domain sees the hypervisor too, but it is the one in control (Documentation/ABI/stable/sysfs-hypervisor-xen).
  if (read(`${sys}/hypervisor/type`)?.trim() === 'xen' || read(`${proc}/xen/capabilities`) !== undefined) {
    const inControl = (read(`${proc}/xen/capabilities`) ?? '').includes('control_d');
    return { VirtualizationSystem: 'xen', VirtualizationRole: inControl ? 'host' : 'guest' };
  }

  const maker = [
    read(`${sys}/class/dmi/id/sys_vendor`),
    read(`${sys}/class/dmi/id/product_name`),
    read(`${sys}/class/dmi/id/bios_vendor`),
  ].join('\n');
  const made = MAKERS.find(([pattern]) => pattern.test(maker))?.[1];
  if (made) return guest(made);

  const clocks = read(`${sys}/devices/system/clocksource/clocksource0/available_clocksource`) ?? '';
  if (clocks.includes('kvm-clock')) return guest('kvm');
  if (clocks.includes('hyperv_clocksource')) return guest('hyperv');
  if (cpuFlags.has('hypervisor')) return guest('vm-other');

  // The kvm device appears among the misc devices when its module is ready to serve.
  if (/^\s*\d+ kvm$/m.test(read(`${proc}/misc`) ?? '')) {
    return { VirtualizationSystem: 'kvm', VirtualizationRole: 'host' };
  }
  return {};
}

function guest(system: string): Virtualization {
  return { VirtualizationSystem: system, VirtualizationRole: 'guest' };
}

/** The first process of a container is told so in its environment, or its cgroup names who made it. */
function containerOf(environ: string, cgroup: string): string | undefined {
  const told = /(?:^|\0)container=([\w-]+)/.exec(environ)?.[1];
  if (told) return told === 'oci' ? 'docker' : told;
  return /\/(docker|lxc|kubepods|libpod|machine-rkt)\b/.exec(cgroup)?.[1];
}

const MAKERS: readonly (readonly [RegExp, string])[] = [
  [/VMware/i, 'vmware'],
  [/VirtualBox|innotek/i, 'vbox'],
  [/Microsoft Corporation\nVirtual Machine/i, 'hyperv'],
  [/Parallels/i, 'parallels'],
  [/BHYVE/i, 'bhyve'],
  [/OpenStack|QEMU|KVM|Amazon EC2|Google Compute Engine|DigitalOcean/i, 'kvm'],
];
