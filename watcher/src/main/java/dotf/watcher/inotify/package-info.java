/**
 * The few Linux calls that Java lacks and watching needs: inotify, and directories opened, listed
 * and looked at without following links or crossing mounts. The only package of this module that
 * uses foreign functions; it depends on nothing of ours. Entry types: {@link
 * dotf.watcher.inotify.Inotify} and {@link dotf.watcher.inotify.DirectoryTree}.
 */
@NullMarked
package dotf.watcher.inotify;

import org.jspecify.annotations.NullMarked;
