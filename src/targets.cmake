# How the targets of this project are made: one static library per layer, one executable per test program.

include(GNUInstallDirs)

# The tests' own clusters, each a fixture of ctest and a folder of that name while they run: one for test programs, one for
# scripts that run the whole program, so that two tests at a time have each one to itself.
set(STUNE_SLURM_FIXTURES slurm slurm_loop)

# stune_needs_slurm(FIXTURE TESTS ...): they run one at a time, with SLURM_CONF of that cluster.
function(stune_needs_slurm fixture)
  set_tests_properties(${ARGN} PROPERTIES FIXTURES_REQUIRED ${fixture} RESOURCE_LOCK ${fixture} COST 20
    ENVIRONMENT SLURM_CONF=${PROJECT_BINARY_DIR}/${fixture}/slurm.conf)
endfunction()

# What only our own translation units are compiled with; never reaches a consumer.
add_library(stune_options INTERFACE)
target_compile_options(stune_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion)
if(STUNE_WARNINGS_AS_ERRORS)
  target_compile_options(stune_options INTERFACE -Werror)
endif()
if(CMAKE_UNITY_BUILD)
  # Every file is included by another one then, and g++ takes it for a header.
  target_compile_options(stune_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
if(STUNE_SANITIZE)
  # g++ 12 sees uninitialized values in every std::optional that a sanitizer has instrumented.
  target_compile_options(stune_options INTERFACE -fsanitize=${STUNE_SANITIZE} -fno-omit-frame-pointer
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(stune_options INTERFACE -fsanitize=${STUNE_SANITIZE})
  if(STUNE_SANITIZE MATCHES "undefined")
    target_compile_options(stune_options INTERFACE -fno-sanitize-recover=undefined)
  endif()
  if(STUNE_SANITIZE MATCHES "address")
    target_compile_options(stune_options INTERFACE -fno-sanitize=null)  # such an access ends in a report anyway
  endif()
endif()

# stune_add_layer(NAME ROOT DIR SOURCES ... HEADERS ... DEPENDS ... PRIVATE_DEPENDS ...)
# A layer of the house: static, position independent. ROOT is the folder that #include lines are relative to:
# src for what lies below src/, . for runners and analysis. Paths in SOURCES and HEADERS are relative to the calling list file.
function(stune_add_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "ROOT" "SOURCES;HEADERS;DEPENDS;PRIVATE_DEPENDS")
  if(arg_SOURCES)
    add_library(stune_${name} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
    set_target_properties(stune_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_link_libraries(stune_${name} PRIVATE $<BUILD_INTERFACE:stune_options> ${arg_PRIVATE_DEPENDS})
  else()
    add_library(stune_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(stune::${name} ALIAS stune_${name})
  cmake_path(ABSOLUTE_PATH arg_ROOT BASE_DIRECTORY ${PROJECT_SOURCE_DIR} NORMALIZE)
  target_sources(stune_${name} ${scope} FILE_SET HEADERS BASE_DIRS ${arg_ROOT} FILES ${arg_HEADERS})
  target_compile_features(stune_${name} ${scope} cxx_std_20)
  target_link_libraries(stune_${name} ${scope} ${arg_DEPENDS})
  set_target_properties(stune_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endfunction()

# All test programs that need nothing but themselves: what the sanitizers look at.
add_custom_target(unit_tests)

# stune_compile_as_test(TARGET): how tests are compiled.
function(stune_compile_as_test target)
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${target} PRIVATE stune_options GTest::gmock GTest::gtest_main)
  # What is tested is optimized and sanitized; the tests compile fast.
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  if(STUNE_SANITIZE MATCHES "undefined")
    target_compile_options(${target} PRIVATE -O0 -fno-sanitize=undefined)
  endif()
endfunction()

# stune_add_test(NAME SOURCES ... DEPENDS ... LABELS ... [TIMEOUT SECONDS] [FIXTURE NAME])
# One GoogleTest program; each TEST in it is a test of ctest with the given labels. FIXTURE: one of STUNE_SLURM_FIXTURES, a real
# Slurm that runs before the first such test; SLURM_CONF names it; one test at a time has it to itself and may break it.
function(stune_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT;FIXTURE" "SOURCES;DEPENDS;LABELS")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  set(properties LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
  if(arg_FIXTURE)
    list(APPEND properties FIXTURES_REQUIRED ${arg_FIXTURE} RESOURCE_LOCK ${arg_FIXTURE} COST 20
      ENVIRONMENT SLURM_CONF=${PROJECT_BINARY_DIR}/${arg_FIXTURE}/slurm.conf)
  endif()
  add_executable(${name} ${arg_SOURCES})
  if("unit" IN_LIST arg_LABELS)
    add_dependencies(unit_tests ${name})
  endif()
  stune_compile_as_test(${name})
  target_precompile_headers(${name} REUSE_FROM stune_test_headers)
  target_link_libraries(${name} PRIVATE ${arg_DEPENDS})
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES ${properties})
endfunction()
