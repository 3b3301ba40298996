/*
 * The few members of the kernel's own structs that the flow programs read. Only their names count: where they are is
 * taken from the running kernel's BTF when the program is loaded.
 */
#ifndef SKEIN_FLOW_KERNEL_H
#define SKEIN_FLOW_KERNEL_H

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct net {
  __u64 net_cookie;
};

typedef struct {
  struct net *net;
} possible_net_t;

struct net_device {
  int ifindex;
  possible_net_t nd_net;
};

struct sk_buff {
  struct net_device *dev;
  unsigned char *head;
  __be16 protocol;
  __u16 network_header;
  char cb[48];
};

struct in6_addr {
  union {
    __be32 u6_addr32[4];
  } in6_u;
};

struct sock_common {
  __be32 skc_daddr;
  __be32 skc_rcv_saddr;
  __be16 skc_dport;
  __u16 skc_num;
  unsigned short skc_family;
  struct in6_addr skc_v6_daddr;
  struct in6_addr skc_v6_rcv_saddr;
};

struct dst_entry {
  struct net_device *dev;
};

struct sock {
  struct sock_common __sk_common;
  struct dst_entry *sk_dst_cache;
};

struct tcp_skb_cb {
  __u16 tcp_gso_segs;
};

#pragma clang attribute pop

#endif
