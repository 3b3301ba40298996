/*
 * Rings when a network namespace may have been made, entered or left. It does not say which: who hears it looks at
 * /proc and compares. The tracepoints of processes find what the kernel tells of no other way; between them nothing is
 * added to a system call, and a fork, exec or exit pays a few loads.
 */
#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "netns_watch.h"
#include "kernel.h"

char LICENSE[] SEC("license") = "GPL";

/* One page is the least there is; only whether something is in it matters. */
struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} bell SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, NETNS_WATCH_KEYS);
  __type(key, __u32);
  __type(value, __u64);
} known SEC(".maps");

/* A namespace with more tasks than this does not become empty by one of them. */
#define FEW_TASKS 4
/* From any process to the first one; deeper trees of processes do not occur. */
#define ANCESTORS_MAX 64

/* Nothing is added while the last ring has not been heard: a storm of processes wakes nobody twice. */
static __always_inline void ring(void) {
  __u8 rung = 1;
  if (bpf_ringbuf_query(&bell, BPF_RB_AVAIL_DATA) == 0) bpf_ringbuf_output(&bell, &rung, sizeof rung, 0);
}

static __always_inline __u64 known_at(__u32 key) {
  __u64 *value = bpf_map_lookup_elem(&known, &key);
  return value ? *value : 0;
}

static __always_inline struct net *net_of(struct task_struct *task) { return BPF_CORE_READ(task, nsproxy, net_ns); }

/* clone(CLONE_NEWNET). */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(netns_fork, struct task_struct *parent, struct task_struct *child) {
  if (net_of(parent) != net_of(child)) ring();
  return 0;
}

/* unshare() or setns(), then exec(): `ip netns exec`, `unshare -n`, nsenter, every container. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(netns_exec, struct task_struct *task) {
  struct net *parents = BPF_CORE_READ(task, real_parent, nsproxy, net_ns);
  if (parents && net_of(task) != parents) ring();
  return 0;
}

/* The last tasks of a namespace proxy go, and with it perhaps the namespace. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(netns_exit, struct task_struct *task) {
  struct nsproxy *proxy = BPF_CORE_READ(task, nsproxy);
  int tasks = 0;
  bpf_core_read(&tasks, sizeof tasks, &proxy->count);
  if (tasks > FEW_TASKS) return 0;
  if (BPF_CORE_READ(proxy, net_ns, ns.inum) != known_at(NETNS_WATCH_HOME)) ring();
  return 0;
}

/* A write to the end of net_namespace_list (net/core/net_namespace.c): setup_net() has added one. */
SEC("perf_event")
int netns_create(void *context) {
  ring();
  return 0;
}

/*
 * Run once by the loader. The first process is in the first namespace, which is the first of the list; what is before
 * it in the circle is the head, whose `prev` is written by each list_add_tail_rcu().
 */
SEC("syscall")
int netns_find(void *context) {
  struct task_struct *task = (struct task_struct *)bpf_get_current_task();
  for (int i = 0; i < ANCESTORS_MAX && BPF_CORE_READ(task, pid) != 0; i++) task = BPF_CORE_READ(task, real_parent);
  if (BPF_CORE_READ(task, pid) != 0) return 0;
  struct list_head *head = BPF_CORE_READ(net_of(task), list.prev);
  __u32 key = NETNS_WATCH_LIST;
  __u64 address = (__u64)&head->prev;
  bpf_map_update_elem(&known, &key, &address, BPF_ANY);
  return 0;
}
