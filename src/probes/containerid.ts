/**
 * Which container a process is in, by its control groups (/proc/PID/cgroup, cgroups(7)). Engines name a group after the
 * container: `/docker/ID`, `docker-ID.scope`, `libpod-ID.scope`, `libpod-payload-ID`, `crio-ID.scope`,
 * `…:cri-containerd:ID`, `kubepods/…/podUID/ID`.
 */

/**
 * 64 hexadecimal digits, or undefined outside of any container. Of containers within one another it is the outermost:
 * that is the one this machine's engine knows.
 */
export function containerIdOf(cgroup: string): string | undefined {
  for (const line of cgroup.split('\n')) {
    const id = idIn(pathOf(line));
    if (id !== undefined) return id;
  }
  return undefined;
}

/** Lines are `hierarchy:controllers:path`; names of controllers have no colon, paths may. */
function pathOf(line: string): string {
  const controllers = line.indexOf(':');
  const path = line.indexOf(':', controllers + 1);
  return controllers < 0 || path < 0 ? '' : line.slice(path + 1);
}

function idIn(path: string): string | undefined {
  for (const group of path.split('/')) {
    const [, prefix = '', id] = GROUP.exec(group) ?? [];
    // conmon watches over a container and is not in it.
    if (id !== undefined && !prefix.endsWith('conmon-')) return id;
  }
  return undefined;
}

const GROUP = /^(.*[-:])?([0-9a-f]{64})(?:\.scope)?$/;
