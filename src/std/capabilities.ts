/** What a process may do (capabilities(7)): names and bits of linux/capability.h, those that matter here. */
const BITS: ReadonlyMap<string, bigint> = new Map([
  ['CAP_DAC_READ_SEARCH', 2n],
  ['CAP_NET_ADMIN', 12n],
  ['CAP_NET_RAW', 13n],
  ['CAP_SYS_PTRACE', 19n],
  ['CAP_SYS_ADMIN', 21n],
  ['CAP_PERFMON', 38n],
  ['CAP_BPF', 39n],
]);

/** Before Linux 5.8 there was one for all of it, which still does. */
const IMPLIED_BY_ADMIN = new Set(['CAP_PERFMON', 'CAP_BPF']);

/** The effective ones (CapEff) out of the text of /proc/PID/status; undefined when it does not tell. */
export function effectiveIn(status: string): bigint | undefined {
  const [, hex] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  return hex === undefined ? undefined : BigInt(`0x${hex}`);
}

export function hasCapability(effective: bigint, name: string): boolean {
  const has = (one: string) => ((effective >> (BITS.get(one) ?? 0n)) & 1n) === 1n;
  return has(name) || (IMPLIED_BY_ADMIN.has(name) && has('CAP_SYS_ADMIN'));
}

/** Which of the capabilities that a text names are not there. Names that are not known here count as there. */
export function lackingIn(text: string, effective: bigint): string[] {
  const named = new Set(text.match(/\bCAP_[A-Z_]+\b/g));
  return [...named].filter((name) => BITS.has(name) && !hasCapability(effective, name));
}
