/** Device ioctls (ethtool). */
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fd.h"

namespace skein {

/** A socket to ask about devices of the calling thread's namespace. Throws Failure. */
Fd openDevices();

/**
 * SIOCETHTOOL (linux/ethtool.h): gives the command as the kernel filled it. It writes as many bytes as the command has
 * and never more: some commands write as much as the driver has whatever was asked for; past the end that is EFAULT.
 * `devices`: nothing when it was closed. From any thread; waits for the kernel's locks. Throws Failure.
 */
std::vector<uint8_t> ethtool(const Fd* devices, const std::string& interfaceName, const std::vector<uint8_t>& command);

}  // namespace skein
