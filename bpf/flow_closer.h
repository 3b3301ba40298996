/* All conversations of a packet: whatever is not plain, not known yet, or is to be told. */
#ifndef SKEIN_FLOW_CLOSER_H
#define SKEIN_FLOW_CLOSER_H

#include "flow_account.h"

#define PASS (-1) /* TCX_NEXT, TC_ACT_UNSPEC */
/* Conversations in each other that are followed; deeper ones are counted by those around them. */
#define LEVELS_MAX 4

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

#endif
