/*
 * What crosses between bpf/flow*.bpf.c and native/src/ebpf: the table in front, what is evicted from it, first packets,
 * and the facts of TCP and of drops. All of it is in the byte order of the machine, except where it says otherwise.
 */
#ifndef SKEIN_FLOW_H
#define SKEIN_FLOW_H

#include <linux/types.h>

/*
 * An interface, for as long as the machine runs: the cookie of its namespace and its index, exact up to 2^33 namespaces.
 */
#define FLOW_PLACE(cookie, ifindex) ((__u64)(cookie) << 31 | (__u64)(ifindex))

/*
 * A conversation at a place. Of its two ends `lo` is the one with the smaller address, then the smaller port.
 *   what     ports lo | hi << 16 (ICMP: id; VXLAN, Geneve: VNI), detail << 32 (ICMP: type << 8 | code; VXLAN, Geneve: the
 *            port; no IP: ethertype), IP protocol << 48, family << 56 (4, 6, 0)
 *   around   VLAN tags, 12 bits each, the outermost in the lowest; with the hash of the tunnel around it, if there is one
 *   address  as on the wire. IPv4: lo, then hi, in the first word; IPv6: two words each; no IP: MACs, a word each
 */
struct flow_key {
  __u64 place;
  __u64 what;
  __u64 around;
  __u64 address[4];
};

/* Bits of flow_slot.shape: what is needed to name the layers, and who began. */
enum flow_shape {
  FLOW_ETHERNET = 1 << 0,
  FLOW_TAGS_SHIFT = 1, /* 3 bits */
  FLOW_EXTENSION = 1 << 4,
  FLOW_FRAGMENT = 1 << 5,
  FLOW_VXLAN = 1 << 6,
  FLOW_GENEVE = 1 << 7,
  FLOW_ERSPAN = 1 << 8,
  FLOW_MPLS = 1 << 9,
  FLOW_PPP = 1 << 10,
  FLOW_FIRST_FROM_HI = 1 << 11,
  FLOW_BEGAN_BY_HI = 1 << 12,
  FLOW_BEGAN_SURELY = 1 << 13,
  FLOW_PORTLESS = 1 << 14, /* its transport header was not there */
};

/*
 * What was added to a conversation since the table was read last. Index 0: sent by lo, 1: by hi. Times are jiffies, of
 * which the lower 32 bits. The first 64 bytes are all that a packet of a known conversation touches (IPv4).
 */
struct flow_slot {
  __u64 place;
  __u64 what;
  __u64 around;
  __u64 address0;
  __u64 bytes[2];
  __u32 packets[2];
  __u32 last;
  __u8 flags[2];
  __u8 left[2]; /* first packets still to be told */

  __u64 address1[3];
  __u64 link;   /* VLAN tags */
  __u64 parent; /* key of the tunnel around it, as in native/src/flow/tracking.h */
  __u32 first;
  __u32 network;
  __u16 times[2][3]; /* of SYN, FIN, RST: jiffies since `first`, plus 1; 0: not seen */
  __u32 shape;
};

/* Where two conversations may be: the next to come pushes out the one that was quiet for longer. */
struct flow_set {
  struct flow_slot slots[2];
};

/* Written by user space while the programs run, read at each packet. */
struct flow_control {
  __u32 base;      /* first set of the half in use */
  __u32 set_bits;  /* sets of each CPU, as a power of two; at least 6 */
  __u32 wake_bytes;       /* waiting in the ring of evictions, from which on its reader is woken */
  __u32 first_packets;    /* of each direction */
  __u32 header_size;      /* bytes of them */
  __u32 hz;               /* jiffies a second */
};

/* Of a place, or of a CPU. */
struct flow_losses {
  __u64 entries; /* evicted, without room in the ring */
  __u64 packets; /* their packets */
  __u64 bytes;
  __u64 outer_packets; /* without those inside of tunnels */
  __u64 outer_bytes;
  __u64 firsts; /* first packets, without room in theirs */
};

struct flow_counters {
  __u64 evictions;
  __u64 first_lost;
};

/* A first packet, as it follows others in the ring; then `captured` bytes, from the Ethernet header on, tags included. */
struct flow_first {
  __u64 place;
  __u64 ktime;
  __u32 captured;
  __u32 length;
};

#define FLOW_HEADER_MAX 2048

/* Drops and retransmissions: far fewer than packets, so counted in a hash. */
struct flow_fact {
  __u64 place;
  __u64 what; /* as in flow_key */
  __u64 address[4];
  __u32 reason; /* enum skb_drop_reason; FLOW_RETRANSMITTED: segments sent again by lo, +1: by hi */
  __u32 unused;
};
#define FLOW_RETRANSMITTED 0xFFFF0000u

/* Reasons of the kernel's core are below this. */
#define FLOW_REASONS 256

struct flow_fact_control {
  __u32 half;      /* written by user space: where to count */
  __u32 filled[2]; /* written by the program: there is something to read */
  __u32 unused;
  __u64 lost;
  __u64 skipped[FLOW_REASONS / 64]; /* a bit for each reason that is no loss */
};

/* Interfaces that can be captured at the same time. */
#define FLOW_PLACES_MAX 16384

#endif
