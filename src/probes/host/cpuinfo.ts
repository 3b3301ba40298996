/** /proc/cpuinfo (proc_cpuinfo(5)): blocks of `key : value` lines. Keys differ by architecture; absent ones are left out. */
import type { Value } from '../../graph/element.ts';

export type Cpu = { readonly [key: string]: Value };

/** More logical processors than Linux can have on any machine (CONFIG_NR_CPUS ≤ 8192). */
const CPUS_MAX = 8192;

export function parseCpuinfo(text: string): { readonly cpus: readonly Cpu[]; readonly flags: ReadonlySet<string> } {
  const blocks = text.split(/\n\s*\n/).map(parseBlock);
  const cpus = blocks.filter((block) => /^\d+$/.test(block.get('processor') ?? '')).slice(0, CPUS_MAX);
  const flags = new Set(cpus.flatMap((block) => (block.get('flags') ?? block.get('features') ?? '').split(' ')));
  return { cpus: cpus.map(readCpu), flags };
}

function parseBlock(block: string): Map<string, string> {
  return new Map(
    block.split('\n').flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const];
    }),
  );
}

function readCpu(block: Map<string, string>): Cpu {
  const first = (...keys: string[]) =>
    keys.map((key) => block.get(key)).find((value) => value !== undefined && value !== '');
  return present({
    CPU: whole(block.get('processor')),
    VendorID: first('vendor_id', 'cpu implementer'),
    Family: first('cpu family', 'cpu architecture'),
    Model: first('model', 'cpu part'),
    Stepping: whole(first('stepping', 'cpu revision')),
    PhysicalID: block.get('physical id'),
    CoreID: block.get('core id'),
    // One block is one logical processor.
    Cores: 1,
    ModelName: first('model name', 'cpu'),
    Mhz: rounded(first('cpu mhz', 'clock')),
    CacheSize: whole(block.get('cache size')),
    Microcode: block.get('microcode'),
  });
}

function present(record: Record<string, Value | undefined>): Cpu {
  return Object.fromEntries(Object.entries(record).filter((entry): entry is [string, Value] => entry[1] !== undefined));
}

/** `266240 KB` is 266240. */
function whole(text: string | undefined): number | undefined {
  const value = Number.parseInt(text ?? '', 10);
  return Number.isNaN(value) ? undefined : value;
}

// The last digits of a measured frequency differ from boot to boot.
function rounded(text: string | undefined): number | undefined {
  const value = Number.parseFloat(text ?? '');
  return Number.isNaN(value) ? undefined : Math.round(value);
}
