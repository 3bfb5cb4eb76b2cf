#include "scheduler/serve_requests.hpp"

#include "scheduler/request_rules.hpp"

namespace stune {

void serve_requests(const std::filesystem::path& folder, const Experiment& experiment,
                    const std::function<void(std::vector<EventBody>)>& commit,
                    const std::function<void(const std::string&)>& say) {
  const Inbox inbox = read_requests(folder);
  for (const std::string& notice : inbox.notices) say(notice);
  for (const ReceivedRequest& received : inbox.requests) {
    Ruling ruling = rule_on(experiment, received);
    if (!ruling.notice.empty()) say("request refused: " + ruling.notice);
    commit(std::move(ruling.events));
    remove_request(folder, received.id);
  }
}

}  // namespace stune
