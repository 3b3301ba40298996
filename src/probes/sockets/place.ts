/** A namespace that sockets are in. */
import type { Namespace } from '../probe.ts';
import type { Entry } from './entry.ts';

export interface Place {
  readonly node: string;
  /** 0: not known, and then its sockets are found from inside alone. */
  readonly netns: number;
  /** Of the ids of its sockets: a cookie is unique only while the machine runs. */
  readonly prefix: string;
  readonly entries: Set<Entry>;
  /** Those that listen. */
  readonly services: Set<Entry>;
  /** What was there when it was looked at first has been told; from now on changes are. */
  isTold: boolean;
  /** Says that all has been told, so that what an earlier run has told of and is gone goes; undefined: nothing may go. */
  endTelling: ((atMs: number) => void) | undefined;
  /** It has been said that this is everything. */
  isWhole: boolean;
}

export function placeOf({ nodeId, cookie }: Namespace, bootId: string): Place {
  return {
    node: nodeId,
    netns: Number(cookie),
    prefix: `${nodeId}-${bootId.slice(0, BOOT_CHARACTERS)}-`,
    entries: new Set(),
    services: new Set(),
    isTold: false,
    endTelling: undefined,
    isWhole: false,
  };
}

/** Enough to tell one start of the machine from the others. */
const BOOT_CHARACTERS = 8;
