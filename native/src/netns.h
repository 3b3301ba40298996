/** Network namespaces: entering one, and telling which one a path is. */
#pragma once

#include <cstdint>
#include <string>

#include "fd.h"

namespace skein {

/** Moves the calling thread for good. Only for threads that end soon after. Throws Failure. */
void enterNetns(const std::string& path);

struct NetnsIdentity {
  uint64_t cookie;
  uint64_t inode;
  uint64_t device;
};

/** Throws Failure; EINVAL when the path is something else than a network namespace. */
NetnsIdentity identifyNetns(const std::string& path);

}  // namespace skein
