# Installs lib/client: the archives of the rooms that it stands on, the headers that its own header
# names, and a CMake package. Included by lib/CMakeLists.txt.

# Archives of our own below a target; a program that links them needs all of them.
function(pxq_rooms_below target out)
  set(found ${target})
  get_target_property(libraries ${target} INTERFACE_LINK_LIBRARIES)
  foreach(library IN LISTS libraries)
    string(REGEX REPLACE "^\\$<LINK_ONLY:(.*)>$" "\\1" library "${library}")
    if(TARGET ${library} AND library MATCHES "^pxq_" AND NOT library IN_LIST found)
      pxq_rooms_below(${library} more)
      list(APPEND found ${more})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES found)
  set(${out} ${found} PARENT_SCOPE)
endfunction()

pxq_rooms_below(pxq_client pxq_client_rooms)
set(pxq_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pxq)
set(pxq_include_dir ${CMAKE_INSTALL_INCLUDEDIR}/pxq)
set_target_properties(pxq_client PROPERTIES EXPORT_NAME client)
target_include_directories(pxq_client PUBLIC $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_features(pxq_client PUBLIC cxx_std_20)
install(TARGETS ${pxq_client_rooms} EXPORT pxqTargets COMPONENT dev
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/pxq)
install(EXPORT pxqTargets NAMESPACE pxq:: DESTINATION ${pxq_cmake_dir} COMPONENT dev)

include(CMakePackageConfigHelpers)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/pxqConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/pxqConfig.cmake INSTALL_DESTINATION ${pxq_cmake_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/pxqConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/pxqConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/pxqConfigVersion.cmake DESTINATION ${pxq_cmake_dir} COMPONENT dev)

# In the tree a header names another by its room; installed, all rooms stand below pxq/, so that
# they meet no header of the program's own.
set(public_headers client/client base/status base/clock model/schema model/row_batch
  sink/result_sink sink/summary)
foreach(header IN LISTS public_headers)
  file(READ ${PROJECT_SOURCE_DIR}/lib/${header}.h text)
  string(REGEX REPLACE "#include \"([a-z]+/)" "#include \"pxq/\\1" text "${text}")
  file(CONFIGURE OUTPUT include/${header}.h CONTENT "${text}" @ONLY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/lib/${header}.h)
  get_filename_component(room ${header} DIRECTORY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/include/${header}.h
    DESTINATION ${pxq_include_dir}/${room} COMPONENT dev)
endforeach()
