/** Folders, stubs, journal, catalog, replication. */
@NullMarked
package dotf.agent;

import org.jspecify.annotations.NullMarked;
