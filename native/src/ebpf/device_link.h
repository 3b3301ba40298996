/** What of an interface decides how it is captured, and attaching there. */
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "ebpf/captured_place.h"
#include "ebpf/tc_attachment.h"

namespace skein::ebpf {

struct Device {
  bool isLoopback;
  LinkLayer link;
};

/** In the namespace of the calling thread. Throws Failure: ENODEV, or ENOTSUP when its packets begin with something else. */
Device deviceAt(uint32_t ifIndex);

/** There too. `mode`: 'tcx', 'clsact', or '' for the best. Throws Failure. */
std::unique_ptr<TcAttachment> attachTo(const Fd& program, uint32_t ifIndex, bool isLoopback, const std::string& mode);

}  // namespace skein::ebpf
