/*
 * Counts packets by conversation, in both directions of the interfaces it is attached to (TCX or clsact). It never
 * changes, delays or drops a packet.
 *
 * The table in front is one array for all processors, of which each has its own part, in two halves: programs count in
 * one, user space reads and empties the other, and they change over after an RCU grace period. So nothing is locked and
 * nothing is counted twice or lost. A set of two slots that is full gives the older one to a ring buffer. Packets
 * themselves go to user space only when they are the first of their conversation.
 */
#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "flow.h"
#include "flow_ids.h"
#include "flow_kernel.h"
#include "flow_layers.h"

char LICENSE[] SEC("license") = "GPL";

/* One for each; as many as there are possible processors, times two, by the loader. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 64);
  __type(key, __u32);
  __type(value, struct flow_set);
} sets SEC(".maps");

/* A bit for each set that has something in it, so that an empty table costs nothing to read. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, __u64);
} occupied SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct flow_control);
} control SEC(".maps");

/* Slots that had to make room. Sized by the loader, as is the next. */
struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} evicted SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} firsts SEC(".maps");

/* Conversations of which the first packets were told: tag, seconds, and how many of each direction. 8 MB. */
#define TOLD_BITS 20
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1 << TOLD_BITS);
  __type(key, __u32);
  __type(value, __u64);
} told SEC(".maps");

/* By place: one for each attached interface. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, FLOW_PLACES_MAX);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, __u64);
  __type(value, struct flow_losses);
} losses SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct flow_counters);
} counters SEC(".maps");

struct first_packet {
  struct flow_first head;
  __u8 data[FLOW_HEADER_MAX + 4];
};

/* A packet under way, which the stack has no room for. Nothing interrupts the programs of a processor for others of them. */
struct workbench {
  struct sighting levels[2];
  struct cursor cursor;
  struct first_packet first;
};

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct workbench);
} bench SEC(".maps");

#define PASS (-1) /* TCX_NEXT, TC_ACT_UNSPEC */
/* Conversations in each other that are followed; deeper ones are counted by those around them. */
#define LEVELS_MAX 4
/* A conversation quiet for so many seconds is a new one. */
#define TOLD_SECONDS 30

/* Of an array of one. */
static __always_inline void *only(void *map) {
  __u32 zero = 0;
  return bpf_map_lookup_elem(map, &zero);
}

extern void *bpf_cast_to_kern_ctx(void *context) __ksym;

static __always_inline __u64 place_of(struct __sk_buff *skb) {
  struct net_device *device = ((struct sk_buff *)bpf_cast_to_kern_ctx(skb))->dev;
  return FLOW_PLACE(device->nd_net.net->net_cookie, device->ifindex);
}

static __always_inline struct flow_set *set_at(const struct flow_control *ctl, __u64 hash, __u32 *index) {
  __u32 bits = ctl->set_bits & 31;
  *index = ctl->base + (bpf_get_smp_processor_id() << bits) + (__u32)(hash >> ((64 - bits) & 63));
  return bpf_map_lookup_elem(&sets, index);
}

static __always_inline int is_at(const struct flow_slot *slot, const struct flow_key *key) {
  return slot->place == key->place && slot->what == key->what && slot->around == key->around &&
         slot->address0 == key->address[0] && slot->address1[0] == key->address[1] &&
         slot->address1[1] == key->address[2] && slot->address1[2] == key->address[3];
}

static __always_inline void evict(const struct flow_control *ctl, struct flow_slot *slot) {
  struct flow_counters *counter = only(&counters);
  if (counter) counter->evictions++;
  __u64 wake = bpf_ringbuf_query(&evicted, BPF_RB_AVAIL_DATA) >= ctl->wake_bytes ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
  if (bpf_ringbuf_output(&evicted, slot, sizeof *slot, wake) == 0) return;
  __u64 place = slot->place;
  struct flow_losses *lost = bpf_map_lookup_elem(&losses, &place);
  if (!lost) return;
  __u64 packets = (__u64)slot->packets[0] + slot->packets[1];
  __u64 bytes = slot->bytes[0] + slot->bytes[1];
  __sync_fetch_and_add(&lost->entries, 1);
  __sync_fetch_and_add(&lost->packets, packets);
  __sync_fetch_and_add(&lost->bytes, bytes);
  if (slot->parent) return;
  __sync_fetch_and_add(&lost->outer_packets, packets);
  __sync_fetch_and_add(&lost->outer_bytes, bytes);
}

/* How many first packets of a conversation are still to be told; `begins`: a SYN, which may use an old tuple again. */
static __always_inline void recall(const struct flow_control *ctl, struct flow_slot *slot, __u64 hash, __u64 second,
                                   int begins) {
  __u32 index = hash & ((1 << TOLD_BITS) - 1);
  __u64 *entry = bpf_map_lookup_elem(&told, &index);
  __u8 lo = 0, hi = 0, most = ctl->first_packets;
  if (entry) {
    __u64 value = *entry;
    __u16 quiet = (__u16)second - (__u16)(value >> 32);
    if ((__u32)value == (__u32)(hash >> 32) && quiet <= (begins ? 1 : TOLD_SECONDS)) {
      lo = value >> 48;
      hi = value >> 56;
    }
    *entry = hash >> 32 | (second & 0xffff) << 32 | (__u64)lo << 48 | (__u64)hi << 56;
  }
  slot->left[0] = lo < most ? most - lo : 0;
  slot->left[1] = hi < most ? most - hi : 0;
}

static __always_inline void tell(const struct flow_control *ctl, struct flow_slot *slot, __u64 hash, __u8 from_hi) {
  __u32 index = hash & ((1 << TOLD_BITS) - 1);
  __u64 *entry = bpf_map_lookup_elem(&told, &index);
  slot->left[from_hi & 1]--;
  if (entry && (__u32)*entry == (__u32)(hash >> 32)) *entry += from_hi ? 1ull << 56 : 1ull << 48;
}

static __always_inline void note(struct flow_slot *slot, const struct sighting *s, __u32 now) {
  __u32 since = now - slot->first + 1;
  __u16 time = since > 0xffff ? 0xffff : since;
  __u32 from = s->from_hi & 1;
  if (s->flags & TCP_SYN) {
    int by_hi = s->flags & TCP_ACK ? !from : from;
    if (!slot->times[from][0]) slot->times[from][0] = time;
    slot->shape = (slot->shape & ~FLOW_BEGAN_BY_HI) | FLOW_BEGAN_SURELY | (by_hi ? FLOW_BEGAN_BY_HI : 0);
  }
  if ((s->flags & TCP_FIN) && !slot->times[from][1]) slot->times[from][1] = time;
  if ((s->flags & TCP_RST) && !slot->times[from][2]) slot->times[from][2] = time;
}

/* Adds a packet to its conversation. Returns 1 when it is one of the first. */
__attribute__((noinline)) int account(struct sighting *s, struct sighting *outer) {
  struct flow_control *ctl = only(&control);
  if (!s || !ctl) return 0;
  __u32 index;
  __u64 now = bpf_jiffies64();
  struct flow_set *set = set_at(ctl, s->hash, &index);
  if (!set) return 0;
  struct flow_slot *slot = &set->slots[0];
  int begins = s->isTcp && (s->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
  if (!is_at(slot, &s->key)) {
    struct flow_slot *other = &set->slots[1];
    if (is_at(other, &s->key)) {
      slot = other;
    } else {
      if (slot->place && (!other->place || (__s32)(other->last - slot->last) < 0)) slot = other;
      if (slot->place) evict(ctl, slot);
      slot->what = s->key.what;
      slot->around = s->key.around;
      slot->address0 = s->key.address[0];
      slot->address1[0] = s->key.address[1];
      slot->address1[1] = s->key.address[2];
      slot->address1[2] = s->key.address[3];
      slot->bytes[0] = slot->bytes[1] = 0;
      slot->packets[0] = slot->packets[1] = 0;
      slot->flags[0] = slot->flags[1] = 0;
      slot->link = s->link;
      slot->parent = outer ? tunnel_key(outer) : 0;
      slot->first = now;
      slot->network = s->network;
      slot->times[0][0] = slot->times[0][1] = slot->times[0][2] = 0;
      slot->times[1][0] = slot->times[1][1] = slot->times[1][2] = 0;
      slot->shape = s->shape | (s->from_hi ? FLOW_FIRST_FROM_HI | FLOW_BEGAN_BY_HI : 0);
      recall(ctl, slot, s->hash, now / (ctl->hz ?: 1), begins);
      slot->place = s->key.place;
      __u32 word = index >> 6;
      __u64 *bits = bpf_map_lookup_elem(&occupied, &word);
      if (bits) *bits |= 1ull << (index & 63);
    }
  }
  /* Nearly full: nobody reads the table. */
  if ((__s32)(slot->packets[0] | slot->packets[1]) < 0) {
    evict(ctl, slot);
    slot->bytes[0] = slot->bytes[1] = 0;
    slot->packets[0] = slot->packets[1] = 0;
  }
  /* A port that is used again. */
  if (begins && ((slot->flags[0] | slot->flags[1]) & (TCP_FIN | TCP_RST))) recall(ctl, slot, s->hash, now / (ctl->hz ?: 1), 1);
  __u32 from = s->from_hi & 1;
  slot->packets[from] += s->packets;
  slot->bytes[from] += s->bytes;
  slot->last = now;
  slot->flags[from] |= s->flags;
  if (s->flags & (TCP_SYN | TCP_FIN | TCP_RST)) note(slot, s, now);
  s->parent = slot->parent;
  if (!slot->left[from]) return 0;
  tell(ctl, slot, s->hash, from);
  return 1;
}

static __always_inline void tell_packet(struct __sk_buff *skb, struct first_packet *packet, __u64 place) {
  struct flow_control *ctl = only(&control);
  if (!ctl) return;
  __u32 size = skb->len;
  if (size > ctl->header_size) size = ctl->header_size;
  if (size > FLOW_HEADER_MAX) size = FLOW_HEADER_MAX;
  if (size <= 14) return;
  __u32 tag = 0;
  if (skb->vlan_present) {
    /* The tag is beside the packet: it is put back where it was on the wire. */
    if (bpf_skb_load_bytes(skb, 0, packet->data, 12) || bpf_skb_load_bytes(skb, 12, packet->data + 16, size - 12)) return;
    __u16 protocol = skb->vlan_proto, tci = bpf_htons(skb->vlan_tci);
    __builtin_memcpy(packet->data + 12, &protocol, 2);
    __builtin_memcpy(packet->data + 14, &tci, 2);
    tag = 4;
  } else if (bpf_skb_load_bytes(skb, 0, packet->data, size)) {
    return;
  }
  packet->head.place = place;
  packet->head.ktime = bpf_ktime_get_ns();
  packet->head.captured = size + tag;
  packet->head.length = skb->len + tag;
  /* Nobody is woken: so a flood of new conversations costs no more than the ring once in a period. */
  if (bpf_ringbuf_output(&firsts, packet, sizeof packet->head + size + tag, BPF_RB_NO_WAKEUP) == 0) return;
  struct flow_counters *counter = only(&counters);
  if (counter) counter->first_lost++;
  struct flow_losses *lost = bpf_map_lookup_elem(&losses, &place);
  if (lost) __sync_fetch_and_add(&lost->firsts, 1);
}

/* What the kernel has put together counts as it goes over the wire (GSO, GRO). A packet from a guest may not say how many. */
static __always_inline __u32 segments_of(struct __sk_buff *skb, __u32 headers) {
  __u32 segments = skb->gso_segs;
  if (segments == 0 && skb->gso_size != 0 && skb->len > headers) {
    segments = (skb->len - headers + skb->gso_size - 1) / skb->gso_size;
  }
  return segments > 1 ? segments : 1;
}

/* Reads a level; what is not in one piece is put into one, which few drivers and no sockets of ours ever need. */
static __always_inline int read_whole(struct __sk_buff *skb, struct cursor *c, struct sighting *s) {
  struct cursor before = *c;
  int outcome = read_level(skb, c, s);
  if (outcome != ELSEWHERE) return outcome;
  __u32 wanted = before.at + 256;
  bpf_skb_pull_data(skb, wanted < skb->len ? wanted : 0);
  *c = before;
  outcome = read_level(skb, c, s);
  return outcome == ELSEWHERE ? UNREADABLE : outcome;
}

static __always_inline void begin(struct cursor *c, struct __sk_buff *skb, __u32 link) {
  c->at = 0;
  c->inside = link;
  c->around = 0;
  c->headers = 0;
  c->tag = skb->vlan_present ? skb->vlan_tci | 1u << 31 : 0;
}

/* All conversations of a packet: whatever is not plain, not known yet, or is to be told. */
static __noinline int look_closer(struct __sk_buff *skb, __u64 place, __u32 link) {
  struct workbench *w = only(&bench);
  if (!w) return PASS;
  __u32 tag = skb->vlan_present ? 4 : 0;
  __u32 segments = 1, headers = 0;
  if (skb->gso_size) {
    begin(&w->cursor, skb, link);
    for (int i = 0; i < LEVELS_MAX; i++) {
      if (read_whole(skb, &w->cursor, &w->levels[0]) != READ) break;
      if (w->cursor.inside == NOTHING) break;
    }
    headers = w->cursor.headers;
    segments = segments_of(skb, headers);
  }
  begin(&w->cursor, skb, link);
  int is_first = 0;
#pragma unroll
  for (int i = 0; i < LEVELS_MAX; i++) {
    struct sighting *s = &w->levels[i & 1];
    struct sighting *outer = i == 0 ? 0 : &w->levels[(i - 1) & 1];
    if (read_whole(skb, &w->cursor, s) != READ) break;
    s->key.place = place;
    s->hash = hash_of_key(&s->key);
    s->packets = segments;
    __u32 from = s->at;
    s->bytes = skb->len - from + (i == 0 ? tag : 0);
    if (segments > 1 && headers > from) s->bytes += (__u64)(segments - 1) * (headers - from + (i == 0 ? tag : 0));
    is_first |= account(s, outer);
    if (w->cursor.inside == NOTHING) break;
    w->cursor.around = s->hash;
  }
  if (is_first) tell_packet(skb, &w->first, place);
  return PASS;
}

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

/* Run by the loader now and then: what time it is in the table. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, __u64);
} clock SEC(".maps");

SEC("syscall")
int flow_clock(void *context) {
  __u64 *value = only(&clock);
  if (value) *value = bpf_jiffies64();
  return 0;
}
