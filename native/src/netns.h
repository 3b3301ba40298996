/** Network namespaces: entering one, and telling which one a path is. */
#pragma once

#include <cstdint>
#include <string>

#include "fd.h"

namespace skein {

/** Moves the calling thread for good. Only for threads that end soon after. Throws Failure. */
void enterNetns(const std::string& path);

/** SO_NETNS_COOKIE of the namespace that the calling thread is in; 0 where there is none (before 5.14). Throws Failure. */
uint64_t netnsCookieHere();

struct NetnsIdentity {
  uint64_t cookie;
  uint64_t inode;
  uint64_t device;
};

/** Throws Failure; EINVAL when the path is something else than a network namespace. */
NetnsIdentity identifyNetns(const std::string& path);

}  // namespace skein
