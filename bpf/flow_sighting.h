/* A packet as one of its conversations sees it, and what tells that conversation from others. */
#ifndef SKEIN_FLOW_SIGHTING_H
#define SKEIN_FLOW_SIGHTING_H

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "flow.h"

enum tcp_flags { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 };

enum { IP_IPIP = 4, IP_TCP = 6, IP_UDP = 17, IP_IPV6 = 41, IP_GRE = 47, IP_ICMP = 1, IP_ICMPV6 = 58, IP_SCTP = 132, IP_MPLS = 137 };

enum ports { PORT_VXLAN = 4789, PORT_VXLAN_LINUX = 8472, PORT_GENEVE = 6081, PORT_MPLS = 6635, PORT_MPLS_CONTRAIL = 51234 };

/* What begins where the next conversation begins. */
enum inside { NOTHING = 0, ETHERNET, IPV4, IPV6 };

enum readable {
  READ = 1,
  UNREADABLE = 0,
  ELSEWHERE = 2, /* it goes on where the packet is not in one piece */
};

struct cursor {
  __u32 at;
  __u32 inside;
  __u64 around;  /* hash of the conversation around it */
  __u32 headers; /* end of the last header that was read */
  __u32 tag;     /* of the packet itself: kept beside it by the kernel; bit 31: there is one */
};

/* One packet as one conversation sees it. */
struct sighting {
  struct flow_key key;
  __u64 hash;
  __u64 link;
  __u64 parent;
  __u64 bytes;
  __u32 at; /* its first byte */
  __u32 packets;
  __u32 network;
  __u32 shape;
  __u8 from_hi;
  __u8 flags;
  __u8 isTcp;
  __u8 unused;
};

static __always_inline __u64 what_of(__u32 ports, __u16 detail, __u8 protocol, __u8 family) {
  return (__u64)ports | (__u64)detail << 32 | (__u64)protocol << 48 | (__u64)family << 56;
}

/* The upper bits are good in all of them. Words are multiplied side by side, which costs one multiplication's time. */
static __always_inline __u64 hash_of(__u64 place, __u64 what, __u64 around, __u64 address) {
  __u64 hash = place * 0x9E3779B97F4A7C15ull + what * 0xBF58476D1CE4E5B9ull + around * 0x94D049BB133111EBull +
               address * 0xD6E8FEB86659FD93ull;
  hash ^= hash >> 32;
  hash *= 0xA0761D6478BD642Full;
  return hash ^ hash >> 29;
}

static __always_inline __u64 hash_of_key(const struct flow_key *key) {
  __u64 rest = key->address[1] * 0xE7037ED1A0B428DBull + key->address[2] * 0x8EBC6AF09C88C6E3ull +
               key->address[3] * 0x589965CC75374CC3ull;
  return hash_of(key->place, key->what, key->around, key->address[0] ^ rest ^ rest >> 31);
}

static __always_inline __u64 mac_at(const __u8 *at) {
  return (__u64)at[0] | (__u64)at[1] << 8 | (__u64)at[2] << 16 | (__u64)at[3] << 24 | (__u64)at[4] << 32 |
         (__u64)at[5] << 40;
}

static __always_inline __u16 half_at(const __u8 *at) { return (__u16)at[0] << 8 | at[1]; }
static __always_inline __u32 word_at(const __u8 *at) { return (__u32)half_at(at) << 16 | half_at(at + 2); }

/* Puts two ends in order; `from` has sent. */
static __always_inline void orient(struct sighting *s, __u64 from_high, __u64 from_low, __u64 to_high, __u64 to_low,
                                   __u16 from_port, __u16 to_port) {
  s->from_hi = from_high != to_high ? from_high > to_high : from_low != to_low ? from_low > to_low : from_port > to_port;
}

#endif
