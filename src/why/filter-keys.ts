/** Keys of packet filters and of what the kernel was told of forwarding. */

import type { Said } from './fact.ts';
import type { KindName } from './kinds.ts';
import { type KeyChange, on, one, texted } from './say.ts';

/** Undefined: it is none of these. */
export function filterSaid(key: string): ((change: KeyChange) => readonly Said[]) | undefined {
  if (/^Forwarding/.test(key)) return forwarding;
  if (/^RP_?Filter/i.test(key)) return (change) => setting(change, 'reverse-path.changed', 'reverse path filter');
  return undefined;
}

function forwarding(change: KeyChange): readonly Said[] {
  const isOff = change.to === false || change.to === 0 || change.to === undefined;
  return setting(change, isOff ? 'forwarding.off' : 'sysctl.changed', 'forwarding');
}

function setting(change: KeyChange, kind: KindName, name: string): readonly Said[] {
  const { from, to } = change;
  return one(change, kind, `${name} (${change.key}) of ${on(change)} changed from ${texted(from)} to ${texted(to)}`);
}
