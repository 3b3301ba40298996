/** Counters of block devices: /proc/diskstats (Documentation/admin-guide/iostats.rst). A sector there is 512 bytes. */

const SECTOR_BYTES = 512;
const NAMES = ['Reads', 'ReadsMerged', 'ReadBytes', 'ReadTime', 'Writes', 'WritesMerged', 'WriteBytes', 'WriteTime'];

/** By name of the kernel, without /dev/. Times in ms; QueueTime weighs each ms by how many requests waited. */
export function readDiskStats(text: string): Map<string, Record<string, number>> {
  const found = new Map<string, Record<string, number>>();
  for (const line of text.split('\n')) {
    const [, , name, ...words] = line.trim().split(/\s+/);
    const numbers = words.map(Number);
    if (name === undefined || numbers.length < 11 || numbers.some((number) => !Number.isFinite(number))) continue;
    const total = Object.fromEntries(NAMES.map((key, at) => [key, numbers[at] as number]));
    total.ReadBytes = (total.ReadBytes as number) * SECTOR_BYTES;
    total.WriteBytes = (total.WriteBytes as number) * SECTOR_BYTES;
    found.set(name, { ...total, BusyTime: numbers[9] as number, QueueTime: numbers[10] as number });
  }
  return found;
}
