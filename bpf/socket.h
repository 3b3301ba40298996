/* What crosses between bpf/socket_*.bpf.c and src/probes/sockets/record.ts: one socket at one moment. No gaps. */
#ifndef SKEIN_SOCKET_H
#define SKEIN_SOCKET_H

#include <linux/types.h>

struct socket_record {
  __u64 cookie;
  __u64 netns; /* cookie of its network namespace */
  __u64 at; /* CLOCK_MONOTONIC, ns */
  __u64 started; /* when its process was: CLOCK_BOOTTIME, ns */
  __u64 sent; /* and acknowledged */
  __u64 received;
  __u32 rtt_us;
  __u32 retransmits;
  __u32 pid; /* as Skein's own PID namespace has it; 0: not known, or not to be seen from there */
  __u32 uid;
  __u8 family; /* AF_INET, AF_INET6 */
  __u8 protocol; /* IPPROTO_TCP, IPPROTO_UDP */
  __u8 before; /* states of net/tcp_states.h; the same as `state` when it did not change */
  __u8 state;
  __u16 local_port;
  __u16 remote_port;
  __u8 local[16]; /* IPv4: the first 4 */
  __u8 remote[16];
  char process[16];
};

/* Keys of the map `control` of socket_states.bpf.c. */
enum socket_control {
  SOCKET_LOST, /* changes that did not fit */
  SOCKET_PID_NAMESPACE, /* in which processes are numbered: its inode */
  SOCKET_CONTROLS
};

/* Bytes of changes that wait: some 32,000 of them, as 3,000 connections make, while user space is busy. */
#define SOCKET_RING_BYTES (4 << 20)

#endif
