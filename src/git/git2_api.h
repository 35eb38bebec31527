/* libgit2, loaded when the first repository is opened: with its TLS and SSH
 * libraries it costs more than the rest of a start. For git's own files only.
 *
 * Its option structures change with each minor version, so exactly the one
 * that we were built with is loaded (FRIDAY_GIT2_SONAME, from configure). */
#ifndef FRIDAY_GIT_GIT2_API_H
#define FRIDAY_GIT_GIT2_API_H

#include <git2.h>

#include "base/error.h"

/* Each member has the name and type of libgit2's function, without "git_". */
#define GIT2_API_TABLE(X)                                                     \
	X(blob_rawcontent)                                                    \
	X(blob_rawsize)                                                       \
	X(branch_upstream)                                                    \
	X(buf_dispose)                                                        \
	X(commit_author)                                                      \
	X(commit_free)                                                        \
	X(commit_id)                                                          \
	X(commit_lookup)                                                      \
	X(commit_message)                                                     \
	X(commit_parent)                                                      \
	X(commit_parentcount)                                                 \
	X(commit_time)                                                        \
	X(commit_time_offset)                                                 \
	X(commit_tree)                                                        \
	X(diff_buffers)                                                       \
	X(diff_find_similar)                                                  \
	X(diff_free)                                                          \
	X(diff_get_delta)                                                     \
	X(diff_index_to_workdir)                                              \
	X(diff_num_deltas)                                                    \
	X(diff_print)                                                         \
	X(diff_tree_to_index)                                                 \
	X(diff_tree_to_tree)                                                  \
	X(diff_tree_to_workdir_with_index)                                    \
	X(error_last)                                                         \
	X(graph_ahead_behind)                                                 \
	X(index_entrycount)                                                   \
	X(index_free)                                                         \
	X(index_get_byindex)                                                  \
	X(index_get_bypath)                                                   \
	X(index_read)                                                         \
	X(libgit2_init)                                                       \
	X(merge_base)                                                         \
	X(object_free)                                                        \
	X(object_peel)                                                        \
	X(object_type)                                                        \
	X(odb_free)                                                           \
	X(odb_read_header)                                                    \
	X(oid_fmt)                                                            \
	X(oid_fromstr)                                                        \
	X(reference_free)                                                     \
	X(reference_lookup)                                                   \
	X(reference_shorthand)                                                \
	X(reference_symbolic_target)                                          \
	X(reference_target)                                                   \
	X(repository_discover)                                                \
	X(repository_free)                                                    \
	X(repository_head)                                                    \
	X(repository_head_detached)                                           \
	X(repository_index)                                                   \
	X(repository_is_bare)                                                 \
	X(repository_odb)                                                     \
	X(repository_open_ext)                                                \
	X(repository_path)                                                    \
	X(repository_workdir)                                                 \
	X(revparse)                                                           \
	X(revparse_single)                                                    \
	X(revwalk_free)                                                       \
	X(revwalk_hide)                                                       \
	X(revwalk_new)                                                        \
	X(revwalk_next)                                                       \
	X(revwalk_push)                                                       \
	X(revwalk_sorting)                                                    \
	X(tree_entry_byindex)                                                 \
	X(tree_entry_bypath)                                                  \
	X(tree_entry_filemode)                                                \
	X(tree_entry_free)                                                    \
	X(tree_entry_id)                                                      \
	X(tree_entry_name)                                                    \
	X(tree_entry_type)                                                    \
	X(tree_entrycount)                                                    \
	X(tree_free)

struct git2_api {
#define X(name) __typeof__(git_##name) *name;
	GIT2_API_TABLE(X)
#undef X
};

/* The functions, loaded and initialised by the first call of the process; any
 * thread. NULL: not there, with the error set. Errors: ERR_UNSUPPORTED. */
const struct git2_api *git2_api_get(struct error *err);

/* ERR_GIT (or the code that fits `rc`) with libgit2's own words. */
int git2_error(const struct git2_api *g, int rc, struct error *err,
    const char *what);

#endif
