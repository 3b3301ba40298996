/** Reads a BPF ring buffer (Documentation/bpf/ringbuf.rst). One thread at a time. */
#pragma once

#include <cstdint>
#include <functional>

#include "ebpf/mapped.h"

namespace skein::ebpf {

class Ring {
 public:
  /** `map` must outlive it. Throws Failure. */
  Ring(const Fd& map, size_t bytes);

  /** Readable (epoll, edge-triggered) when the kernel wakes us. */
  int fd() const { return fd_; }
  /** Calls `take` with each record; what came meanwhile is read too, up to the size of the ring. Returns how many. */
  template <typename Take>
  size_t read(Take&& take);

 private:
  int fd_;
  size_t bytes_;
  Mapped<unsigned long> heard_;  // how far we have read: ours to write
  Mapped<const unsigned long> told_;
  Mapped<const uint8_t> data_;  // twice in a row, so that no record is cut
};

template <typename Take>
size_t Ring::read(Take&& take) {
  constexpr uint32_t kBusy = 1u << 31, kDiscard = 1u << 30, kHead = 8;
  size_t count = 0;
  unsigned long position = *heard_.get();
  const unsigned long most = position + bytes_;
  while (position < most && position < __atomic_load_n(told_.get(), __ATOMIC_ACQUIRE)) {
    const uint8_t* const record = data_.get() + (position & (bytes_ - 1));
    const uint32_t head = __atomic_load_n(reinterpret_cast<const uint32_t*>(record), __ATOMIC_ACQUIRE);
    if ((head & kBusy) != 0) break;
    const uint32_t size = head & ~(kBusy | kDiscard);
    if ((head & kDiscard) == 0) take(record + kHead, size);
    position += (size + kHead + 7) & ~7ul;
    __atomic_store_n(heard_.get(), position, __ATOMIC_RELEASE);
    count++;
  }
  return count;
}

}  // namespace skein::ebpf
