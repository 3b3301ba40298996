/* Packets that the kernel drops, by its own reason, at the captured interface they came from or were to leave by. */
#include "flow_facts.h"

char LICENSE[] SEC("license") = "GPL";

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_IPV6 = 0x86dd, TCP = 6, UDP = 17, ICMP = 1, ICMPV6 = 58, SCTP = 132 };
enum { HOP_BY_HOP = 0, ROUTING = 43, DESTINATION = 60, EXTENSIONS_MAX = 4 };

#define READ(to, from) (bpf_probe_read_kernel(to, sizeof *(to), from) == 0)

/* The ports, as they are in the first four bytes of TCP, UDP and SCTP; ICMP: type, code and id. */
static __always_inline __u64 numbers_at(const void *transport, __u8 protocol, __u16 *from_port, __u16 *to_port) {
  __u8 bytes[8];
  if (!READ(&bytes, transport)) return 0;
  if (protocol == TCP || protocol == UDP || protocol == SCTP) {
    *from_port = bytes[0] << 8 | bytes[1];
    *to_port = bytes[2] << 8 | bytes[3];
  }
  if (protocol == ICMP || protocol == ICMPV6) {
    return (__u64)(bytes[4] << 8 | bytes[5]) | (__u64)(bytes[0] << 8 | bytes[1]) << 32;
  }
  return 0;
}

SEC("tp_btf/kfree_skb")
int BPF_PROG(flow_dropped, struct sk_buff *skb, void *location, unsigned int reason) {
  struct flow_fact_control *ctl = fact_controls();
  if (!ctl || (reason < FLOW_REASONS && (ctl->skipped[(reason >> 6) & 3] >> (reason & 63) & 1))) return 0;
  struct net_device *device = BPF_CORE_READ(skb, dev);
  if (!device) return 0;
  struct flow_fact fact = {.reason = reason};
  fact.place = FLOW_PLACE(BPF_CORE_READ(device, nd_net.net, net_cookie), BPF_CORE_READ(device, ifindex));
  if (!is_captured(fact.place)) return 0;

  const unsigned char *network = BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, network_header);
  __be16 type = BPF_CORE_READ(skb, protocol);
  __u64 from[2] = {}, to[2] = {}, numbers = 0;
  __u16 from_port = 0, to_port = 0;
  if (type == bpf_htons(ETHERTYPE_IPV4)) {
    struct {
      __u8 version, tos;
      __be16 total, id, fragment;
      __u8 ttl, protocol;
      __be16 checksum;
      __be32 from, to;
    } ip;
    if (!READ(&ip, network) || ip.version >> 4 != 4) return 0;
    from[0] = ip.from;
    to[0] = ip.to;
    if (!(ip.fragment & bpf_htons(0x3fff))) {
      numbers = numbers_at(network + (ip.version & 15) * 4, ip.protocol, &from_port, &to_port);
    }
    fact_ends(&fact, 4, ip.protocol, from, to, from_port, to_port);
  } else if (type == bpf_htons(ETHERTYPE_IPV6)) {
    struct {
      __u8 version, unused[3];
      __be16 length;
      __u8 next, hops;
      __u64 from[2], to[2];
    } ip;
    if (!READ(&ip, network) || ip.version >> 4 != 6) return 0;
    const unsigned char *at = network + sizeof ip;
    for (int i = 0; i < EXTENSIONS_MAX; i++) {
      __u8 extension[2];
      if (ip.next != HOP_BY_HOP && ip.next != ROUTING && ip.next != DESTINATION) break;
      if (!READ(&extension, at)) return 0;
      ip.next = extension[0];
      at += (extension[1] + 1) * 8;
    }
    numbers = numbers_at(at, ip.next, &from_port, &to_port);
    fact_ends(&fact, 6, ip.next, ip.from, ip.to, from_port, to_port);
  } else {
    return 0;
  }
  fact.what |= numbers;
  add_fact(ctl, &fact, 1);
  return 0;
}
