/** Lists of processors as sysfs writes them (`0-3,8,10-11`; cpuset(7), "List format"). */

/** Dirty input gives what could be read of it; no more than `CPUS_MAX` numbers. */
export function parseCpuList(text: string): number[] {
  const cpus: number[] = [];
  for (const range of text.trim().split(',')) {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range) ?? [];
    for (let cpu = Number(first); cpu <= Number(last) && cpus.length < CPUS_MAX; cpu++) cpus.push(cpu);
  }
  return cpus;
}

const CPUS_MAX = 8192;
