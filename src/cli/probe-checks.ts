/** What `skein doctor` finds about each probe: what is there, what is missing, and what would make it work. */
import type { Status } from '../contract/status.ts';
import type { Check } from './check.ts';

type Probe = Status['Probes'][string];

export function probeChecks({ Probes }: Status): Check[] {
  return Object.entries(Probes).flatMap(([name, probe]) => [stateOf(name, probe), ...lacksOf(name, probe)]);
}

function stateOf(probe: string, { Status, LastError, Needs, Complaint, Notice, Doc, Sees = {} }: Probe): Check {
  const name = `probe ${probe}`;
  if (Status === 'off') {
    const would = Doc === undefined ? undefined : `name it in --probes-enabled to see: ${Doc}`;
    return { name, state: 'ok', text: 'off', ...(would !== undefined && { would }) };
  }
  if (Status !== 'up' && LastError !== undefined)
    return { name, state: 'warn', text: LastError, ...(Needs !== undefined && { would: Needs }) };
  if (Complaint !== undefined) return { name, state: 'warn', text: Complaint };
  const there = Object.entries(Sees).map(([type, count]) => `${count} ${type}`);
  const parts = [there.slice(0, TYPES_SHOWN).join(', '), Notice ?? ''].filter((part) => part !== '');
  return { name, state: 'ok', text: parts.join('; ') || (Status === 'up' ? 'nothing to show' : Status) };
}

/** Interfaces come in many types. */
const TYPES_SHOWN = 8;

function lacksOf(probe: string, { Missing = [] }: Probe): Check[] {
  return Missing.map(({ What, Without }) => ({
    name: `probe ${probe}`,
    state: 'warn',
    text: `lacks ${What}: ${Without}`,
    would: `run skein up as root, or give it ${What} (AmbientCapabilities of systemd, or setcap)`,
  }));
}
