/** A BPF ring buffer of which only this matters: whether something was put into it since we last looked. */
#pragma once

#include <cstddef>

#include "fd.h"

namespace skein {

class Bell {
 public:
  /** `map` must outlive it. Throws Failure. */
  explicit Bell(const Fd& map);
  ~Bell();
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  /** Readable (epoll) while it has rung and was not silenced. */
  int fd() const { return fd_; }
  void silence();

 private:
  int fd_;
  size_t page_;
  unsigned long* heard_;         // how far we have read: ours to write
  const unsigned long* told_;    // how far the kernel has written
};

}  // namespace skein
