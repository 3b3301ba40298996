#include "bell.h"

#include <sys/mman.h>
#include <unistd.h>

#include "failure.h"

namespace skein {

// The first page holds the reader's position, the second the writer's (Documentation/bpf/ringbuf.rst).
Bell::Bell(const Fd& map) : fd_(map.get()), page_(static_cast<size_t>(sysconf(_SC_PAGESIZE))) {
  void* const heard = mmap(nullptr, page_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
  if (heard == MAP_FAILED) throw Failure::of("map a BPF ring buffer");
  void* const told = mmap(nullptr, page_, PROT_READ, MAP_SHARED, fd_, static_cast<off_t>(page_));
  if (told == MAP_FAILED) {
    const Failure failure = Failure::of("map a BPF ring buffer");
    munmap(heard, page_);
    throw failure;
  }
  heard_ = static_cast<unsigned long*>(heard);
  told_ = static_cast<const unsigned long*>(told);
}

Bell::~Bell() {
  munmap(heard_, page_);
  munmap(const_cast<unsigned long*>(told_), page_);
}

// A ring under way at this moment may be swallowed: what it tells of has happened before we look.
void Bell::silence() { __atomic_store_n(heard_, __atomic_load_n(told_, __ATOMIC_ACQUIRE), __ATOMIC_RELEASE); }

}  // namespace skein
