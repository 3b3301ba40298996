/* What crosses between bpf/drops_watch.bpf.c, native/src/drops and src/drops/record.ts: a dropped packet. No gaps. */
#ifndef SKEIN_DROPS_WATCH_H
#define SKEIN_DROPS_WATCH_H

#include <linux/types.h>

struct drop_record {
  __u64 time; /* of the program CLOCK_MONOTONIC, of native/src/drops CLOCK_REALTIME; ns */
  __u64 location; /* who dropped it: an address in the kernel's code */
  __u64 netns; /* cookie of its network namespace; 0: not known */
  __u32 inode; /* of that namespace */
  __u32 ifindex; /* that it came by or was to leave by; 0: none yet */
  __u32 in_ifindex; /* that it came by; 0: it was sent here */
  __u32 reason; /* enum skb_drop_reason */
  __u32 length; /* of the IP packet */
  __u8 what; /* enum drop_what */
  __u8 protocol; /* IPPROTO_*; 0 of ARP */
  __u8 ttl;
  __u8 tcp_flags;
  __u16 from_number; /* port; ICMP: type << 8 | code */
  __u16 to_number; /* port; ICMP: id */
  __u32 unused;
  __u8 from[16]; /* IPv4: as ::ffff:a.b.c.d */
  __u8 to[16];
};

enum drop_what {
  DROP_NUMBERED = 1, /* its ports, or its ICMP header, were there */
  DROP_ARP = 2
};

/* Of whom drops are told: of two addresses, the smaller one first, or of one and anybody (zero). */
struct drop_wanted {
  __u8 lo[16];
  __u8 hi[16];
};

/* Pairs that are watched at the same time. */
#define DROP_WANTED_MAX 16384

/* Keys of the map `control`. */
enum drop_control {
  DROP_LOST, /* that did not fit */
  DROP_ALL, /* not 0: of everybody */
  DROP_ADDRESS, /* whose name `drop_symbol` is asked for */
  DROP_SKIPPED, /* a bit for each reason that is no loss: four words */
  DROP_CONTROLS = DROP_SKIPPED + 4
};

/* Bytes of drops that wait: some 11,000. */
#define DROP_RING_BYTES (1 << 20)

#define DROP_SYMBOL_BYTES 96

#endif
