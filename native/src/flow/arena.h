/** Room for so many records of a kind, reserved at once and taken from the system as they are touched: they never move. */
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace skein::flow {

template <typename Record>
class Arena {
 public:
  explicit Arena(size_t max) : size_(max * sizeof(Record)) {
    void* const at = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) throw std::bad_alloc();
    records_ = static_cast<Record*>(at);
  }
  ~Arena() { munmap(records_, size_); }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /** A miss of the address cache costs more than that of the data where there are many. Worth it from a few megabytes on. */
  void useHugePages() { madvise(records_, size_, MADV_HUGEPAGE); }
  Record& operator[](size_t index) { return records_[index]; }
  const Record& operator[](size_t index) const { return records_[index]; }

 private:
  size_t size_;
  Record* records_;
};

}  // namespace skein::flow
