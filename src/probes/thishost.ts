/** The machine Skein runs on, as probes know it. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { hostId, hostTid } from './identity.ts';
import type { ProbeHost } from './probe.ts';

/** `name` is host_id; the machine's own name when left out. Never throws. */
export function thisHost(name: string = hostname()): ProbeHost {
  return { name, id: hostId(name), tid: hostTid(name), bootId: bootId() };
}

/** Changes with every boot (random(4)). Without /proc the name has to do. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
