/** A program on both directions of an interface, by a link (TCX, Linux 6.6) or by filters of the qdisc clsact. */
#pragma once

#include <memory>
#include <string>

#include "fd.h"

namespace skein::ebpf {

class TcAttachment {
 public:
  virtual ~TcAttachment() = default;
  /** 'tcx' or 'clsact'. */
  virtual const char* mode() const = 0;
  /** The interface is still there. */
  virtual bool isAttached() const = 0;
};

/** By links, which go with us however we end. On the thread that is in the interface's namespace. Throws Failure. */
std::unique_ptr<TcAttachment> attachTcx(const Fd& program, uint32_t ifIndex, bool isLoopback);

/**
 * By netlink. What a process leaves that is killed is a filter which counts for nobody; it is replaced by the next one
 * that attaches here. Throws Failure.
 */
std::unique_ptr<TcAttachment> attachClsact(const Fd& program, uint32_t ifIndex, bool isLoopback);

}  // namespace skein::ebpf
