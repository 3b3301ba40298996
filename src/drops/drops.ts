/** Packets that the kernel drops, with its reason and the place, while somebody watches. */

/** Packets between two addresses in either direction, or of one address with anybody. */
export interface WatchedPackets {
  /** IPv4 or IPv6 address of one end. */
  readonly a: string;
  /** The other end; any when left out. */
  readonly b?: string;
  /** IP protocol number; any when left out. */
  readonly protocol?: number;
  /** Ports of the ends; any when left out. Packets without ports (later fragments) are told all the same. */
  readonly aPort?: number;
  readonly bPort?: number;
  /** Of ICMP echoes: their id. */
  readonly icmpId?: number;
}

export interface DropsQuestion {
  /** Left out: all that the kernel drops. */
  readonly packets?: readonly WatchedPackets[];
  /** Cookies of network namespaces (`Cookie` of netns nodes, decimal); all of the host when left out. */
  readonly namespaces?: readonly string[];
  /** Drops that are kept, DROPS_KEPT when left out; further ones are counted. 0: none, for who listens alone. */
  readonly most?: number;
}

export interface Drop {
  /** Host of the kernel that dropped it. */
  readonly host: string;
  /** Epoch, ns as a decimal text: more digits than a number has. */
  readonly timeNs: string;
  /** Epoch ms. */
  readonly timeMs: number;
  /** enum skb_drop_reason of that kernel without its prefix: NETFILTER_DROP. Its number where it has no name. */
  readonly reason: string;
  /** Function of the kernel that dropped it, `nf_hook_slow`; absent where the kernel does not tell. */
  readonly symbol?: string;
  /** Cookie of the network namespace, decimal, as `Cookie` of netns nodes; absent where it is not known. */
  readonly cookie?: string;
  readonly inode?: number;
  /** In the namespace that the watching Skein runs in itself: that of the host's node. */
  readonly isOwn?: boolean;
  /** Interface it came by or was to leave by, in that namespace; absent when there is none yet. */
  readonly ifIndex?: number;
  /** `in`: it came by that interface; `forward`: it came by `inIfIndex` and was to leave by it; `out`: it was sent here. */
  readonly direction: 'in' | 'out' | 'forward';
  readonly inIfIndex?: number;
  /** Bytes of the packet at that point. */
  readonly length: number;
  readonly tuple: DropTuple;
}

/** Of the packet as it was when it was dropped: behind a NAT, its addresses are the translated ones. */
export interface DropTuple {
  readonly from: string;
  readonly to: string;
  /** IP protocol number; 0 of ARP. */
  readonly protocol: number;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly icmp?: { readonly type: number; readonly code: number; readonly id: number };
  /** SYN 2, RST 4, FIN 1, ACK 16 … */
  readonly tcpFlags?: number;
  readonly ttl?: number;
}

export interface DropsWatch extends AsyncDisposable {
  /** In the order they happened, as far as they have come: up to 100 ms late. See `settled`. */
  drops(): readonly Drop[];
  /** Of those watched, that were not kept: for want of room here, or in the kernel's buffer (of all watches). */
  lost(): number;
  /** Resolves when what was dropped until now has come. */
  settled(): Promise<void>;
  /** Why it tells less than it should: an agent that is gone. */
  trouble(): string | undefined;
  /** Calls for each that comes from now on; what comes back ends it. */
  listen(listener: (drop: Drop) => void): () => void;
}

/** Rejects with Unavailable where the kernel cannot tell (no BTF, no CAP_BPF), with a Mistake for wrong addresses. */
export type WatchDrops = (question: DropsQuestion) => Promise<DropsWatch>;

/** Drops that one watch keeps. */
export const DROPS_KEPT = 4_096;
/** Watches at the same time, of one host. */
export const WATCHES_MAX = 1_024;
