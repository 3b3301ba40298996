/* Segments that TCP sends again, of sockets of this machine, at the captured interface they leave by. */
#include "flow_facts.h"

char LICENSE[] SEC("license") = "GPL";

enum { INET = 2, INET6 = 10, TCP = 6 };

SEC("tp_btf/tcp_retransmit_skb")
int BPF_PROG(flow_retransmitted, struct sock *socket, struct sk_buff *skb) {
  struct flow_fact_control *ctl = fact_controls();
  struct net_device *device = BPF_CORE_READ(socket, sk_dst_cache, dev);
  if (!ctl || !device) return 0;
  struct flow_fact fact = {};
  fact.place = FLOW_PLACE(BPF_CORE_READ(device, nd_net.net, net_cookie), BPF_CORE_READ(device, ifindex));
  if (!is_captured(fact.place)) return 0;

  __u16 family = BPF_CORE_READ(socket, __sk_common.skc_family);
  __u16 from_port = BPF_CORE_READ(socket, __sk_common.skc_num);
  __u16 to_port = bpf_ntohs(BPF_CORE_READ(socket, __sk_common.skc_dport));
  __u64 from[2] = {}, to[2] = {};
  if (family == INET6) {
    BPF_CORE_READ_INTO(&from, socket, __sk_common.skc_v6_rcv_saddr);
    BPF_CORE_READ_INTO(&to, socket, __sk_common.skc_v6_daddr);
    /* IPv4 through a socket of IPv6: ::ffff:a.b.c.d */
    if (from[0] == 0 && (__u32)from[1] == bpf_htonl(0xffff)) family = INET;
  }
  if (family == INET) {
    from[0] = BPF_CORE_READ(socket, __sk_common.skc_rcv_saddr);
    to[0] = BPF_CORE_READ(socket, __sk_common.skc_daddr);
    from[1] = to[1] = 0;
  }
  int from_hi = fact_ends(&fact, family == INET ? 4 : 6, TCP, from, to, from_port, to_port);
  fact.reason = FLOW_RETRANSMITTED + (from_hi ? 1 : 0);
  /* The event comes once for each buffer, which may be many segments. */
  __u16 segments = 0;
  bpf_core_read(&segments, sizeof segments, &((struct tcp_skb_cb *)&skb->cb)->tcp_gso_segs);
  add_fact(ctl, &fact, segments ?: 1);
  return 0;
}
