/*
 * The few members of the kernel's own structs that our programs read. Only their names count: where they are is taken
 * from the running kernel's BTF when a program is loaded, and what it does not read need not be there.
 */
#ifndef SKEIN_KERNEL_H
#define SKEIN_KERNEL_H

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
  struct list_head *next, *prev;
};

struct ns_common {
  unsigned int inum;
};

struct net {
  struct list_head list;
  __u64 net_cookie;
  struct ns_common ns;
};

typedef struct {
  struct net *net;
} possible_net_t;

struct net_device {
  int ifindex;
  possible_net_t nd_net;
};

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

struct dst_entry {
  struct net_device *dev;
};

struct sock {
  struct sock_common __sk_common;
  struct dst_entry *sk_dst_cache;
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

struct sk_buff {
  struct net_device *dev;
  struct sock *sk;
  unsigned long _skb_refdst;
  unsigned char *head;
  unsigned int len;
  int skb_iif;
  __be16 protocol;
  __u16 network_header;
  char cb[48];
};

struct tcp_skb_cb {
  __u16 tcp_gso_segs;
};

typedef struct {
  unsigned int val;
} kuid_t;

struct cred {
  kuid_t euid;
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

struct nsproxy {
  struct {
    int refs;
  } count; /* atomic_t, since 6.2 refcount_t; either begins with an int */
  struct net *net_ns;
};

struct task_struct {
  int pid;
  int tgid;
  struct pid *thread_pid;
  struct task_struct *group_leader;
  struct task_struct *real_parent;
  __u64 start_boottime;
  const struct cred *cred;
  struct nsproxy *nsproxy;
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
