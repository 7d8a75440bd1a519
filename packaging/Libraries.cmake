# Which libraries the programs that scripts/package ships are linked with. From the same objects come
# two: one for the Debian package, with Debian's OpenSSL and libstdc++, which security updates replace,
# and one for the archive, whose target has the property PXQ_ALONE, which needs glibc and nothing else.

# Before anything looks for OpenSSL: these targets then stand for it, and ask the program.
function(pxq_choose_openssl)
  foreach(part crypto ssl)
    find_library(pxq_${part}_so NAMES lib${part}.so REQUIRED)
    find_library(pxq_${part}_a NAMES lib${part}.a REQUIRED)
    foreach(kind so a)
      add_library(pxq_${part}_in_${kind} UNKNOWN IMPORTED GLOBAL)
      set_target_properties(pxq_${part}_in_${kind} PROPERTIES
        IMPORTED_LOCATION ${pxq_${part}_${kind}})
    endforeach()
  endforeach()
  # Said of the files themselves, as an archive must stand before the one that it takes from.
  foreach(kind so a)
    target_link_libraries(pxq_ssl_in_${kind} INTERFACE pxq_crypto_in_${kind})
  endforeach()
  add_library(OpenSSL::Crypto INTERFACE IMPORTED GLOBAL)
  add_library(OpenSSL::SSL INTERFACE IMPORTED GLOBAL)
  set(alone $<BOOL:$<TARGET_PROPERTY:PXQ_ALONE>>)
  target_link_libraries(OpenSSL::Crypto INTERFACE
    $<IF:${alone},pxq_crypto_in_a,pxq_crypto_in_so> ${CMAKE_DL_LIBS})
  target_link_libraries(OpenSSL::SSL INTERFACE
    $<IF:${alone},pxq_ssl_in_a,pxq_ssl_in_so> OpenSSL::Crypto)
endfunction()

# Debian has no archives of these two: they are compiled from the headers.
function(pxq_compile_libraries)
  foreach(library fmt::fmt PkgConfig::tomlplusplus)
    string(REGEX REPLACE ".*::" "" name ${library})
    string(REPLACE "plusplus" "" name ${name})
    add_library(pxq_${name} STATIC ${PROJECT_SOURCE_DIR}/packaging/${name}.cc)
    target_compile_definitions(pxq_${name} PUBLIC
      $<TARGET_PROPERTY:${library},INTERFACE_COMPILE_DEFINITIONS>)
    target_compile_options(pxq_${name} PUBLIC
      $<TARGET_PROPERTY:${library},INTERFACE_COMPILE_OPTIONS>)
  endforeach()
  set(PXQ_FMT pxq_fmt PARENT_SCOPE)
  set(PXQ_TOML pxq_toml PARENT_SCOPE)
endfunction()
