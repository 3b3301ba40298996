#include "inject/answer_port.h"

#include <sys/socket.h>

namespace skein::inject {
namespace {

constexpr PacketPortKind kKind{SOCK_DGRAM, 1024 * 1024, true, 2048, 256};

}  // namespace

Fd openAnswers(const PacketPortOptions& options) { return openPacketPort(kKind, options); }

AnswerPort::AnswerPort(Fd fd) : PacketPort(std::move(fd), kKind) {}

void AnswerPort::append(Batch& batch, const Heard& heard) {
  const uint32_t head[] = {static_cast<uint32_t>(heard.from.sll_ifindex), heard.length};
  appendBytes(batch, head, 2);
  appendBytes(batch, &heard.timeNs, 1);
  appendBytes(batch, heard.bytes, heard.length);
  batch.resize((batch.size() + 7) & ~size_t{7});
}

}  // namespace skein::inject
