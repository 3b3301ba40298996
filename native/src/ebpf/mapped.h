/** Memory that is shared with the kernel through a descriptor. */
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <utility>

#include "failure.h"
#include "fd.h"

namespace skein::ebpf {

template <typename Item>
class Mapped {
 public:
  Mapped() = default;
  Mapped(const Fd& fd, size_t bytes, int protection, off_t offset = 0) : bytes_(bytes) {
    void* const at = mmap(nullptr, bytes, protection, MAP_SHARED, fd.get(), offset);
    if (at == MAP_FAILED) throw Failure::of("map a BPF map into memory");
    at_ = static_cast<Item*>(at);
  }
  Mapped(Mapped&& other) noexcept : at_(std::exchange(other.at_, nullptr)), bytes_(other.bytes_) {}
  Mapped& operator=(Mapped&& other) noexcept {
    std::swap(at_, other.at_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Mapped() {
    if (at_ != nullptr) munmap(const_cast<void*>(static_cast<const volatile void*>(at_)), bytes_);
  }

  Item* get() const { return at_; }
  Item* operator->() const { return at_; }
  Item& operator[](size_t index) const { return at_[index]; }

 private:
  Item* at_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace skein::ebpf
