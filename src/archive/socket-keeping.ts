/** How long sockets are kept, and how much of them. */

export interface SocketKeeping {
  /** Of the file and the log beside it. */
  readonly maxBytes: number;
  /** A socket goes so long after it closed. */
  readonly maxAgeMs: number;
}

export const socketDefaults: SocketKeeping = { maxBytes: 2 ** 29, maxAgeMs: 7 * 24 * 3_600_000 };

/** Sockets in one answer. */
export const SOCKETS_MAX = 200_000;
