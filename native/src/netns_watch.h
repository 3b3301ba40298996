/** Hears from the kernel that a network namespace may have been made, entered or left (bpf/netns_watch.bpf.c). */
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "bell.h"
#include "bpf_image.h"
#include "poller.h"

namespace skein {

/** Opened, rearmed and closed on one thread; rings on the epoll thread. */
class NetnsWatch : public Source, public std::enable_shared_from_this<NetnsWatch> {
 public:
  /** Throws Failure: EPERM or ENOTSUP, with what the kernel would need. */
  static std::shared_ptr<NetnsWatch> open();

  /** What it hears by: "tracepoints", with ", watchpoint" where that can be had. */
  const std::string& kind() const { return kind_; }
  bool isOpen() const { return bell_ != nullptr; }

  /** `ring` is called on the epoll thread, and not again before rearm(). */
  void listen(std::function<void()> ring);
  void rearm();
  /** Idempotent; nothing rings after it returns. */
  void close();

 private:
  void attach();
  void attachWatchpoint();
  void readable() override;

  std::string kind_;
  BpfLoaded loaded_;
  std::vector<Fd> attached_;
  std::unique_ptr<Bell> bell_;
  poller::Ticket ticket_ = 0;
  std::function<void()> ring_;
  bool resting_ = false;
  std::mutex mutex_;  // the epoll thread uses the bell and resting_
};

}  // namespace skein
