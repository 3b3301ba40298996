/*
 * The few members of the kernel's own structs that the programs of sockets read. Only their names count: where they are
 * is taken from the running kernel's BTF when the program is loaded.
 */
#ifndef SKEIN_SOCKET_KERNEL_H
#define SKEIN_SOCKET_KERNEL_H

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct net {
  __u64 net_cookie;
};

typedef struct {
  struct net *net;
} possible_net_t;

struct in6_addr {
  union {
    __be32 u6_addr32[4];
  } in6_u;
};

struct sock_common {
  __be32 skc_daddr;
  __be32 skc_rcv_saddr;
  __be16 skc_dport;
  __u16 skc_num;
  unsigned short skc_family;
  volatile unsigned char skc_state;
  possible_net_t skc_net;
  struct in6_addr skc_v6_daddr;
  struct in6_addr skc_v6_rcv_saddr;
};

struct sock {
  struct sock_common __sk_common;
  __u16 sk_protocol;
};

struct tcp_sock {
  __u64 bytes_acked;
  __u64 bytes_received;
  __u32 srtt_us;
  __u32 total_retrans;
};

struct socket {
  struct sock *sk;
};

typedef struct {
  unsigned int val;
} kuid_t;

struct cred {
  kuid_t euid;
};

struct ns_common {
  unsigned int inum;
};

struct pid_namespace {
  struct ns_common ns;
};

/* A process has a number in its own PID namespace, and in each above. */
struct upid {
  int nr;
  struct pid_namespace *ns;
};

struct pid {
  unsigned int level;
  struct upid numbers[1];
};

struct task_struct {
  int tgid;
  struct pid *thread_pid;
  struct task_struct *group_leader;
  __u64 start_boottime;
  const struct cred *cred;
  char comm[16];
};

struct file;
struct seq_file;

struct bpf_iter_meta {
  struct seq_file *seq;
};

struct bpf_iter__task_file {
  struct bpf_iter_meta *meta;
  struct task_struct *task;
  __u32 fd;
  struct file *file;
};

#pragma clang attribute pop

#endif
