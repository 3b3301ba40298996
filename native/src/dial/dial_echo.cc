#include "dial/dial_echo.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

namespace skein::dial {
namespace {

constexpr size_t kHeaderBytes = 8, kIdAt = 4;
constexpr uint8_t kRequestV4 = 8, kReplyV4 = 0, kRequestV6 = 128, kReplyV6 = 129;

/** RFC 1071. */
uint16_t checksum(const std::vector<uint8_t>& bytes) {
  uint32_t sum = 0;
  for (size_t i = 0; i < bytes.size(); i += 2) {
    sum += static_cast<uint32_t>(bytes[i] << 8 | (i + 1 < bytes.size() ? bytes[i + 1] : 0));
  }
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

uint16_t idAt(const uint8_t* message) { return static_cast<uint16_t>(message[kIdAt] << 8 | message[kIdAt + 1]); }

}  // namespace

std::vector<uint8_t> echoRequest(int family, uint16_t id, const std::vector<uint8_t>& data) {
  constexpr uint8_t kSequence = 1;
  std::vector<uint8_t> message(kHeaderBytes + data.size());
  message[0] = family == AF_INET ? kRequestV4 : kRequestV6;
  message[kIdAt] = static_cast<uint8_t>(id >> 8);
  message[kIdAt + 1] = static_cast<uint8_t>(id);
  message[kHeaderBytes - 1] = kSequence;
  std::copy(data.begin(), data.end(), message.begin() + kHeaderBytes);
  if (family == AF_INET) {
    const uint16_t sum = checksum(message);
    message[2] = static_cast<uint8_t>(sum >> 8);
    message[3] = static_cast<uint8_t>(sum);
  }
  return message;
}

ptrdiff_t echoReplyData(int family, uint16_t id, const uint8_t* bytes, size_t size) {
  const size_t at = family == AF_INET && size > 0 ? static_cast<size_t>(bytes[0] & 15) * 4 : 0;
  if (size < at + kHeaderBytes || bytes[at] != (family == AF_INET ? kReplyV4 : kReplyV6)) return -1;
  return idAt(bytes + at) == id ? static_cast<ptrdiff_t>(size - at - kHeaderBytes) : -1;
}

uint16_t nextEchoId() {
  static std::atomic<uint32_t> next{static_cast<uint32_t>(getpid()) * 40503u};
  return static_cast<uint16_t>(next++);
}

bool isEchoOf(uint16_t id, const std::vector<uint8_t>& message) {
  return message.size() >= kHeaderBytes && (message[0] == kRequestV4 || message[0] == kRequestV6) &&
         idAt(message.data()) == id;
}

}  // namespace skein::dial
