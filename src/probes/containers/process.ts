/** What the kernel tells of the first process of a container. */
import { readFileSync } from 'node:fs';

/** A process that has ended and was not waited for is not alive. */
export function isAlive(pid: number, startTicks?: number): boolean {
  const fields = statOf(pid);
  if (!fields || fields[0] === 'Z' || fields[0] === 'X') return false;
  return startTicks === undefined || Number(fields[19]) === startTicks;
}

/** Whether its control group is frozen (cgroups(7)): so containers are paused. */
export function isFrozen(pid: number): boolean {
  const cgroup = text(`/proc/${pid}/cgroup`) ?? '';
  const [, old] = /^\d+:(?:[^:]*,)?freezer(?:,[^:]*)?:(\/.+)$/m.exec(cgroup) ?? [];
  if (old !== undefined && text(`/sys/fs/cgroup/freezer${old}/freezer.state`)?.startsWith('FROZEN')) return true;
  const [, unified] = /^0::(\/.+)$/m.exec(cgroup) ?? [];
  return unified !== undefined && /^frozen 1$/m.test(text(`/sys/fs/cgroup${unified}/cgroup.events`) ?? '');
}

/** /proc/PID/stat from the third field on (proc_pid_stat(5)); the command in the second may hold anything. */
export function statOf(pid: number): readonly string[] | undefined {
  const stat = text(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
