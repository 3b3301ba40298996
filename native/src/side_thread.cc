#include "side_thread.h"

#include "failure.h"
#include "thread.h"

namespace skein {
namespace {

/** Pieces of work that wait, a few hundred bytes each. */
constexpr size_t kWaitingMax = 65536;

}  // namespace

// Never destroyed: a thread may still look at it while the process exits.
SideThread& SideThread::namespaces() {
  static SideThread* const only = new SideThread("skein-side", false);
  return *only;
}

SideThread& SideThread::kernel() {
  static SideThread* const only = new SideThread("skein-kernel", true);
  return *only;
}

SideThread& SideThread::closing() {
  static SideThread* const only = new SideThread("skein-close", false);
  return *only;
}

SideThread& SideThread::sending() {
  static SideThread* const only = new SideThread("skein-send", false);
  return *only;
}

SideThread& SideThread::tables() {
  static SideThread* const only = new SideThread("skein-tables", false);
  return *only;
}

void SideThread::run(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (work_.size() >= kWaitingMax) throw Failure{ENOBUFS, std::string("wait in line for thread ") + name_};
  work_.push_back(std::move(work));
  if (running_) {
    more_.notify_one();
    return;
  }
  try {
    startThread(name_, [this] { drain(); });
    running_ = true;
  } catch (const Failure&) {
    work_.pop_back();
    throw;
  }
}

void SideThread::drain() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (stays_) more_.wait(lock, [this] { return !work_.empty(); });
    if (work_.empty()) {
      running_ = false;
      return;
    }
    {
      const std::function<void()> next = std::move(work_.front());
      work_.pop_front();
      lock.unlock();
      next();
      // What it held goes here, not under the lock: it may be the last to hold a socket.
    }
    lock.lock();
  }
}

}  // namespace skein
