/*
 * Facts about conversations at captured interfaces that are rare enough for a hash: two of them, of which user space
 * reads and empties one while programs count in the other, as with the table in flow.bpf.c.
 */
#ifndef SKEIN_FLOW_FACTS_H
#define SKEIN_FLOW_FACTS_H

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "flow.h"
#include "kernel.h"

/* Of one period. What finds no room is counted. */
#define FACTS_MAX 8192

struct fact_counts {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, FACTS_MAX);
  __type(key, struct flow_fact);
  __type(value, __u64);
};
struct fact_counts facts0 SEC(".maps");
struct fact_counts facts1 SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct flow_fact_control);
} fact_control SEC(".maps");

/* Captured interfaces. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, FLOW_PLACES_MAX);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, __u64);
  __type(value, __u8);
} places SEC(".maps");

static __always_inline struct flow_fact_control *fact_controls(void) {
  __u32 zero = 0;
  return bpf_map_lookup_elem(&fact_control, &zero);
}

static __always_inline int is_captured(__u64 place) { return bpf_map_lookup_elem(&places, &place) != 0; }

static __always_inline void add_fact(struct flow_fact_control *ctl, struct flow_fact *fact, __u64 count) {
  __u32 half = *(volatile __u32 *)&ctl->half & 1;
  void *facts = half ? (void *)&facts1 : (void *)&facts0;
  __u64 *known = bpf_map_lookup_elem(facts, fact);
  ctl->filled[half] = 1;
  if (!known) {
    __u64 nothing = 0;
    bpf_map_update_elem(facts, fact, &nothing, BPF_NOEXIST);
    known = bpf_map_lookup_elem(facts, fact);
  }
  __sync_fetch_and_add(known ? known : &ctl->lost, count);
}

/* Fills what flow_key has of the same names; `from` has sent. Returns whether `from` is hi. Ports in host order. */
static __always_inline int fact_ends(struct flow_fact *fact, __u8 family, __u8 protocol, const __u64 *from,
                                     const __u64 *to, __u16 from_port, __u16 to_port) {
  __u64 from_high = bpf_be64_to_cpu(from[0]), to_high = bpf_be64_to_cpu(to[0]);
  __u64 from_low = bpf_be64_to_cpu(from[1]), to_low = bpf_be64_to_cpu(to[1]);
  int from_hi = from_high != to_high ? from_high > to_high : from_low != to_low ? from_low > to_low : from_port > to_port;
  const __u64 *lo = from_hi ? to : from, *hi = from_hi ? from : to;
  fact->what = (__u64)(from_hi ? to_port : from_port) | (__u64)(from_hi ? from_port : to_port) << 16 |
               (__u64)protocol << 48 | (__u64)family << 56;
  if (family == 4) {
    fact->address[0] = (lo[0] & 0xffffffff) | hi[0] << 32;
  } else {
    fact->address[0] = lo[0];
    fact->address[1] = lo[1];
    fact->address[2] = hi[0];
    fact->address[3] = hi[1];
  }
  return from_hi;
}

#endif
