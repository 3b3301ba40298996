#include "flow/tracking.h"

#include "flow/xxhash64.h"

namespace skein::flow {
namespace {

// Numbers of Skydive's endpoint types, which its ids contain.
enum EndpointType : uint64_t { kOther = 0, kIpv4Type = 1, kIpv6Type = 2, kEthernetType = 3, kTcpType = 4, kUdpType = 5, kSctpType = 6 };

/** Input of a hash, big-endian. The longest: two IPv6 addresses, ports, MACs, and their types. */
class Input {
 public:
  void bytes(const uint8_t* from, size_t count) {
    memcpy(bytes_ + size_, from, count);
    size_ += count;
  }
  void number(uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--) bytes_[size_++] = static_cast<uint8_t>(value >> (8 * i));
  }
  uint64_t hash() const { return xxHash64(bytes_, size_, 0); }

 private:
  uint8_t bytes_[96];
  size_t size_ = 0;
};

}  // namespace

uint64_t trackingIdOf(const Tuple& tuple, const Level& level) {
  Input input;
  if (tuple.family == 0) {
    input.bytes(level.loMac, 6);
    input.bytes(level.hiMac, 6);
    input.number(kEthernetType, 8);
    return input.hash();
  }
  const size_t addressBytes = tuple.family == 4 ? 4 : 16;
  input.bytes(tuple.lo, addressBytes);
  input.bytes(tuple.hi, addressBytes);
  input.number(tuple.family == 4 ? kIpv4Type : kIpv6Type, 8);
  switch (tuple.numbers) {
    case Numbers::kNone:
      input.number(tuple.number, 1);
      input.number(kOther, 8);
      break;
    case Numbers::kIcmp:
      input.number(tuple.number, 4);
      input.number(kOther, 8);
      break;
    case Numbers::kTunnel:
      input.number(tuple.number, 4);
      input.number(tuple.loPort, 2);
      input.number(kOther, 8);
      break;
    default:
      input.number(tuple.loPort, 2);
      input.number(tuple.hiPort, 2);
      input.number(tuple.numbers == Numbers::kTcp ? kTcpType : tuple.numbers == Numbers::kUdp ? kUdpType : kSctpType, 8);
  }
  return input.hash();
}

uint64_t keyOf(uint64_t trackingId, uint64_t parentKey, const Tuple& tuple, bool isL3Key) {
  Input input;
  input.number(trackingId, 8);
  input.number(parentKey, 8);
  if (!isL3Key) {
    input.bytes(tuple.loMac, 6);
    input.bytes(tuple.hiMac, 6);
    input.number(tuple.linkId, 8);
  }
  return input.hash();
}

}  // namespace skein::flow
