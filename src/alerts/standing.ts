/** How one condition stands: what was seen of it → what it is now, and whether someone is to be told. */

export interface Standing {
  /** Of the alert. */
  readonly UUID: string;
  readonly State: 'inactive' | 'pending' | 'firing';
  /** Epoch ms. */
  readonly Since: number;
  /** Names the firing, and when it began; there while it fires. */
  readonly Firing?: string;
  readonly StartedAt?: number;
  /** Messages of this firing so far. */
  readonly Sequence?: number;
  readonly Reason?: Reason;
  /** Why it could not be looked at the last time. */
  readonly Error?: string;
  /** Epoch ms: since when its condition does not hold, while it still counts as firing. */
  readonly ClearSince?: number;
}

export interface Reason {
  /** What makes one reason another: the ids of elements, else the values. */
  readonly key: string;
  /** In short, for people. */
  readonly text: string;
  /** JSON, bounded. */
  readonly data: unknown;
  /** How many there are, where `data` holds the first of them. */
  readonly count?: number;
}

export interface Patience {
  /** How long it has to hold before it fires, and to be over before it is resolved. ms */
  readonly forMs: number;
  readonly keepMs: number;
}

export interface Stood {
  readonly standing: Standing;
  readonly told?: 'firing' | 'resolved';
  /** It has to be looked at again then, even if nothing changes. Epoch ms. */
  readonly againAt?: number;
}

export function stood(
  before: Standing,
  seen: { readonly atMs: number; readonly reason: Reason | undefined },
  { forMs, keepMs }: Patience,
  newId: () => string,
): Stood {
  const { atMs, reason } = seen;
  return reason === undefined ? cleared(before, atMs, keepMs) : held(before, reason, { atMs, forMs, newId });
}

function held(
  before: Standing,
  reason: Reason,
  { atMs, forMs, newId }: { readonly atMs: number; readonly forMs: number; readonly newId: () => string },
): Stood {
  const { UUID } = before;
  if (before.State === 'firing') {
    const { ClearSince: _, ...rest } = before;
    if (before.Reason?.key === reason.key) return { standing: { ...rest, Reason: reason } };
    return { standing: { ...rest, Reason: reason, Sequence: (before.Sequence ?? 0) + 1 }, told: 'firing' };
  }
  const since = before.State === 'pending' ? before.Since : atMs;
  if (atMs - since < forMs)
    return { standing: { UUID, State: 'pending', Since: since, Reason: reason }, againAt: since + forMs };
  const fires = { UUID, State: 'firing', Since: atMs, Firing: newId(), StartedAt: since, Sequence: 1 } as const;
  return { standing: { ...fires, Reason: reason }, told: 'firing' };
}

function cleared(before: Standing, atMs: number, keepMs: number): Stood {
  const { UUID } = before;
  if (before.State === 'inactive') return { standing: before };
  if (before.State === 'pending') return { standing: { UUID, State: 'inactive', Since: atMs } };
  const clearSince = before.ClearSince ?? atMs;
  if (atMs - clearSince < keepMs)
    return { standing: { ...before, ClearSince: clearSince }, againAt: clearSince + keepMs };
  const { Reason, Firing, StartedAt, Sequence = 0 } = before;
  const over = { UUID, State: 'inactive', Since: atMs } as const;
  // What it was is told once more; only its state is what stays.
  return {
    standing: {
      ...over,
      Sequence: Sequence + 1,
      ...(Reason && { Reason }),
      ...(Firing !== undefined && { Firing }),
      ...(StartedAt !== undefined && { StartedAt }),
    },
    told: 'resolved',
  };
}
