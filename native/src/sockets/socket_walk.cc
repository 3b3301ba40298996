#include "sockets/socket_walk.h"

#include "ebpf/bpf_call.h"
#include "failure.h"
#include "gen/socket_walk.image.h"

namespace skein::sockets {
namespace {

namespace image = socket_walk_image;

constexpr BpfImage kImage = {image::data,      sizeof image::data - 1, image::insns, sizeof image::insns - 1,
                             image::kMaps,     image::kPrograms};

/** Of one pass: some million descriptors. */
constexpr size_t kBytesMax = 128u << 20;
/** What the kernel gives at once, at most (kernel/bpf/bpf_iter.c: 8 pages). */
constexpr size_t kReadBytes = 64u << 10;

struct LinkCall {
  uint32_t program;
  uint32_t target;
  uint32_t type;
  uint32_t flags;
  uint64_t information;
  uint32_t informationSize;
};

struct IterateCall {
  uint32_t link;
  uint32_t flags;
};

}  // namespace

SocketWalk::SocketWalk() : loaded_(loadBpf(kImage)) {
  LinkCall link{};
  link.program = static_cast<uint32_t>(loaded_.programs[image::socket_walk].get());
  link.type = BPF_TRACE_ITER;
  link_ = Fd(ebpf::bpfCall(BPF_LINK_CREATE, link));
  if (!link_) throw Failure::of("make a BPF iterator of descriptors");
}

Walked SocketWalk::walk() const {
  IterateCall iterate{static_cast<uint32_t>(link_.get()), 0};
  const Fd pass(ebpf::bpfCall(BPF_ITER_CREATE, iterate));
  if (!pass) throw Failure::of("walk over descriptors");
  Walked walked;
  for (;;) {
    const size_t used = walked.records.size();
    if (used >= kBytesMax) {
      walked.isCut = true;
      return walked;
    }
    walked.records.resize(used + kReadBytes);
    const ssize_t count = read(pass.get(), walked.records.data() + used, kReadBytes);
    walked.records.resize(used + (count > 0 ? static_cast<size_t>(count) : 0));
    if (count == 0) return walked;
    // EAGAIN: so many descriptors that are no sockets that the kernel takes breath.
    if (count < 0 && errno != EAGAIN && errno != EINTR) throw Failure::of("walk over descriptors");
  }
}

}  // namespace skein::sockets
