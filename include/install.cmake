# The library for other programs: liblts.so and liblts.a, the headers, pkg-config and CMake files.

add_library(lts_shared SHARED $<TARGET_OBJECTS:lts_core>)
set_target_properties(lts_shared PROPERTIES OUTPUT_NAME lts EXPORT_NAME lts
                      VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
target_link_libraries(lts_shared PRIVATE ${LTS_LIBRARIES})
target_include_directories(lts_shared PUBLIC $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

# Of the static library one object is made, so that what is hidden in the shared one can be made
# local to it and takes no name from the programs that link it.
set(LTS_ARCHIVE ${PROJECT_BINARY_DIR}/liblts.a)
set(localize)
if(NOT APPLE)
  set(localize COMMAND ${CMAKE_OBJCOPY} --localize-hidden lts.o)
endif()
add_custom_command(OUTPUT ${LTS_ARCHIVE}
                   COMMAND ${CMAKE_LINKER} -r -o lts.o $<TARGET_OBJECTS:lts_core>
                   ${localize}
                   COMMAND ${CMAKE_COMMAND} -E rm -f ${LTS_ARCHIVE}
                   COMMAND ${CMAKE_AR} rcs ${LTS_ARCHIVE} lts.o
                   COMMAND ${CMAKE_COMMAND} -E rm -f lts.o
                   DEPENDS lts_core $<TARGET_OBJECTS:lts_core>
                   WORKING_DIRECTORY ${PROJECT_BINARY_DIR}
                   COMMAND_EXPAND_LISTS VERBATIM)
add_custom_target(lts_static ALL DEPENDS ${LTS_ARCHIVE})

install(TARGETS lts_shared EXPORT ltsTargets DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${LTS_ARCHIVE} DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/lts DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.h)

# Relative, so that the installed folder may be moved.
file(RELATIVE_PATH LTS_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(include/lts.pc.in lts.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/lts.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

include(CMakePackageConfigHelpers)
set(LTS_PACKAGE ${CMAKE_INSTALL_LIBDIR}/cmake/lts)
install(EXPORT ltsTargets NAMESPACE lts:: FILE ltsConfig.cmake DESTINATION ${LTS_PACKAGE})
write_basic_package_version_file(ltsConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ltsConfigVersion.cmake DESTINATION ${LTS_PACKAGE})
