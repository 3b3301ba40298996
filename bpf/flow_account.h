/* Adds packets to the slots of their conversations, and makes room for new ones. */
#ifndef SKEIN_FLOW_ACCOUNT_H
#define SKEIN_FLOW_ACCOUNT_H

#include "flow_ids.h"
#include "flow_maps.h"

/* A conversation quiet for so many seconds is a new one. */
#define TOLD_SECONDS 30

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

#endif
