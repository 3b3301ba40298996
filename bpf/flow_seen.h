/*
 * Counts packets by conversation, in both directions of the interfaces it is attached to (TCX or clsact). It never
 * changes, delays or drops a packet.
 *
 * The table in front is one array for all processors, of which each has its own part, in two halves: programs count in
 * one, user space reads and empties the other, and they change over after an RCU grace period. So nothing is locked and
 * nothing is counted twice or lost. A set of two slots that is full gives the older one to a ring buffer. Packets
 * themselves go to user space only when they are the first of their conversation.
 */
#ifndef SKEIN_FLOW_SEEN_H
#define SKEIN_FLOW_SEEN_H

#include "flow_plain.h"

/* Where a packet is, as each image finds it. */
static __always_inline __u64 place_of(struct __sk_buff *skb);

/* A plain packet of a known conversation is counted here; all else is looked at closer. */
SEC("tc")
int flow_seen(struct __sk_buff *skb) {
  __u64 place = place_of(skb);
  const struct plain *p = (void *)(long)skb->data;
  struct flow_control *ctl = only(&control);
  struct ends e;
  if (!ctl) return PASS;
  if ((void *)(p + 1) > (void *)(long)skb->data_end || skb->vlan_present || !read_plain(p, &e)) goto closer;
  if (is_tunnel(e.to_port)) {
    if ((e.to_port == PORT_VXLAN || e.to_port == PORT_VXLAN_LINUX) && count_vxlan(skb, ctl, place, &e)) return PASS;
    goto closer;
  }
  struct flow_slot *slot = known_slot(ctl, place, &e, 0, hash_of(place, e.what, 0, e.address));
  if (!slot) goto closer;
  __u32 segments = 1;
  __u64 bytes = skb->len;
  if (skb->gso_size) {
    segments = segments_of(skb, e.headers);
    bytes += (__u64)(segments - 1) * e.headers;
  }
  add(slot, &e, segments, bytes, bpf_jiffies64());
  return PASS;

closer:
  return look_closer(skb, place, ETHERNET);
}

/* For interfaces whose packets have no link layer: tun, PPP, tunnels of IP. */
SEC("tc")
int flow_seen_raw(struct __sk_buff *skb) {
  if (skb->protocol == bpf_htons(0x0800)) return look_closer(skb, place_of(skb), IPV4);
  if (skb->protocol == bpf_htons(0x86dd)) return look_closer(skb, place_of(skb), IPV6);
  return PASS;
}

#endif
