/** Starts a detached thread under a name (15 characters at most) that takes no signals: those are Node's. */
#pragma once

#include <functional>

namespace skein {

void startThread(const char* name, std::function<void()> body);

/** Runs `body` on a thread of its own and waits for it. */
void onOwnThread(const char* name, const std::function<void()>& body);

}  // namespace skein
