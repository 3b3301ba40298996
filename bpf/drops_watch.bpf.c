/* Packets that the kernel drops, of those who are watched: one record each, with its reason and where it was. */
#include "dropped_packet.h"
#include "drops_watch.h"

char LICENSE[] SEC("license") = "GPL";

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, DROP_RING_BYTES);
} dropped SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, DROP_CONTROLS);
  __type(key, __u32);
  __type(value, __u64);
} control SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, DROP_WANTED_MAX);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, struct drop_wanted);
  __type(value, __u8);
} wanted SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, char[DROP_SYMBOL_BYTES]);
} symbol SEC(".maps");

static __always_inline __u64 *controlled(__u32 key) { return bpf_map_lookup_elem(&control, &key); }

static __always_inline int is_skipped(__u32 reason) {
  if (reason >= 256) return 0;
  __u64 *bits = controlled(DROP_SKIPPED + (reason >> 6));
  return bits && (*bits >> (reason & 63) & 1);
}

/* include/net/ipv6.h: IPv4 in an address of IPv6. */
static __always_inline void mapped(__u8 *address, __be32 v4) {
  address[10] = 0xff;
  address[11] = 0xff;
  __builtin_memcpy(address + 12, &v4, 4);
}

static __always_inline void numbers_at(struct drop_record *record, const unsigned char *at) {
  struct numbers found = {};
  if (!read_numbers(&found, at, record->protocol)) return;
  record->from_number = found.from_port | found.kind;
  record->to_number = found.to_port | found.id;
  if (record->protocol == TCP) bpf_probe_read_kernel(&record->tcp_flags, 1, at + 13);
  record->what |= DROP_NUMBERED;
}

static __always_inline int read_v4(struct drop_record *record, const unsigned char *at) {
  struct ip4 ip;
  if (!READ(&ip, at) || ip.version >> 4 != 4) return 0;
  mapped(record->from, ip.from);
  mapped(record->to, ip.to);
  record->protocol = ip.protocol;
  record->ttl = ip.ttl;
  if (ip.total) record->length = bpf_ntohs(ip.total);
  if (!(ip.fragment & bpf_htons(0x1fff))) numbers_at(record, at + (ip.version & 15) * 4);
  return 1;
}

static __always_inline int read_v6(struct drop_record *record, const unsigned char *at) {
  struct ip6 ip;
  if (!READ(&ip, at) || ip.version >> 4 != 6) return 0;
  __builtin_memcpy(record->from, ip.from, 16);
  __builtin_memcpy(record->to, ip.to, 16);
  record->ttl = ip.hops;
  if (ip.length) record->length = bpf_ntohs(ip.length) + sizeof ip;
  at += sizeof ip;
  __be16 offset = 0;
  for (int i = 0; i < EXTENSIONS_MAX; i++) {
    __u8 extension[4];
    if (ip.next != HOP_BY_HOP && ip.next != ROUTING && ip.next != DESTINATION && ip.next != FRAGMENT) break;
    if (!READ(&extension, at)) return 1;
    if (ip.next == FRAGMENT) offset = (extension[2] << 8 | extension[3]) & 0xfff8;
    at += ip.next == FRAGMENT ? 8 : (extension[1] + 1) * 8;
    ip.next = extension[0];
  }
  record->protocol = ip.next;
  if (!offset) numbers_at(record, at);
  return 1;
}

/* RFC 826, of IPv4 over Ethernet. */
static __always_inline int read_arp(struct drop_record *record, const unsigned char *at) {
  struct {
    __be16 hardware, protocol;
    __u8 sizes[2];
    __be16 operation;
    __u8 sender[6];
    __u8 from[4];
    __u8 target[6];
    __u8 to[4];
  } arp;
  if (!READ(&arp, at) || arp.protocol != bpf_htons(ETHERTYPE_IPV4) || arp.sizes[0] != 6) return 0;
  __be32 from, to;
  __builtin_memcpy(&from, arp.from, 4);
  __builtin_memcpy(&to, arp.to, 4);
  mapped(record->from, from);
  mapped(record->to, to);
  record->length = sizeof arp;
  record->what = DROP_ARP;
  return 1;
}

static __always_inline int read_packet(struct drop_record *record, struct sk_buff *skb) {
  const unsigned char *at = network_of(skb);
  __be16 type = BPF_CORE_READ(skb, protocol);
  if (type == bpf_htons(ETHERTYPE_IPV4)) return read_v4(record, at);
  if (type == bpf_htons(ETHERTYPE_IPV6)) return read_v6(record, at);
  if (type == bpf_htons(ETHERTYPE_ARP)) return read_arp(record, at);
  return 0;
}

static __always_inline int is_known(const struct drop_wanted *key) { return bpf_map_lookup_elem(&wanted, key) != 0; }

static __always_inline int is_wanted(const struct drop_record *record) {
  __u64 *all = controlled(DROP_ALL);
  if (all && *all) return 1;
  struct drop_wanted key;
  __u64 from[2], to[2];
  __builtin_memcpy(from, record->from, 16);
  __builtin_memcpy(to, record->to, 16);
  __u64 high = bpf_be64_to_cpu(from[0]), its = bpf_be64_to_cpu(to[0]);
  int is_lo = high != its ? high < its : bpf_be64_to_cpu(from[1]) < bpf_be64_to_cpu(to[1]);
  __builtin_memcpy(key.lo, is_lo ? record->from : record->to, 16);
  __builtin_memcpy(key.hi, is_lo ? record->to : record->from, 16);
  if (is_known(&key)) return 1;
  __builtin_memset(key.hi, 0, 16);
  if (is_known(&key)) return 1;
  __builtin_memcpy(key.lo, is_lo ? record->to : record->from, 16);
  return is_known(&key);
}

/* By its interface; before it has one by its socket, or by its route. */
static __always_inline void read_place(struct drop_record *record, struct sk_buff *skb) {
  struct net_device *device = BPF_CORE_READ(skb, dev);
  struct sock *sk = BPF_CORE_READ(skb, sk);
  struct net *net = 0;
  if (!device) {
    struct dst_entry *route = (struct dst_entry *)(BPF_CORE_READ(skb, _skb_refdst) & ~1ul);
    if (sk) net = BPF_CORE_READ(sk, __sk_common.skc_net.net);
    else if (route) device = BPF_CORE_READ(route, dev);
  }
  if (device) {
    net = BPF_CORE_READ(device, nd_net.net);
    record->ifindex = BPF_CORE_READ(device, ifindex);
  }
  if (!net) return;
  record->netns = BPF_CORE_READ(net, net_cookie);
  record->inode = BPF_CORE_READ(net, ns.inum);
}

SEC("tp_btf/kfree_skb")
int BPF_PROG(drop_seen, struct sk_buff *skb, void *location, unsigned int reason) {
  if (is_skipped(reason)) return 0;
  struct drop_record record = {.reason = reason, .location = (__u64)location};
  record.length = BPF_CORE_READ(skb, len);
  if (!read_packet(&record, skb) || !is_wanted(&record)) return 0;
  record.time = bpf_ktime_get_ns();
  record.in_ifindex = BPF_CORE_READ(skb, skb_iif);
  read_place(&record, skb);
  if (bpf_ringbuf_output(&dropped, &record, sizeof record, 0) != 0) {
    __u64 *lost = controlled(DROP_LOST);
    if (lost) __sync_fetch_and_add(lost, 1);
  }
  return 0;
}

/* Run by user space: the name of what is at an address of the kernel's code, before which it called. */
SEC("syscall")
int drop_symbol(void *context) {
  __u32 zero = 0;
  char *name = bpf_map_lookup_elem(&symbol, &zero);
  __u64 *address = controlled(DROP_ADDRESS);
  if (!name || !address) return 0;
  static const char format[] = "%pB";
  __u64 arguments[] = {*address};
  bpf_snprintf(name, DROP_SYMBOL_BYTES, format, arguments, sizeof arguments);
  return 0;
}
