# libstune: all layers below the command line in one shared library, whose public headers need nothing but std.

include(CMakePackageConfigHelpers)

set(layers base experiment trial h5 model storage metrics surrogate generation scheduler analysis client runners)
add_library(libstune SHARED)
add_library(stune::stune ALIAS libstune)
foreach(layer IN LISTS layers)
  target_sources(libstune PRIVATE $<TARGET_OBJECTS:stune_${layer}>)
endforeach()
target_sources(libstune PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${STUNE_PUBLIC_HEADERS})
target_compile_features(libstune PUBLIC cxx_std_20)
target_link_libraries(libstune PRIVATE $<BUILD_INTERFACE:stune_options> Threads::Threads hdf5::hdf5)
set_target_properties(libstune PROPERTIES OUTPUT_NAME stune EXPORT_NAME stune VERSION ${PROJECT_VERSION}
  SOVERSION ${PROJECT_VERSION_MAJOR})

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/stune)
install(TARGETS libstune EXPORT stune LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} FILE_SET HEADERS)
install(EXPORT stune NAMESPACE stune:: FILE stune-config.cmake DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/stune-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/stune-config-version.cmake DESTINATION ${package_folder})

# Trials on MPI ranks, for programs that are MPI programs themselves. Its header needs no <mpi.h> either.
if(MPI_C_FOUND)
  add_library(libstune_mpi SHARED $<TARGET_OBJECTS:stune_mpi>)
  target_sources(libstune_mpi PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src
    FILES ${PROJECT_SOURCE_DIR}/src/stune/mpi_runner.hpp)
  target_link_libraries(libstune_mpi PUBLIC libstune PRIVATE MPI::MPI_C)
  set_target_properties(libstune_mpi PROPERTIES OUTPUT_NAME stune_mpi EXPORT_NAME mpi VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR})
  install(TARGETS libstune_mpi EXPORT stune LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} FILE_SET HEADERS)
endif()
