/** Device ioctls (ethtool). */
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "fd.h"

namespace skein {

/** A socket to ask about devices of the calling thread's namespace. Throws Failure. */
Fd openDevices();

/**
 * SIOCETHTOOL (linux/ethtool.h). The kernel writes into `command`, `size` bytes and never more: some commands write
 * as much as the driver has whatever was asked for; past the end that is EFAULT. Throws Failure.
 */
void ethtool(const Fd& devices, const std::string& interfaceName, uint8_t* command, size_t size);

}  // namespace skein
