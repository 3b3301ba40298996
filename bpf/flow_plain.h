/* The short way: packets of known conversations that are nothing but TCP or UDP in IPv4, and the same inside of VXLAN. */
#ifndef SKEIN_FLOW_PLAIN_H
#define SKEIN_FLOW_PLAIN_H

#include "flow_closer.h"

struct plain {
  __u8 ethernet[12];
  __be16 type;
  __u8 version;
  __u8 tos;
  __be16 total;
  __be16 id;
  __be16 fragment;
  __u8 ttl;
  __u8 protocol;
  __be16 checksum;
  __be32 from;
  __be32 to;
  __be16 from_port;
  __be16 to_port;
  __u8 tcp[8];
  __u8 offset;
  __u8 flags;
} __attribute__((packed));

static __always_inline int is_tunnel(__u16 port) {
  return port == PORT_VXLAN || port == PORT_VXLAN_LINUX || port == PORT_GENEVE || port == PORT_MPLS ||
         port == PORT_MPLS_CONTRAIL;
}

/* What tells a plain packet's conversation, and who has sent it. */
struct ends {
  __u64 what;
  __u64 address;
  __u32 headers;
  __u16 to_port;
  __u8 flags;
  __u8 from_hi;
};

/* A field as a whole: of a packed struct it would be read byte by byte, and these programs are run where that is not needed. */
#define WHOLE(type, field) (*(const type *)(const void *)&(field))

/* TCP or UDP in IPv4 without ado; its first or last segments are not. */
static __always_inline int read_plain(const struct plain *p, struct ends *e) {
  if (WHOLE(__be16, p->type) != bpf_htons(0x0800) || p->version != 0x45 || (WHOLE(__be16, p->fragment) & bpf_htons(0x3fff))) return 0;
  __u32 ports = bpf_ntohl(WHOLE(__be32, p->from_port));
  __u16 from_port = ports >> 16, to_port = ports;
  e->flags = 0;
  e->to_port = 0;
  if (p->protocol == IP_TCP) {
    e->flags = p->flags;
    e->headers = 34 + (p->offset >> 4) * 4;
    if (e->flags & (TCP_SYN | TCP_FIN | TCP_RST)) return 0;
  } else if (p->protocol == IP_UDP) {
    e->headers = 42;
    e->to_port = to_port;
  } else {
    return 0;
  }
  __u64 ends = WHOLE(__u64, p->from);
  __u32 from = bpf_ntohl((__u32)ends), to = bpf_ntohl((__u32)(ends >> 32));
  e->from_hi = from != to ? from > to : from_port > to_port;
  e->address = e->from_hi ? ends >> 32 | ends << 32 : ends;
  e->what = what_of(e->from_hi ? ports : ports >> 16 | ports << 16, 0, p->protocol, 4);
  return 1;
}

/* The slot of a conversation that is known, and of which nothing but numbers is wanted any more. */
static __always_inline struct flow_slot *known_slot(const struct flow_control *ctl, __u64 place, const struct ends *e,
                                                    __u64 around, __u64 hash) {
  __u32 index;
  struct flow_set *set = set_at(ctl, hash, &index);
  if (!set) return 0;
  struct flow_slot *slot = &set->slots[0];
  if (slot->place != place || slot->what != e->what || slot->address0 != e->address || slot->around != around) {
    slot = &set->slots[1];
    if (slot->place != place || slot->what != e->what || slot->address0 != e->address || slot->around != around) return 0;
  }
  __u32 from = e->from_hi & 1;
  return slot->left[from] || (__s32)slot->packets[from] < 0 ? 0 : slot;
}

static __always_inline void add(struct flow_slot *slot, const struct ends *e, __u32 packets, __u64 bytes, __u32 now) {
  __u32 from = e->from_hi & 1;
  slot->packets[from] += packets;
  slot->bytes[from] += bytes;
  slot->last = now;
  if (e->flags) slot->flags[from] |= e->flags;
}

struct plain_vxlan {
  __u8 outside[42];
  __u8 flags;
  __u8 unused[3];
  __be32 vni;
  struct plain inside;
} __attribute__((packed));

/* The same inside of VXLAN, which is the tunnel of most. Returns whether it was counted. */
static __always_inline int count_vxlan(struct __sk_buff *skb, const struct flow_control *ctl, __u64 place, struct ends *outer) {
  const struct plain_vxlan *p = (void *)(long)skb->data;
  struct ends inner;
  if ((void *)(p + 1) > (void *)(long)skb->data_end || !(p->flags & 8) || skb->gso_size) return 0;
  if (!read_plain(&p->inside, &inner) || is_tunnel(inner.to_port)) return 0;
  outer->what = what_of(bpf_ntohl(WHOLE(__be32, p->vni)) >> 8, outer->to_port, IP_UDP, 4);
  __u64 around = hash_of(place, outer->what, 0, outer->address);
  struct flow_slot *outside = known_slot(ctl, place, outer, 0, around);
  if (!outside) return 0;
  struct flow_slot *inside = known_slot(ctl, place, &inner, around, hash_of(place, inner.what, around, inner.address));
  if (!inside) return 0;
  __u32 now = bpf_jiffies64();
  add(outside, outer, 1, skb->len, now);
  add(inside, &inner, 1, skb->len - 50, now);
  return 1;
}

#endif
