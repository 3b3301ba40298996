/**
 * Waits until no BPF program runs that began before. The kernel does so itself when an element of a map of maps is
 * changed, so that user space knows that the old map is not in use any more (kernel/bpf/syscall.c, maybe_wait_bpf_programs).
 */
#pragma once

#include "fd.h"

namespace skein::ebpf {

class Grace {
 public:
  /** Throws Failure. */
  Grace();
  /** Takes some ten milliseconds and no CPU. Throws Failure. */
  void wait();

 private:
  Fd inner_;
  Fd outer_;
};

}  // namespace skein::ebpf
