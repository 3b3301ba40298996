#include "flow/samples.h"

#include <algorithm>

#include "flow/append.h"
#include "flow/tcp_facts.h"

namespace skein::flow {

void Samples::add(const Level& level, uint32_t bytesMax) {
  const uint32_t size = std::min({level.payloadSize, bytesMax, uint32_t{UINT16_MAX}});
  PayloadHead head{};
  head.ms = toMs(level.timestampNs);
  head.size = static_cast<uint16_t>(size);
  head.fromHi = level.isFromHi ? 1 : 0;
  // SYN takes a number of its own, before the data that may come with it (RFC 7413).
  if (level.hasTcp) head.sequence = level.tcpSequence + ((level.tcpFlags & kTcpSyn) != 0 ? 1 : 0);
  append(bytes_, &head, sizeof head);
  append(bytes_, level.payload, size);
  pad(bytes_);
  count_++;
}

}  // namespace skein::flow
