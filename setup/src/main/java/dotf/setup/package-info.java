/** The home directory, settings, keys on disk, service files, and the setup script. */
@NullMarked
package dotf.setup;

import org.jspecify.annotations.NullMarked;
