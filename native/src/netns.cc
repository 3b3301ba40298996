#include "netns.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <optional>

#include "failure.h"
#include "thread.h"

#ifndef NS_GET_ID
#define NS_GET_ID _IOR(NSIO, 13, uint64_t)  // linux/nsfs.h, Linux 6.18
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71  // asm-generic/socket.h, Linux 5.14
#endif

namespace skein {
namespace {

// O_NONBLOCK: a path that turns out to be a FIFO must not stop us.
Fd openNetns(const std::string& path, const char* attempt) {
  Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) throw Failure::of(attempt + path);
  if (ioctl(fd.get(), NS_GET_NSTYPE) != CLONE_NEWNET) {
    throw Failure{EINVAL, attempt + path + " (not a network namespace)"};
  }
  return fd;
}

uint64_t cookieInside(const Fd& netns, const std::string& path) {
  uint64_t cookie = 0;
  std::optional<Failure> failure;
  onOwnThread("skein-netns", [&] {
    try {
      if (setns(netns.get(), CLONE_NEWNET) != 0) throw Failure::of("setns " + path);
      cookie = netnsCookieHere();
    } catch (const Failure& caught) {
      failure = caught;
    }
  });
  if (failure) throw *failure;
  return cookie;
}

bool isOurs(const struct stat& status) {
  struct stat own;
  return stat("/proc/thread-self/ns/net", &own) == 0 && own.st_ino == status.st_ino && own.st_dev == status.st_dev;
}

}  // namespace

uint64_t netnsCookieHere() {
  const Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) throw Failure::of("socket for SO_NETNS_COOKIE");
  uint64_t cookie = 0;
  socklen_t size = sizeof cookie;
  // 0 where the kernel has no cookies (before 5.14): then nothing better than the inode is known.
  if (getsockopt(socket.get(), SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) != 0) return 0;
  return cookie;
}

void enterNetns(const std::string& path) {
  const Fd fd = openNetns(path, "setns ");
  if (setns(fd.get(), CLONE_NEWNET) != 0) throw Failure::of("setns " + path);
}

NetnsIdentity identifyNetns(const std::string& path) {
  const Fd fd = openNetns(path, "open ");
  struct stat status;
  if (fstat(fd.get(), &status) != 0) throw Failure::of("stat " + path);
  uint64_t cookie = 0;
  // Since 6.18 a namespace tells its cookie itself; before, only a socket inside does.
  if (ioctl(fd.get(), NS_GET_ID, &cookie) != 0) cookie = isOurs(status) ? netnsCookieHere() : cookieInside(fd, path);
  return NetnsIdentity{cookie, status.st_ino, status.st_dev};
}

}  // namespace skein
