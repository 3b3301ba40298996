/** What src/native/dial.ts declares. */
#pragma once

#include <napi.h>

#include <memory>

#include "dial/dial_attempt.h"

namespace skein::dial {

/** openDial(options): Promise<DialSocket>. After the addon's mailbox. */
void exportDial(Napi::Env env, Napi::Object& exports);

/** { begin(listener), close() }. A forgotten one closes itself; one that has begun stays until close(). */
class DialSocket : public Napi::ObjectWrap<DialSocket> {
 public:
  static Napi::Function define(Napi::Env env);

  explicit DialSocket(const Napi::CallbackInfo& info);
  ~DialSocket() override;

 private:
  Napi::Value begin(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);
  void hear(Napi::Env env, const DialEvent& event);

  std::shared_ptr<DialAttempt> attempt_;
  /** Held by this object alone: whoever has it from a weak pointer knows that the object is there, and open. */
  std::shared_ptr<bool> open_ = std::make_shared<bool>(true);
  Napi::FunctionReference listener_;
};

}  // namespace skein::dial
