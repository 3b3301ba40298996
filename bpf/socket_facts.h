/* What both programs of sockets tell of one. */
#ifndef SKEIN_SOCKET_FACTS_H
#define SKEIN_SOCKET_FACTS_H

#include "kernel.h"

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "socket.h"

enum { INET = 2, INET6 = 10, TCP = 6, UDP = 17 };

static __always_inline int is_told(const struct sock *sk) {
  __u16 family = sk->__sk_common.skc_family;
  __u16 protocol = sk->sk_protocol;
  return (family == INET || family == INET6) && (protocol == TCP || protocol == UDP);
}

static __always_inline void socket_ends(struct socket_record *record, const struct sock *sk) {
  __u32 *local = (__u32 *)record->local, *remote = (__u32 *)record->remote;
  if (record->family == INET) {
    local[0] = sk->__sk_common.skc_rcv_saddr;
    remote[0] = sk->__sk_common.skc_daddr;
  } else {
    for (int i = 0; i < 4; i++) {
      local[i] = sk->__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32[i];
      remote[i] = sk->__sk_common.skc_v6_daddr.in6_u.u6_addr32[i];
    }
  }
  record->local_port = sk->__sk_common.skc_num;
  record->remote_port = bpf_ntohs(sk->__sk_common.skc_dport);
}

static __always_inline void socket_traffic(struct socket_record *record, struct sock *sk) {
  struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk);
  if (!tcp) return;
  record->sent = tcp->bytes_acked;
  record->received = tcp->bytes_received;
  record->rtt_us = tcp->srtt_us >> 3; /* it is kept in eighths */
  record->retransmits = tcp->total_retrans;
}

/* `record` is all zero. */
static __always_inline void socket_facts(struct socket_record *record, struct sock *sk) {
  record->cookie = bpf_get_socket_cookie(sk);
  record->netns = sk->__sk_common.skc_net.net->net_cookie;
  record->at = bpf_ktime_get_ns();
  record->family = sk->__sk_common.skc_family;
  record->protocol = sk->sk_protocol;
  record->before = record->state = sk->__sk_common.skc_state;
  socket_ends(record, sk);
  if (record->protocol == TCP) socket_traffic(record, sk);
}

/* Namespaces of PIDs are nested no deeper (MAX_PID_NS_LEVEL of linux/pid_namespace.h). */
#define PID_LEVELS 32

static __always_inline const struct upid *number_at(const struct pid *pid, __u32 level) {
  return (const void *)pid + bpf_core_field_offset(struct pid, numbers) + level * bpf_core_type_size(struct upid);
}

static __always_inline __u32 namespace_at(const struct pid *pid, __u32 level) {
  return BPF_CORE_READ(number_at(pid, level), ns, ns.inum);
}

/* The namespace that a process numbers others in, by its inode. */
static __always_inline __u32 pid_namespace_of(struct task_struct *task) {
  const struct pid *pid = BPF_CORE_READ(task, thread_pid);
  return namespace_at(pid, BPF_CORE_READ(pid, level));
}

/* What a process is called in that namespace; 0: it is not to be seen from there. */
static __always_inline __u32 pid_within(struct task_struct *leader, __u32 pid_namespace) {
  const struct pid *pid = BPF_CORE_READ(leader, thread_pid);
  __u32 deepest = BPF_CORE_READ(pid, level);
  for (__u32 level = 0; level < PID_LEVELS && level <= deepest; level++)
    if (namespace_at(pid, level) == pid_namespace) return BPF_CORE_READ(number_at(pid, level), nr);
  return 0;
}

/* The process is named after its first thread, as /proc does. */
static __always_inline void socket_owner(struct socket_record *record, struct task_struct *task,
                                         __u32 pid_namespace) {
  struct task_struct *leader = task->group_leader;
  record->pid = pid_within(leader, pid_namespace);
  if (record->pid == 0) return;
  record->started = leader->start_boottime;
  record->uid = BPF_CORE_READ(leader, cred, euid.val);
  bpf_core_read(record->process, sizeof record->process, &leader->comm);
}

#endif
