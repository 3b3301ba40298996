/** What is kept of a reason while it lasts: a thousand alerts that fire for much must not be megabytes at each write. */
import type { Reason, Standing } from './standing.ts';

/** Of one reason, as JSON. */
const KEPT_CHARS = 4 * 1024;

const known = new WeakMap<Reason, Reason>();

/** With the first of what it holds. Only who goes on with it after a restart tells less when it is resolved. */
export function keptStanding(standing: Standing): Standing {
  const { Reason } = standing;
  if (Reason === undefined) return standing;
  const kept = known.get(Reason) ?? shortened(Reason);
  known.set(Reason, kept);
  return kept === Reason ? standing : { ...standing, Reason: kept };
}

function shortened(reason: Reason): Reason {
  const { data } = reason;
  if (isShort(data)) return reason;
  if (!Array.isArray(data)) return { ...reason, data: null };
  let some: readonly unknown[] = data;
  while (some.length > 0 && !isShort(some)) some = some.slice(0, Math.floor(some.length / 2));
  return { ...reason, data: some.length > 0 ? some : null, count: reason.count ?? data.length };
}

function isShort(data: unknown): boolean {
  return (JSON.stringify(data) ?? '').length <= KEPT_CHARS;
}
