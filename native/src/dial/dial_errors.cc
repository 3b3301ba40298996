#include "dial/dial_errors.h"

#include <sys/socket.h>
#include <time.h>

#include <linux/errqueue.h>

#include <cstring>

#include "dial/dial_address.h"

namespace skein::dial {
namespace {

/** Enough for what names a conversation: ports, or the id of an echo. */
constexpr size_t kAboutBytes = 64;

std::string senderOf(const cmsghdr* control) {
  // The sender's address follows the error.
  constexpr size_t kAt = CMSG_LEN(sizeof(sock_extended_err));
  if (control->cmsg_len < kAt + sizeof(sockaddr_in)) return "";
  DialAddress sender;
  const size_t given = control->cmsg_len - kAt;
  memcpy(&sender.storage, CMSG_DATA(control) + sizeof(sock_extended_err), given < sizeof(sockaddr_in6) ? given : sizeof(sockaddr_in6));
  return sender.text();
}

}  // namespace

std::optional<QueuedError> nextError(int fd) {
  uint8_t about[kAboutBytes];
  alignas(cmsghdr) char room[512];
  iovec piece{about, sizeof about};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = room;
  message.msg_controllen = sizeof room;
  const ssize_t size = recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT);
  if (size < 0) return std::nullopt;
  QueuedError found;
  found.about.assign(about, about + size);
  for (cmsghdr* control = CMSG_FIRSTHDR(&message); control != nullptr; control = CMSG_NXTHDR(&message, control)) {
    const bool isError = (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_RECVERR) ||
                         (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_RECVERR);
    if (!isError || control->cmsg_len < CMSG_LEN(sizeof(sock_extended_err))) continue;
    sock_extended_err error;
    memcpy(&error, CMSG_DATA(control), sizeof error);
    found.error = static_cast<int>(error.ee_errno);
    found.isIcmp = error.ee_origin == SO_EE_ORIGIN_ICMP || error.ee_origin == SO_EE_ORIGIN_ICMP6;
    found.type = error.ee_type;
    found.code = error.ee_code;
    found.info = error.ee_info;
    if (found.isIcmp) found.from = senderOf(control);
  }
  return found;
}

}  // namespace skein::dial
