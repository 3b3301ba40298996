/** A descriptor in use on several threads. Closing it waits for nobody: the last who uses it closes it in fact. */
#pragma once

#include <memory>
#include <mutex>

#include "fd.h"

namespace skein {

class SharedFd {
 public:
  explicit SharedFd(Fd fd) : fd_(std::make_shared<const Fd>(std::move(fd))) {}

  /** To be held while it is used; nothing once it was closed. */
  std::shared_ptr<const Fd> hold() const {
    const std::lock_guard lock(mutex_);
    return fd_;
  }

  /** Gives what is to be let go: nothing when it was closed before. */
  std::shared_ptr<const Fd> close() {
    const std::lock_guard lock(mutex_);
    return std::move(fd_);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Fd> fd_;
};

}  // namespace skein
