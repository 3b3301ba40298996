/*
 * The flow table (flow_seen.h) for kernels before Linux 6.2, which lack bpf_cast_to_kern_ctx: the namespace of an
 * interface is found by three probe reads, which each packet pays.
 */
#include "kernel.h"
#include "flow_seen.h"

#include <bpf/bpf_core_read.h>

char LICENSE[] SEC("license") = "GPL";

/* The context of these programs is the packet itself (struct sk_buff); its address may be known with CAP_PERFMON. */
static __always_inline __u64 place_of(struct __sk_buff *skb) {
  struct sk_buff *packet = (struct sk_buff *)skb;
  return FLOW_PLACE(BPF_CORE_READ(packet, dev, nd_net.net, net_cookie), skb->ifindex);
}
