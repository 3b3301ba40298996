/** A socket of some namespace, as the kernel knows it, and the process that holds it. */

export interface Socket {
  /** The same for as long as the socket is open: the namespace's node, and the kernel's socket cookie (SO_COOKIE). */
  readonly id: string;
  /** Id of the node of its network namespace; the host's own has the host's node. */
  readonly node: string;
  readonly protocol: 'TCP' | 'UDP';
  /** '0.0.0.0' and '::' stand for all addresses; an IPv4 address inside IPv6 (::ffff:…) is told as IPv4. */
  readonly localAddress: string;
  readonly localPort: number;
  /** '' and 0 without another end. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Names of net/tcp_states.h without TCP_; UDP: ESTABLISHED when connected, else CLOSE. */
  readonly state: SocketState;
  /** Epoch ms; when it was first seen, where nobody knows when it was opened. */
  readonly openedAt: number;
  /** Epoch ms; undefined while it is open. */
  readonly closedAt?: number;
  readonly process?: SocketProcess;
  readonly traffic?: SocketTraffic;
}

export type SocketState =
  | 'ESTABLISHED'
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'FIN_WAIT1'
  | 'FIN_WAIT2'
  | 'TIME_WAIT'
  | 'CLOSE'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'LISTEN'
  | 'CLOSING'
  | 'NEW_SYN_RECV';

export interface SocketProcess {
  /** In the namespace of processes that Skein runs in. */
  readonly pid: number;
  /** What /proc/PID/comm says. */
  readonly name: string;
  /** The program's file: /proc/PID/exe. Skydive calls it Process. */
  readonly path?: string;
  /** Its arguments, cut short, with what looks like a secret taken out. */
  readonly command?: string;
  /** Name of its user, or the number of one without a name. */
  readonly user?: string;
  /** Full id of the container it runs in. */
  readonly container?: string;
}

/** TCP alone tells of these (tcp_info, linux/tcp.h). */
export interface SocketTraffic {
  /** Acknowledged by the other side. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Smoothed round trip time, µs. */
  readonly rttUs?: number;
  readonly retransmits?: number;
}

/** Where a probe says which sockets there are. */
export interface SocketWriter {
  /** These are open, or are now like this; with closedAt: they were, and nothing more will be told of them. */
  tell(sockets: readonly Socket[]): void;
  /** These were closed at `at`, epoch ms. */
  close(ids: readonly string[], at: number): void;
  /**
   * From now on all that is open in a namespace is told. What this gives is called once it has been, at `at`: what was
   * not told since is closed. Undefined: nothing was known there that may be gone.
   */
  begin(node: string): ((at: number) => void) | undefined;
  /** The namespace is gone, with all that it had. */
  gone(node: string, at: number): void;
}
