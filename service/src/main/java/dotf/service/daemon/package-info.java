/** The composition root: builds the agent in dependency order and closes it in reverse. */
@NullMarked
package dotf.service.daemon;

import org.jspecify.annotations.NullMarked;
