#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>
#if STUNE_HAS_SQLITE
#include <sqlite3.h>
#endif

#include "base/file.hpp"
#include "cli/export_files.hpp"
#include "cli/export_tables.hpp"
#include "h5/file.hpp"
#include "stune/error.hpp"
#include "tests/analysis/made_experiment.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string nasty = "a,\"b\"\r\n<script>alert('x')</script>\xc3\xa9\xe2\x82\xac, ;--";

/// What RFC 4180 says, read by somebody else than its writer.
std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows{{""}};
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    std::string& field = rows.back().back();
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      field += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      rows.back().emplace_back();
    } else if (!quoted && c == '\r' && text[i + 1] == '\n') {
      ++i;
      if (i + 1 < text.size()) rows.push_back({""});
    } else {
      field += c;
    }
  }
  return rows;
}

class Export : public testing::Test {
 protected:
  Export() {
    made_.complete({{"lr", 0.1}, {"X", std::int64_t{3}}, {"x", true}, {"opt", nasty}}, 0.1 + 0.2, 0.25, "Sobol");
    const int trial =
        made_.create({{"lr", 1e-5}, {"X", std::int64_t{4}}, {"x", false}, {"opt", std::string("plain")}}, "GP", false);
    made_.happen(SubmissionIntended{"t", {{trial, 0}}});
    Ending ending{Cause::exit_code, 3};
    ending.detail = nasty;
    ending.nodes = 4;
    ending.ended = TimePoint{} + std::chrono::milliseconds(1500);
    made_.happen(TrialEnded{trial,
                            TrialStatus::failed,
                            nasty,
                            ending,
                            {{"<script>", 5, 1.5, std::nan(""), TimePoint{} + std::chrono::seconds(20)}}});
  }

  std::filesystem::path path(const std::string& name) const { return folder_ / name; }

  TemporaryFolder folder_;
  MadeExperiment made_{{range("lr", 1e-5, 1.0, {.log_scale = true}), integer("X", 1, 9), boolean("x"),
                        choice("opt", {Value{nasty}, Value{std::string("plain")}})}};
};

TEST_F(Export, CsvKeepsEveryTextAndEveryDigit) {
  const auto files = write_tables(path("out.csv"), export_tables(*made_));

  EXPECT_THAT(files, ElementsAre(path("out-experiment.csv"), path("out.csv"), path("out-observations.csv"),
                                 path("out-attempts.csv")));
  const auto trials = parse_csv(*read_file(path("out.csv")));
  EXPECT_THAT(trials[0], ElementsAre("trial", "status", "generator", "by_hand", "reason", "objective", "sem", "created",
                                     "ended", "param_lr", "param_X", "param_x_2", "param_opt"));
  ASSERT_EQ(trials.size(), 3U);
  EXPECT_EQ(trials[1][5], "0.30000000000000004");
  EXPECT_EQ(trials[1][12], nasty);
  EXPECT_EQ(trials[2][4], nasty);
  EXPECT_EQ(trials[2][5], "");
  EXPECT_THAT(parse_csv(*read_file(path("out-observations.csv")))[2],
              ElementsAre("1", "<script>", "5", "1.5", "", "1970-01-01T00:00:20Z"));
  EXPECT_EQ(parse_csv(*read_file(path("out-attempts.csv")))[0].back(), "nodes");
  EXPECT_EQ(parse_csv(*read_file(path("out-attempts.csv")))[1].back(), "4");
  EXPECT_EQ(parse_csv(*read_file(path("out-attempts.csv")))[1][5], "1970-01-01T00:00:01.500000Z");
}

#if STUNE_HAS_SQLITE
std::vector<std::vector<std::string>> query(const std::filesystem::path& path, const std::string& sql) {
  std::vector<std::vector<std::string>> rows;
  sqlite3* database = nullptr;
  sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr);
  const auto take = [](void* to, int count, char** values, char**) {
    auto& all = *static_cast<std::vector<std::vector<std::string>>*>(to);
    all.emplace_back();
    for (int i = 0; i < count; ++i) all.back().emplace_back(values[i] ? values[i] : "NULL");
    return 0;
  };
  EXPECT_EQ(sqlite3_exec(database, sql.c_str(), take, &rows, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
  sqlite3_close(database);
  return rows;
}

TEST_F(Export, SqliteAnswersQuestionsInSql) {
  write_tables(path("out.sqlite"), export_tables(*made_));
  write_tables(path("out.sqlite"), export_tables(*made_));  // replaces it

  EXPECT_THAT(query(path("out.sqlite"),
                    "SELECT trial, param_lr, param_X, param_x_2, param_opt FROM trials WHERE objective < 1"),
              ElementsAre(ElementsAre("0", "0.1", "3", "1", nasty)));
  EXPECT_THAT(query(path("out.sqlite"), "SELECT cause, exit_code, detail FROM attempts JOIN trials USING (trial)"),
              ElementsAre(ElementsAre("exit_code", "3", nasty)));
  EXPECT_THAT(query(path("out.sqlite"), "SELECT step, sem FROM observations ORDER BY trial"),
              ElementsAre(ElementsAre("NULL", "0.25"), ElementsAre("5", "NULL")));
  EXPECT_THAT(query(path("out.sqlite"), "SELECT name, objective, minimize, schema FROM experiment"),
              ElementsAre(ElementsAre("made", "loss", "1", "2")));
}
#endif

std::vector<std::string> texts(const std::filesystem::path& path, const char* name) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), set = H5Dopen2(file, name, H5P_DEFAULT);
  const hid_t type = H5Dget_type(set), space = H5Dget_space(set);
  std::vector<char*> raw(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
  EXPECT_GE(H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw.data()), 0);
  EXPECT_EQ(H5Tget_cset(type), H5T_CSET_UTF8);
  std::vector<std::string> result(raw.begin(), raw.end());
  H5Dvlen_reclaim(type, space, H5P_DEFAULT, raw.data());
  H5Sclose(space);
  H5Tclose(type);
  H5Dclose(set);
  H5Fclose(file);
  return result;
}

TEST_F(Export, Hdf5HasAGroupForEachTableAndADatasetForEachColumn) {
  write_tables(path("out.h5"), export_tables(*made_));

  EXPECT_THAT(texts(path("out.h5"), "trials/param_opt"), ElementsAre(nasty, "plain"));
  const auto file = h5::open(path("out.h5"));
  const auto numbers = [&](const char* name) {
    return std::get<h5::Numbers>(std::get<h5::File>(file).read(name)).values;
  };
  EXPECT_THAT(numbers("trials/trial"), ElementsAre(0, 1));
  EXPECT_THAT(numbers("trials/objective"), ElementsAre(0.1 + 0.2, testing::IsNan()));
  EXPECT_THAT(numbers("observations/step"), ElementsAre(testing::IsNan(), 5));
  EXPECT_THAT(numbers("attempts/exit_code"), ElementsAre(3));
}

TEST_F(Export, AnExperimentWithoutTrialsGivesEmptyTables) {
  MadeExperiment nothing({range("x", 0, 1)});

  for (const char* name : {"out.csv", "out.h5"})
    EXPECT_FALSE(write_tables(path(name), export_tables(*nothing)).empty());

  EXPECT_EQ(parse_csv(*read_file(path("out.csv"))).size(), 1U);
}

TEST_F(Export, AFailureLeavesTheOldFileAndNothingElse) {
  std::filesystem::create_directory(path("out.h5"));  // cannot be replaced by a file

  EXPECT_THROW(write_tables(path("out.h5"), export_tables(*made_)), StorageError);
  EXPECT_THROW(write_tables(path("missing/out.h5"), export_tables(*made_)), StorageError);
  EXPECT_THROW(write_tables(path("out.xlsx"), export_tables(*made_)), UsageError);

  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path("")), {}), 1);
}

}  // namespace
}  // namespace stune::cli
