/* Each change of state of a TCP socket, of all namespaces. */
#include "socket_facts.h"

char LICENSE[] SEC("license") = "GPL";

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, SOCKET_RING_BYTES);
} changes SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, SOCKET_CONTROLS);
  __type(key, __u32);
  __type(value, __u64);
} control SEC(".maps");

/* net/tcp_states.h */
enum { SYN_SENT = 2, SYN_RECV = 3, FIN_WAIT1 = 4, LAST_ACK = 9, LISTEN = 10 };

/*
 * Into these a socket comes by connect(), listen(), close() and shutdown() alone, which who holds it calls; into the
 * others by what the other side sends as well, while anybody may be running.
 */
static __always_inline int is_callers(int state) {
  return state == SYN_SENT || state == LISTEN || state == FIN_WAIT1 || state == LAST_ACK;
}

static __always_inline void lose(void) {
  __u32 key = SOCKET_LOST;
  __u64 *lost = bpf_map_lookup_elem(&control, &key);
  if (lost) __sync_fetch_and_add(lost, 1);
}

static __always_inline __u32 seen_from(void) {
  __u32 key = SOCKET_PID_NAMESPACE;
  __u64 *inode = bpf_map_lookup_elem(&control, &key);
  return inode ? *inode : 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(socket_changed, struct sock *sk, int before, int after) {
  if (!is_told(sk) || sk->sk_protocol != TCP || after == SYN_RECV) return 0;
  struct socket_record *record = bpf_ringbuf_reserve(&changes, sizeof *record, 0);
  if (!record) {
    lose();
    return 0;
  }
  __builtin_memset(record, 0, sizeof *record);
  socket_facts(record, sk);
  record->before = before;
  record->state = after;
  if (is_callers(after)) socket_owner(record, bpf_get_current_task_btf(), seen_from());
  bpf_ringbuf_submit(record, 0);
  return 0;
}
