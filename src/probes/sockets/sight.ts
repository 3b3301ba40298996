/** What is seen of one socket at one moment, whoever saw it. */
export interface Sight {
  /** SO_COOKIE: the same for as long as the socket is there, and never given again while the machine runs. */
  readonly cookie: number;
  readonly protocol: typeof TCP | typeof UDP;
  /** A number of net/tcp_states.h. */
  readonly state: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** 0: not told. */
  readonly inode: number;
  /** TCP alone, and not where it was not asked for. */
  readonly traffic: Traffic | undefined;
}

export interface Traffic {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly rttUs: number;
  readonly retransmits: number;
}

/** A process as what told of it knew it. It is the same process while pid and start are. */
export interface Holder {
  readonly pid: number;
  /** Since the machine started, in 1/100 s, as field 22 of /proc/PID/stat says. */
  readonly started: number;
  readonly name: string;
  /** Where it was told. */
  readonly uid: number | undefined;
}

export const TCP = 6;
export const UDP = 17;

/** net/tcp_states.h */
export const STATE = {
  established: 1,
  synSent: 2,
  synRecv: 3,
  finWait1: 4,
  timeWait: 6,
  close: 7,
  lastAck: 9,
  listen: 10,
  newSynRecv: 12,
  boundInactive: 13,
} as const;
