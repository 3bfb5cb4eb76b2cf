#include <gmock/gmock.h>

#include "stune/error.hpp"
#include "stune/hdf5_metric.hpp"

namespace stune {
namespace {

using testing::HasSubstr;
using Parsed = std::pair<std::string, Hdf5Source>;

TEST(ParseMetric, TakesANameAlone) { EXPECT_EQ(parse_metric(" accuracy "), Parsed("accuracy", {})); }

TEST(ParseMetric, TakesFileDatasetReductionAndStandardError) {
  EXPECT_EQ(parse_metric("energy = out.h5:/results/energy, reduce=min , sem=/results/error"),
            Parsed("energy", {"out.h5", "/results/energy", "min", "/results/error"}));
  EXPECT_EQ(parse_metric("e=/scratch/{trial}.h5:e"), Parsed("e", {"/scratch/{trial}.h5", "e", "last", ""}));
  EXPECT_EQ(parse_metric("e = out.h5"), Parsed("e", {"out.h5", "", "last", ""}));
  EXPECT_EQ(parse_metric("e = :/other"), Parsed("e", {"", "/other", "last", ""}));
  EXPECT_EQ(parse_metric("loss, reduce=min"), Parsed("loss", {"", "", "min", ""}));
}

TEST(ParseMetric, NamesWhatItCannotRead) {
  const std::vector<std::pair<std::string, std::string>> cases = {{"", "no metric"},
                                                                  {"= out.h5:/x", "no metric"},
                                                                  {"e =", "nothing stands after"},
                                                                  {"e = out.h5:", "no dataset"},
                                                                  {"e = out.h5:/x, reduce=median", "median"},
                                                                  {"e = out.h5:/x, redcue=min", "did you mean"},
                                                                  {"e = out.h5:/x, sem=", "sem needs a value"},
                                                                  {"e = out.h5:/x, min", "not understood"},
                                                                  {"e = /scratch/out.h5:/x", "{trial}"},
                                                                  {"e = {lr}.h5:/x", "{trial}"}};
  for (const auto& [text, message] : cases) {
    try {
      parse_metric(text);
      ADD_FAILURE() << text;
    } catch (const ConfigError& e) {
      EXPECT_THAT(e.what(), HasSubstr(message)) << text;
    }
  }
}

}  // namespace
}  // namespace stune
