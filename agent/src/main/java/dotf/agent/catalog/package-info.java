/** What the agent knows of each path, as a cache in MapDB that can be rebuilt at any time. */
@NullMarked
package dotf.agent.catalog;

import org.jspecify.annotations.NullMarked;
