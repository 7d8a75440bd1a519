# Sets PXQ_COMMIT and PXQ_BUILD, for `pxq version`. The commit is asked of git; in an archive that git
# made, commit.txt holds it; where there is neither it is "unknown".
function(pxq_find_commit result)
  file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/commit.txt commit LIMIT_COUNT 1)
  if(NOT commit MATCHES "Format")
    set(${result} "${commit}" PARENT_SCOPE)
    return()
  endif()
  set(${result} "unknown" PARENT_SCOPE)
  find_program(GIT_PROGRAM git)
  # Not a repository that an unpacked archive happens to lie in.
  if(NOT GIT_PROGRAM OR NOT EXISTS ${PROJECT_SOURCE_DIR}/.git)
    return()
  endif()
  set(git ${GIT_PROGRAM} -c safe.directory=* -C ${PROJECT_SOURCE_DIR})
  execute_process(COMMAND ${git} describe --always --dirty --abbrev=12 --match "v[0-9]*"
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(failed)
    return()
  endif()
  set(${result} "${commit}" PARENT_SCOPE)
  # A new commit is a new answer.
  execute_process(COMMAND ${git} rev-parse --git-path logs/HEAD
    OUTPUT_VARIABLE log OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  get_filename_component(log "${log}" ABSOLUTE BASE_DIR ${PROJECT_SOURCE_DIR})
  if(EXISTS "${log}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${log}")
  endif()
endfunction()

pxq_find_commit(PXQ_COMMIT)
set(PXQ_BUILD "${CMAKE_BUILD_TYPE}, ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}, ${CMAKE_SYSTEM_NAME} ${CMAKE_SYSTEM_PROCESSOR}")
