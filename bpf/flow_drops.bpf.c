/* Packets that the kernel drops, by its own reason, at the captured interface they came from or were to leave by. */
#include "dropped_packet.h"
#include "flow_facts.h"

char LICENSE[] SEC("license") = "GPL";

SEC("tp_btf/kfree_skb")
int BPF_PROG(flow_dropped, struct sk_buff *skb, void *location, unsigned int reason) {
  struct flow_fact_control *ctl = fact_controls();
  if (!ctl || (reason < FLOW_REASONS && (ctl->skipped[(reason >> 6) & 3] >> (reason & 63) & 1))) return 0;
  struct net_device *device = BPF_CORE_READ(skb, dev);
  if (!device) return 0;
  struct flow_fact fact = {.reason = reason};
  fact.place = FLOW_PLACE(BPF_CORE_READ(device, nd_net.net, net_cookie), BPF_CORE_READ(device, ifindex));
  if (!is_captured(fact.place)) return 0;

  const unsigned char *network = network_of(skb);
  __be16 type = BPF_CORE_READ(skb, protocol);
  __u64 from[2] = {}, to[2] = {};
  struct numbers found = {};
  if (type == bpf_htons(ETHERTYPE_IPV4)) {
    struct ip4 ip;
    if (!READ(&ip, network) || ip.version >> 4 != 4) return 0;
    from[0] = ip.from;
    to[0] = ip.to;
    if (!(ip.fragment & bpf_htons(0x3fff))) read_numbers(&found, network + (ip.version & 15) * 4, ip.protocol);
    fact_ends(&fact, 4, ip.protocol, from, to, found.from_port, found.to_port);
  } else if (type == bpf_htons(ETHERTYPE_IPV6)) {
    struct ip6 ip;
    if (!READ(&ip, network) || ip.version >> 4 != 6) return 0;
    const unsigned char *at = network + sizeof ip;
    for (int i = 0; i < EXTENSIONS_MAX; i++) {
      __u8 extension[2];
      if (ip.next != HOP_BY_HOP && ip.next != ROUTING && ip.next != DESTINATION) break;
      if (!READ(&extension, at)) return 0;
      ip.next = extension[0];
      at += (extension[1] + 1) * 8;
    }
    read_numbers(&found, at, ip.next);
    fact_ends(&fact, 6, ip.next, ip.from, ip.to, found.from_port, found.to_port);
  } else {
    return 0;
  }
  fact.what |= (__u64)found.id | (__u64)found.kind << 32;
  add_fact(ctl, &fact, 1);
  return 0;
}
