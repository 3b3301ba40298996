/* Sockets that processes hold open, of all namespaces in one pass: one record for each descriptor. */
#include "socket_facts.h"

char LICENSE[] SEC("license") = "GPL";

SEC("iter/task_file")
int socket_walk(struct bpf_iter__task_file *step) {
  struct task_struct *task = step->task;
  struct file *file = step->file;
  if (!task || !file) return 0;
  struct socket *socket = bpf_sock_from_file(file);
  if (!socket) return 0;
  struct sock *sk = socket->sk;
  if (!sk || !is_told(sk)) return 0;
  struct socket_record record = {};
  socket_facts(&record, sk);
  /* Who walks is who reads. */
  socket_owner(&record, task, pid_namespace_of(bpf_get_current_task_btf()));
  bpf_seq_write(step->meta->seq, &record, sizeof record);
  return 0;
}
