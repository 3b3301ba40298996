/* The maps of the flow table (flow_seen.h). */
#ifndef SKEIN_FLOW_MAPS_H
#define SKEIN_FLOW_MAPS_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "flow.h"
#include "flow_layers.h"

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

/* Of an array of one. */
static __always_inline void *only(void *map) {
  __u32 zero = 0;
  return bpf_map_lookup_elem(map, &zero);
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

#endif
