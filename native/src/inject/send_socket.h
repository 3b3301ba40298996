/** SendSocket of src/native/injection.ts. */
#pragma once

#include <napi.h>

#include <memory>

#include "inject/sender.h"

namespace skein::inject {

void exportSenders(Napi::Env env, Napi::Object exports);

class SendSocket : public Napi::ObjectWrap<SendSocket> {
 public:
  static Napi::Function define(Napi::Env env);
  static Napi::Value wrap(Napi::Env env, std::shared_ptr<Sender> sender);

  explicit SendSocket(const Napi::CallbackInfo& info);
  ~SendSocket() override;

 private:
  Napi::Value send(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo&) { sender_->close(); }

  std::shared_ptr<Sender> sender_;
};

}  // namespace skein::inject
