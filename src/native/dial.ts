/** Sockets that try to reach an address, for the door. */

export interface DialDoor {
  /**
   * A socket inside a network namespace, opened as all others are, and not yet on its way. Rejects with an Error with
   * `code`, errno's name: the namespace is gone, CAP_NET_RAW is missing for ICMP, `from` is no address there.
   */
  openDial(options: DialOptions): Promise<DialSocket>;
}

export interface DialOptions {
  /** Path of the namespace; our own when left out. */
  readonly netns?: string;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** IPv4 or IPv6, also with a zone. */
  readonly address: string;
  readonly port?: number;
  /** Of the same family. */
  readonly from?: string;
  /** Of UDP the datagram, of ICMP the data of the echo, of TCP what is said once it is connected. */
  readonly payload?: Uint8Array;
  /** As it is or not at all. */
  readonly dontFragment?: boolean;
}

export interface DialSocket {
  /** Sends; called once. The listener is never called from within, and hears nothing when it was refused at once. */
  begin(listener: (event: DialEvent) => void): DialBegun;
  /** Idempotent. Nothing is told after it returns. */
  close(): void;
}

export interface DialBegun {
  /** Where it comes from. Absent: it came not so far. */
  readonly address?: string;
  /** Of ICMP the id of the echo. */
  readonly port?: number;
  /** The kernel refused at once. */
  readonly errno?: string;
  /** Of EMSGSIZE, where the kernel told it. */
  readonly mtu?: number;
}

/** One, which is the last; but of TCP `connected` first, and then perhaps another. */
export interface DialEvent {
  readonly kind: 'connected' | 'data' | 'end' | 'error';
  /** Since it was sent. */
  readonly ms: number;
  /** Of data: how many. */
  readonly bytes?: number;
  /** Of an error. */
  readonly errno?: string;
  /** It was an ICMP message that said so. */
  readonly icmp?: { readonly type: number; readonly code: number; readonly from: string };
  /** Of EMSGSIZE: the MTU. */
  readonly info?: number;
}

/** The addon's half. */
export interface DialAddon {
  openDial(options: DialOptions): Promise<DialSocket>;
}

/** Argument mistakes reject like every other failure. */
export function asDialDoor(addon: DialAddon): DialDoor {
  return { openDial: async (options) => addon.openDial(options) };
}
