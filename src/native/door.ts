import type { SocketDoor } from './sockets.ts';

/**
 * The one typed door to the addon. Everything is bytes and plain numbers; meaning is given above.
 * Failures are Errors with `code` (errno's name, e.g. 'ENOENT') and a message that says what was attempted.
 */
export interface Door extends SocketDoor {
  /**
   * Opens a netlink socket inside a network namespace. The socket is created on a thread of its own that enters the
   * namespace; the namespace of the calling thread never changes. While the socket is open the namespace lives on,
   * also when its name and its last process are gone.
   */
  openNetlink(options: NetlinkOptions): Promise<NetlinkSocket>;
  /** Opens a socket for device ioctls (ethtool) inside a namespace, the same way. */
  openDevices(options: { readonly netns?: string }): Promise<DeviceSocket>;
  /**
   * Opens a packet socket for frames of one protocol (linux/if_ether.h) that reach a namespace, or one interface of it.
   * Frames that this machine sends itself are left out. Needs CAP_NET_RAW there.
   */
  openFrames(options: FramesOptions): Promise<FrameSocket>;
  /** Who a namespace is: /proc/self/ns/net, /run/netns/NAME, /proc/PID/ns/net. Opens it for reading only. */
  netnsIdentity(path: string): NetnsIdentity;
  /** One process for each network namespace that processes live in: pid and inode, read from /proc on a thread. */
  processNamespaces(): Promise<readonly { readonly pid: number; readonly inode: number }[]>;
  /**
   * Tells whenever a network namespace may have been created, entered or left by a process: at once, but at most
   * every 10 ms, and once more 60 ms after the last change, when who was leaving has left. It does not say which: look
   * and compare. `kind` says how it is known: "tracepoints" of processes, which miss an unshare() that no fork or exec
   * follows, or "tracepoints, watchpoint", which misses nothing. Throws an Error with code EPERM or ENOTSUP, naming
   * what is missing, where the kernel cannot; the caller then polls. Does not keep the process alive.
   */
  watchNamespaces(onChange: () => void): NamespaceWatch;
}

export interface NetlinkOptions {
  /** Path of the namespace; our own when left out. */
  readonly netns?: string;
  /** NETLINK_ROUTE 0, NETLINK_NETFILTER 12, NETLINK_GENERIC 16… */
  readonly protocol: number;
  /** Multicast groups to join (numbers, not masks). */
  readonly groups?: readonly number[];
  /** SO_RCVBUFFORCE, or SO_RCVBUF where that is refused. */
  readonly receiveBufferBytes?: number;
  /** A classic BPF program (structs sock_filter, linux/filter.h): the kernel drops messages for which it gives 0. */
  readonly filter?: Uint8Array;
  /** NETLINK_GET_STRICT_CHK: the kernel filters dumps by the request's header. */
  readonly strict?: boolean;
  /** NETLINK_LISTEN_ALL_NSID: also hear of namespaces that have an id here. */
  readonly allNamespaces?: boolean;
}

export interface NetlinkSocket {
  readonly portId: number;
  /**
   * Resolves when the kernel has taken the message, which it does under its own locks; the answer may come before. The
   * message is copied. Messages arrive in the order they were sent in, also across sockets. Rejects with what the kernel
   * refused, and with ENOBUFS when too many wait.
   */
  send(message: Uint8Array): Promise<void>;
  /**
   * Starts delivery; called once. A batch holds one or more whole netlink messages back to back, each aligned to 4.
   * The buffer is the listener's to keep. `overrun`: the kernel dropped messages before this batch (ENOBUFS); the
   * batch may then be empty. `nsid`: the namespace the whole batch is about, by its id in the socket's own (see
   * `allNamespaces`); -1 for the socket's own.
   *
   * A socket that listens is in use and stays open until close(). It does not keep the process alive.
   */
  onBatch(listener: (batch: Uint8Array, overrun: boolean, nsid: number) => void): void;
  /** Idempotent. Nothing is delivered after it returns, and what was not sent rejects with EBADF. A socket forgotten before onBatch closes itself. */
  close(): void;
}

export interface FramesOptions {
  readonly netns?: string;
  /** 0x88cc LLDP; 4: frames with a length instead of a type (802.2). */
  readonly protocol: number;
  /** Left out: all interfaces. An interface that a kernel datapath of Open vSwitch holds is heard only when it is named, with protocol 3 (all). That one brings what the machine sends too. */
  readonly interfaceIndex?: number;
  /** BPF program (8 bytes an instruction, linux/filter.h); left out: all frames of the protocol pass. */
  readonly filter?: Uint8Array;
}

export interface FrameSocket {
  /** Has an interface pass frames for a multicast address of 6 bytes; until the socket is closed. Rejects like send(). */
  join(interfaceIndex: number, address: Uint8Array): Promise<void>;
  /**
   * Starts delivery; called once. A batch is frames back to back: interface index and length (4 bytes each, little end
   * first), the frame from its Ethernet header on, filled up to a multiple of 4. The buffer is the listener's to keep.
   */
  onFrames(listener: (batch: Uint8Array) => void): void;
  /** Idempotent. Nothing is delivered after it returns. */
  close(): void;
}

export interface DeviceSocket {
  /**
   * SIOCETHTOOL on an interface: the command's struct goes in, a copy comes back as the kernel filled it. Commands that
   * are given at once are answered in that order and cost one wait. Rejects like send().
   */
  ethtool(interfaceName: string, command: Uint8Array): Promise<Uint8Array>;
  /** Idempotent. What was not asked yet rejects with EBADF. */
  close(): void;
}

export interface NetnsIdentity {
  /**
   * SO_NETNS_COOKIE / NS_GET_ID: unique while the machine runs, unlike the inode, which is reused at once. 0 where the
   * kernel has none (before 5.14).
   */
  readonly cookie: bigint;
  readonly inode: number;
  readonly device: number;
}

export interface NamespaceWatch {
  readonly kind: string;
  close(): void;
}
