/* What stands in a packet that the kernel has dropped: it may be anywhere, so each header is read by a probe. */
#ifndef SKEIN_DROPPED_PACKET_H
#define SKEIN_DROPPED_PACKET_H

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "kernel.h"

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_ARP = 0x0806, ETHERTYPE_IPV6 = 0x86dd };
enum { TCP = 6, UDP = 17, ICMP = 1, ICMPV6 = 58, SCTP = 132 };
enum { HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, DESTINATION = 60, EXTENSIONS_MAX = 4 };

struct ip4 {
  __u8 version, tos;
  __be16 total, id, fragment;
  __u8 ttl, protocol;
  __be16 checksum;
  __be32 from, to;
};

struct ip6 {
  __u8 version, unused[3];
  __be16 length;
  __u8 next, hops;
  __u64 from[2], to[2];
};

#define READ(to, from) (bpf_probe_read_kernel(to, sizeof *(to), from) == 0)

static __always_inline const unsigned char *network_of(struct sk_buff *skb) {
  return BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, network_header);
}

/* What the first bytes after IP tell. */
struct numbers {
  __u16 from_port, to_port; /* TCP, UDP and SCTP */
  __u16 kind, id; /* ICMP: type << 8 | code, and id */
};

/* Returns whether it is one of these protocols, and could be read. */
static __always_inline int read_numbers(struct numbers *found, const void *at, __u8 protocol) {
  __u8 bytes[8];
  if (!READ(&bytes, at)) return 0;
  if (protocol == TCP || protocol == UDP || protocol == SCTP) {
    found->from_port = bytes[0] << 8 | bytes[1];
    found->to_port = bytes[2] << 8 | bytes[3];
    return 1;
  }
  if (protocol == ICMP || protocol == ICMPV6) {
    found->kind = bytes[0] << 8 | bytes[1];
    found->id = bytes[4] << 8 | bytes[5];
    return 1;
  }
  return 0;
}

#endif
