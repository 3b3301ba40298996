#include "flow/segments.h"

namespace skein::flow {
namespace {

/** Where the payload begins. What was not captured that far is believed to whoever captured it. */
uint32_t headersOf(const Level& innermost, const Packet& packet) {
  if (innermost.payload == nullptr) return packet.headerBytes;
  return static_cast<uint32_t>(innermost.payload - packet.data);
}

}  // namespace

void countSegments(Levels& levels, int first, const Packet& packet) {
  if (first == levels.count) return;
  const uint32_t headers = headersOf(levels.items[levels.count - 1], packet);
  if (packet.length <= headers) return;
  const uint32_t segments = (packet.length - headers + packet.segmentBytes - 1) / packet.segmentBytes;
  for (int i = first; i < levels.count; i++) {
    Level& level = levels.items[i];
    const uint64_t before = packet.length - level.bytes;
    level.packets = segments;
    if (headers > before) level.bytes += (segments - 1) * (headers - before);
  }
}

}  // namespace skein::flow
