/**
 * A connection tried from inside a network namespace, and what came of it: what a program there would be told by the
 * kernel, with who said so. Nothing is left behind: the socket is closed again.
 */

export interface DialQuestion {
  /** Path of the namespace, as the door names it (/run/netns/NAME, /proc/PID/ns/net); our own when left out. */
  readonly namespace?: string;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** IPv4 or IPv6; a link-local one with its zone (`fe80::1%eth0`). ICMP of the family of the address. */
  readonly address: string;
  /** Of TCP and UDP. */
  readonly port?: number;
  /** Address to dial from; the kernel's choice when left out. */
  readonly from?: string;
  readonly timeoutMs: number;
  /**
   * What is sent: UDP's datagram (left out: what the service of that port is known to answer, otherwise nothing), the
   * data of an echo, what TCP says once it is connected (left out: nothing is said).
   */
  readonly payload?: Uint8Array;
  /** Of UDP and ICMP: bytes of the whole IP packet, as an MTU counts them; it must not be fragmented then. */
  readonly size?: number;
  /** TCP: stays connected so long, to be seen by whoever looks. It counts towards no time-out. */
  readonly holdMs?: number;
}

/**
 * - `connected`    TCP: the handshake is complete
 * - `answered`     a reply has come: a datagram, an echo reply, the first bytes of a TCP service that was sent a payload
 * - `refused`      nobody listens: a reset as the answer to the first packet, or an ICMP port unreachable
 * - `reset`        a TCP connection was made, and reset while it was held
 * - `timeout`      nothing came
 * - `unreachable`  an ICMP error says so: `icmp` has which, and who sent it; our own kernel when no neighbour answers
 * - `no-route`     the namespace has no route there, or one that says so; or the interface is down (errno ENETDOWN)
 * - `denied`       the kernel of the namespace refused to send: a packet filter, a policy, a route of type prohibit
 * - `too-big`      the packet is larger than the MTU `mtu`, here or at the router that `icmp` names
 */
export type DialOutcome =
  | 'connected'
  | 'answered'
  | 'refused'
  | 'reset'
  | 'timeout'
  | 'unreachable'
  | 'no-route'
  | 'denied'
  | 'too-big';

export interface DialLocal {
  readonly address: string;
  /** Of TCP and UDP; of ICMP the id of the echo, as tracking IDs have it. */
  readonly port: number;
}

export interface IcmpError {
  readonly type: number;
  readonly code: number;
  /** Who sent it; an address of the namespace itself when its own kernel did. */
  readonly from: string;
}

export interface Dialled {
  readonly outcome: DialOutcome;
  /** A sentence for people: what came, from whom, and what it does not say. */
  readonly sentence: string;
  /** From the first packet to the answer or the error, by the kernel's own clock where it has one. Absent: nothing came. */
  readonly rttMs?: number;
  /** What the dial was from; absent where it did not come so far. */
  readonly local?: DialLocal;
  /** The kernel's word: 'ECONNREFUSED'. Absent where it said none. */
  readonly errno?: string;
  readonly icmp?: IcmpError;
  /** Of `too-big`. */
  readonly mtu?: number;
  /** Bytes of the reply. */
  readonly answerBytes?: number;
}

/**
 * Rejects with a Mistake for what cannot be asked (no port for TCP, an address that is none), with Unavailable where it
 * cannot be tried (the namespace is gone, CAP_NET_RAW is missing, `from` is no address there); with the signal's reason
 * when that aborts. Everything else is an outcome.
 */
export type Dial = (question: DialQuestion, signal: AbortSignal) => Promise<Dialled>;
