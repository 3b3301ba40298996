/** Echo requests and replies (RFC 792, RFC 4443). */
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace skein::dial {

/** With its checksum where the kernel does not fill it in (IPv4). */
std::vector<uint8_t> echoRequest(int family, uint16_t id, const std::vector<uint8_t>& data);

/** Bytes of the data of the reply to it; -1: it is no such reply. `bytes`: as a raw socket has it, with IPv4's header. */
ptrdiff_t echoReplyData(int family, uint16_t id, const uint8_t* bytes, size_t size);

/** An id that no other of ours has had lately. */
uint16_t nextEchoId();

/** Whether the ICMP message that begins here is an echo request of this id. */
bool isEchoOf(uint16_t id, const std::vector<uint8_t>& message);

}  // namespace skein::dial
