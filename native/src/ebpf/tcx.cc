#include <cstring>

#include "ebpf/bpf_call.h"
#include "ebpf/tc_attachment.h"
#include "failure.h"

namespace skein::ebpf {
namespace {

// linux/bpf.h of Linux 6.6.
constexpr uint32_t kTcxIngress = 46, kTcxEgress = 47;
constexpr uint32_t kBefore = 1u << 3;  // BPF_F_BEFORE: first of all, as there is no other to be before of

struct LinkCall {
  uint32_t program;
  uint32_t ifIndex;
  uint32_t attachType;
  uint32_t flags;
  uint32_t relative;
  uint32_t unused;
  uint64_t revision;
};

struct InfoCall {
  uint32_t fd;
  uint32_t size;
  uint64_t info;
};

/** struct bpf_link_info, up to its part about TCX. */
struct LinkInfo {
  uint32_t type;
  uint32_t id;
  uint32_t program;
  uint32_t unused;
  uint32_t ifIndex;
  uint32_t attachType;
  uint64_t rest[8];
};

Fd link(const Fd& program, uint32_t ifIndex, uint32_t attachType, uint32_t flags) {
  LinkCall call{static_cast<uint32_t>(program.get()), ifIndex, attachType, flags, 0, 0, 0};
  Fd made(bpfCall(BPF_LINK_CREATE, call));
  if (!made) throw Failure::of("attach a BPF program to interface " + std::to_string(ifIndex) + " (TCX)");
  return made;
}

class Tcx : public TcAttachment {
 public:
  // What comes in is seen before others can take it away, what goes out after they could change it.
  Tcx(const Fd& program, uint32_t ifIndex, bool isLoopback)
      : in_(link(program, ifIndex, kTcxIngress, kBefore)),
        out_(isLoopback ? Fd() : link(program, ifIndex, kTcxEgress, 0)) {}

  const char* mode() const override { return "tcx"; }

  bool isAttached() const override {
    LinkInfo info{};
    InfoCall call{static_cast<uint32_t>(in_.get()), sizeof info, address(&info)};
    return bpfCall(BPF_OBJ_GET_INFO_BY_FD, call) != 0 || info.ifIndex != 0;
  }

 private:
  Fd in_;
  Fd out_;
};

}  // namespace

std::unique_ptr<TcAttachment> attachTcx(const Fd& program, uint32_t ifIndex, bool isLoopback) {
  return std::make_unique<Tcx>(program, ifIndex, isLoopback);
}

}  // namespace skein::ebpf
