/**
 * What a live flow is in memory: 152 bytes that all have, and side records for what only some have. Words of 32 bits;
 * those named `…F` are floats, counted in pairs of words.
 */

export const row = {
  words: 38,
  loPacketsF: 0,
  loBytesF: 1,
  hiPacketsF: 2,
  hiBytesF: 3,
  startF: 4,
  lastF: 5,
  /** Lower half first, as in all pairs. */
  key: 12,
  tracking: 14,
  uuid: 16,
  /** IPv4 address; of IPv6 `lo` is the side record of both. */
  lo: 18,
  hi: 19,
  /** Ports, lo in the lower half; of ICMP class, code (8 bits each) and id. */
  ports: 20,
  /** Family (8 bits), protocol (8 bits), EtherType. */
  protocol: 21,
  /** MAC of lo (first 16 bits | first 16 bits of hi << 16), then the rest of each. */
  macs: 22,
  /** Five bits each, the first lowest; longer ones are in the rare record and 0 here. */
  layers: 25,
  /** Source in the lower half, state in the upper. */
  source: 26,
  /** Table time of its last observation, ms, the lower 32 bits. */
  touched: 27,
  ageBefore: 28,
  placeBefore: 30,
  trackingBefore: 32,
  /** Next of those that wait for their update. */
  queued: 34,
  tcp: 35,
  update: 36,
  rare: 37,
} as const;

/** In the upper half of `source`. */
export const state = {
  hiStarted: 1,
  certain: 2,
  finLo: 4,
  finHi: 8,
  rst: 16,
  /** Stands in the queue of updates; belongs to the row, whichever flow it holds. */
  queued: 32,
  /** Since its last update. */
  changed: 64,
  /** Was told at least once. */
  updated: 128,
  /** Its end was told. */
  finishTold: 256,
  alive: 512,
  ageShift: 10,
  ageMask: 31,
} as const;

/** Both addresses, four words each, big-endian. */
export const ipv6Row = { words: 8 } as const;

export const tcpRow = {
  words: 32,
  synF: 0,
  finF: 2,
  rstF: 4,
  payloadBytesF: 6,
  skippedBytesF: 8,
  retransmissions: 20,
  outOfOrder: 22,
  skipped: 24,
  segments: 26,
  /** TTL of the SYN of lo, of hi. */
  ttl: 28,
  smoothedRttNs: 29,
  rttNs: 30,
} as const;

/** Of flows that went on after their first update. */
export const updateRow = {
  words: 22,
  /** Totals when they were last told. */
  toldF: 0,
  /** What that update told, with its first and last packet. */
  deltaF: 4,
  deltaStartF: 8,
  deltaLastF: 9,
  /** First packet since. */
  pendingStartF: 10,
} as const;

export const rareRow = {
  words: 16,
  linkId: 1,
  networkId: 3,
  sampling: 4,
  /** Where there is no TCP record. */
  rttNs: 5,
  parentKey: 6,
  parentUuid: 8,
  fragments: 10,
  fragmentErrors: 11,
  /** Twelve layers, a byte each. */
  layers: 12,
} as const;
