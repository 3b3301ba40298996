/* What both programs of sockets tell of one. */
#ifndef SKEIN_SOCKET_FACTS_H
#define SKEIN_SOCKET_FACTS_H

#include "socket_kernel.h"

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

/* The process is named after its first thread, as /proc does. */
static __always_inline void socket_owner(struct socket_record *record, struct task_struct *task) {
  struct task_struct *leader = task->group_leader;
  record->pid = task->tgid;
  record->started = leader->start_boottime;
  record->uid = BPF_CORE_READ(leader, cred, euid.val);
  bpf_core_read(record->process, sizeof record->process, &leader->comm);
}

#endif
