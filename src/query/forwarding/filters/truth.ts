/** Whether a condition holds: known, likely, or not to be told. */

export interface Truth {
  readonly holds: boolean;
  /** Undefined: it is known. `usual`: it is so unless something is out of the ordinary; `open`: nobody can tell. */
  readonly doubt?: { readonly kind: 'usual' | 'open'; readonly why: string };
}

export const YES: Truth = { holds: true };
export const NO: Truth = { holds: false };

export function usual(holds: boolean, why: string): Truth {
  return { holds, doubt: { kind: 'usual', why } };
}

export function open(why: string): Truth {
  return { holds: false, doubt: { kind: 'open', why } };
}

export function known(holds: boolean): Truth {
  return holds ? YES : NO;
}

/** What is known to fail settles it, whatever else is in doubt. */
export function both(one: Truth, other: Truth): Truth {
  if (isNo(one) || isNo(other)) return NO;
  const doubt = one.doubt?.kind === 'open' ? one.doubt : (other.doubt ?? one.doubt);
  return { holds: one.holds && other.holds, ...(doubt && { doubt }) };
}

export function isNo({ holds, doubt }: Truth): boolean {
  return !holds && doubt === undefined;
}

export function not(truth: Truth): Truth {
  return { ...truth, holds: !truth.holds };
}
