/* The flow table (flow_seen.h) for Linux 6.2 and later, where members of the kernel's structs are read as one's own. */
#include "kernel.h"
#include "flow_seen.h"

char LICENSE[] SEC("license") = "GPL";

extern void *bpf_cast_to_kern_ctx(void *context) __ksym;

static __always_inline __u64 place_of(struct __sk_buff *skb) {
  struct net_device *device = ((struct sk_buff *)bpf_cast_to_kern_ctx(skb))->dev;
  return FLOW_PLACE(device->nd_net.net->net_cookie, device->ifindex);
}
