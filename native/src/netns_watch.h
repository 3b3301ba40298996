/** Hears from the kernel that a network namespace may have been made, entered or left (bpf/netns_watch.bpf.c). */
#pragma once

#include <memory>
#include <string>

#include "bell.h"
#include "bpf_watch.h"

namespace skein {

/** Opened, rearmed and closed on one thread; rings on the epoll thread. */
class NetnsWatch : public BpfWatch<Bell> {
 public:
  /** Throws Failure: EPERM or ENOTSUP, with what the kernel would need. */
  static std::shared_ptr<NetnsWatch> open();

  /** What it hears by: "tracepoints", with ", watchpoint" where that can be had. */
  const std::string& kind() const { return kind_; }

 private:
  void attach();
  void attachWatchpoint();
  void tell() override;

  std::string kind_;
};

}  // namespace skein
