/*
 * The few members of the kernel's own structs that we read. Only their names count: where they are is taken from the
 * running kernel's BTF when the program is loaded.
 */
#ifndef SKEIN_TASK_H
#define SKEIN_TASK_H

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
  struct list_head *next, *prev;
};

struct ns_common {
  unsigned int inum;
};

struct net {
  struct list_head list;
  struct ns_common ns;
};

struct nsproxy {
  struct {
    int refs;
  } count; /* atomic_t, since 6.2 refcount_t; either begins with an int */
  struct net *net_ns;
};

struct task_struct {
  int pid;
  struct task_struct *real_parent;
  struct nsproxy *nsproxy;
};

#pragma clang attribute pop

#endif
